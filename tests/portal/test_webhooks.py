"""The provider's calls, as they come over HTTP. The signature is computed here as its documentation
says, and checked there by its own library."""

from __future__ import annotations

import base64
import hashlib
import hmac
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection, connections
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from booking.models import Seat
from sms import webhooks
from sms.models import Reply, StatusReport, Text, TextState
from sms.taking_in import take_in
from tests.cast import Cast
from tests.concurrency import scenes

pytestmark = pytest.mark.django_db

SITE = "https://jalon.example.org"
KEY = "a token that no log shows"
SID = f"SM{1:032x}"
REPLY = "/sms/reponse/"
FORM = "application/x-www-form-urlencoded"
Fields = list[tuple[str, str]]


@pytest.fixture(autouse=True)
def _twilio(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SMS_TRANSPORT = "twilio"
    settings.TWILIO_AUTH_TOKEN = KEY
    settings.PUBLIC_URL = SITE
    monkeypatch.setattr(webhooks, "async_task", lambda _name: None)


@pytest.fixture
def text(cast: Cast) -> Text:
    seat: Seat = scenes.book(scenes.evening(cast.ours), cast.hamel)
    text = seat.texts.get(step="summons")
    Text.objects.filter(pk=text.pk).update(
        state=TextState.SENT, provider_id=SID, sent_at=text.due_at, to=cast.hamel.phone
    )
    return text


def path_of(text: Text) -> str:
    return webhooks.status_callback(text.pk).removeprefix(SITE)


def signature(path: str, fields: Fields, *, key: str = KEY, site: str = SITE) -> str:
    """twilio.com/docs/usage/security: the address, then each name and value in order of the names."""
    said = site + path + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.new(key.encode(), said.encode(), hashlib.sha1).digest()).decode()


def call(path: str, fields: Fields, *, signed: str | None = None, **more: Any) -> HttpResponse:
    sign = signature(path, fields) if signed is None else signed
    headers = {"X-Twilio-Signature": sign} if sign else {}
    more = {"content_type": FORM, **more}
    client = Client(enforce_csrf_checks=True)
    return client.post(path, urlencode(fields), headers=headers, **more)  # type: ignore[return-value]


def delivered(status: str = "delivered") -> Fields:
    return [("MessageSid", SID), ("MessageStatus", status), ("AccountSid", "AC0")]


def said(body: str = "Je serai en retard", sid: str = f"SM{2:032x}") -> Fields:
    return [("MessageSid", sid), ("From", "+33639980072"), ("Body", body), ("NumMedia", "0")]


def test_a_report_is_taken_without_a_word(text: Text) -> None:
    answer = call(path_of(text), delivered())
    assert (answer.status_code, answer.content, answer.cookies) == (204, b"", {})
    take_in()
    text.refresh_from_db()
    assert text.state == TextState.DELIVERED


def test_a_reply_is_taken_and_answered_with_nothing() -> None:
    answer = call(REPLY, said())
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert answer.content.endswith(b"<Response/>")
    assert Reply.objects.get().body == "Je serai en retard"


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "x",
        "\u00e9",
        signature(REPLY, said(), key="another"),
        signature(REPLY, said("autre")),
        signature("/sms/", said()),
        signature(REPLY, said(), site="http://testserver"),
    ],
)
def test_what_is_not_signed_is_refused_and_not_kept(wrong: str) -> None:
    assert call(REPLY, said(), signed=wrong).status_code == 403
    assert not Reply.objects.exists()


def test_a_wrong_signature_tells_nothing_about_the_address(text: Text) -> None:
    paths = (path_of(text), "/sms/statut/x/", "/sms/statut/999999.x/", "/sms/statut/%00é/")
    answers = [call(path, delivered(), signed="x") for path in paths]
    assert {(one.status_code, one.content) for one in answers} == {(403, b"")}


def test_what_does_not_exist_and_what_is_forged_are_the_same(text: Text) -> None:
    gone = webhooks.status_callback(text.pk + 1000).removeprefix(SITE)
    answers = [call(path, delivered()) for path in (gone, "/sms/statut/x/")]
    answers.append(call(path_of(text), [("MessageSid", "SM1"), ("MessageStatus", "sent")]))
    assert {(one.status_code, one.content) for one in answers} == {(404, b"")}


def test_as_much_is_asked_for_a_forged_address_as_for_one_that_is_gone(
    text: Text, django_assert_num_queries: Any
) -> None:
    gone = webhooks.status_callback(text.pk + 1000).removeprefix(SITE)
    for path in (gone, "/sms/statut/x/"):
        with django_assert_num_queries(1):
            call(path, delivered())


@pytest.mark.parametrize(
    "fields",
    [
        said("Ça va être serré… à 18 h « là-bas » 🙂 & = + %"),
        said("مرحبا"),
        [*said(), ("MediaUrl", "b"), ("MediaUrl", "a"), ("MediaUrl", "a")],
        said(""),
        said("x" * 1600),
    ],
)
def test_every_kind_of_value_is_signed_as_the_library_reads_it(fields: Fields) -> None:
    assert call(REPLY, fields).status_code == 200
    assert Reply.objects.get().body == dict(fields)["Body"]


def test_what_follows_the_question_mark_is_signed_too() -> None:
    asked = f"{REPLY}?from=38000&x=%C3%A9"
    assert call(asked, said()).status_code == 200
    assert call(asked, said(), signed=signature(REPLY, said())).status_code == 403


def test_a_proxy_in_between_changes_nothing(text: Text) -> None:
    """It asks another name over plain HTTP."""
    answer = call(path_of(text), delivered(), SERVER_NAME="127.0.0.1", SERVER_PORT="8000")
    assert answer.status_code == 204


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"content_type": "application/json"}, 415),
        ({"content_type": "multipart/form-data; boundary=x"}, 415),
        ({"content_type": ""}, 415),
        ({"content_type": f"{FORM}; charset=latin-1"}, 400),
    ],
)
def test_another_kind_of_request_is_refused(more: dict[str, str], status: int) -> None:
    assert call(REPLY, said(), **more).status_code == status


def test_what_is_too_long_is_not_read() -> None:
    assert call(REPLY, said("x" * 40_000)).status_code == 413
    assert not Reply.objects.exists()


@pytest.mark.parametrize("length", ["abc", "-1", "1e3", " 7", "\u0663", "9" * 5000])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    assert call(REPLY, said(), CONTENT_LENGTH=length).status_code == 400


def test_without_the_provider_there_is_no_such_address(text: Text, settings: Settings) -> None:
    settings.SMS_TRANSPORT = "console"
    assert {call(path, delivered()).status_code for path in (path_of(text), REPLY)} == {404}


def test_a_token_that_is_not_set_opens_nothing(settings: Settings) -> None:
    settings.TWILIO_AUTH_TOKEN = ""
    assert call(REPLY, said(), signed=signature(REPLY, said(), key="")).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_hundred_calls_at_once_leave_one_row_each(text: Text) -> None:
    """Each word five times over; and while they come in, they are taken in by two."""
    if connection.vendor == "sqlite":
        connection.close()  # As a process that has just started.
    path = path_of(text)
    statuses = ["queued", "sent", "delivered", "sending"]
    jobs: list[Any] = [(path, delivered(status)) for status in statuses] * 10
    jobs += [(REPLY, said(sid=f"SM{n:032x}")) for n in range(12)] * 5

    def one(job: tuple[str, Fields] | None) -> int:
        try:
            return call(*job).status_code if job else take_in().left * 0
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(one, [*jobs[:50], None, *jobs[50:], None]))
    assert set(answers) <= {0, 200, 204}
    take_in()
    assert (StatusReport.objects.count(), Reply.objects.count()) == (4, 12)
    text.refresh_from_db()
    assert text.state == TextState.DELIVERED
    assert not Reply.objects.filter(handled_at=None).exists()
    assert Text.objects.filter(step="answer").count() == 1
