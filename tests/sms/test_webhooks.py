"""What the provider tells is written once and acted upon, whatever the order."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from django.core import signing
from pytest_django import Settings

from booking.models import Participant, Seat
from booking.models.person import PhoneState
from sms import webhooks
from sms.models import Reply, StatusReport, Text, TextState
from sms.taking_in import TakenIn, take_in
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book

pytestmark = pytest.mark.django_db

SID = f"SM{1:032x}"
OTHER = f"SM{2:032x}"


@pytest.fixture
def text(cast: Cast) -> Text:
    """A summons that the provider has taken."""
    seat: Seat = book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))
    text = seat.texts.get(step="summons")
    Text.objects.filter(pk=text.pk).update(
        state=TextState.SENT, provider_id=SID, to=cast.hamel.phone, sent_at=NOW
    )
    return text


def token(text: Text) -> str:
    return webhooks.status_callback(text.pk).rstrip("/").rpartition("/")[2]


def report(text: Text, status: str, **more: str) -> bool:
    said = {"MessageSid": SID, "MessageStatus": status, **more}
    return webhooks.note_status(token(text), said, NOW)


def became(text: Text) -> tuple[str, str]:
    text.refresh_from_db()
    return text.state, text.problem


def test_the_address_is_public_and_says_nothing_but_the_text(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://jalon.example.org"
    address = webhooks.status_callback(412)
    assert address.startswith("https://jalon.example.org/sms/statut/412.")
    assert webhooks.text_of(address.rstrip("/").rpartition("/")[2]) == 412
    assert len(address) < 120


@pytest.mark.parametrize(
    "forged", ["", "412", "412.", "412.x", "x", signing.Signer(salt="other", sep=".").sign("412")]
)
def test_an_address_that_we_never_gave_out_is_no_text(forged: str) -> None:
    assert webhooks.text_of(forged) == 0


def test_an_address_is_good_for_its_own_text_only(text: Text) -> None:
    number, _dot, signature = token(text).partition(".")
    assert webhooks.text_of(f"{int(number) + 1}.{signature}") == 0


@pytest.mark.parametrize("order", list(permutations(["queued", "sent", "delivered"])))
def test_words_in_any_order_and_twice_end_the_same(text: Text, order: tuple[str, ...]) -> None:
    for status in (*order, *order):
        assert report(text, status)
        take_in(NOW)
    assert became(text) == ("delivered", "")
    assert StatusReport.objects.count() == 3


def test_words_that_wait_together_are_taken_in_together(text: Text) -> None:
    for status in ("delivered", "sent", "queued", "delivered"):
        report(text, status)
    assert take_in(NOW) == TakenIn(reports=3)
    assert take_in(NOW) == TakenIn()
    assert became(text)[0] == "delivered"


def test_a_failure_keeps_its_code_and_draws_its_consequences(cast: Cast, text: Text) -> None:
    other = factories.participant(phone=cast.hamel.phone)
    assert report(text, "undelivered", ErrorCode="30005")
    take_in(NOW)
    assert became(text) == ("failed", "30005")
    people = Participant.objects.filter(pk__in=[cast.hamel.pk, other.pk])
    assert {one.phone_state for one in people} == {PhoneState.WRONG}


@pytest.mark.parametrize(
    "said",
    [
        {"MessageSid": ""},
        {"MessageSid": "SM1"},
        {"MessageSid": SID + "0"},
        {"MessageSid": "SM" + "\0" * 32},
        {"MessageStatus": ""},
        {"MessageStatus": "x" * 21},
        {"MessageStatus": "déjà"},
    ],
)
def test_what_is_no_word_of_the_providers_is_unknown(text: Text, said: dict[str, str]) -> None:
    assert not report(text, said.get("MessageStatus", "sent"), **said)
    assert not StatusReport.objects.exists()


def test_a_text_that_does_not_exist_is_unknown(text: Text) -> None:
    gone = Text(pk=text.pk + 1000)
    assert not report(gone, "sent")


def test_a_word_that_nobody_knows_yet_is_kept_and_changes_nothing(text: Text) -> None:
    assert report(text, "teleported", ErrorCode="none")
    assert take_in(NOW) == TakenIn(reports=1)
    assert became(text) == ("sent", "")


def test_a_bell_rings_for_the_first_of_a_rush(
    text: Text, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    rung: list[str] = []
    monkeypatch.setattr(webhooks, "async_task", rung.append)
    with django_capture_on_commit_callbacks(execute=True):
        for status in ("queued", "sent", "sent", "delivered"):
            report(text, status)
    assert rung == ["sms.tasks.take_in"]
    take_in(NOW)
    with django_capture_on_commit_callbacks(execute=True):
        report(text, "sent")
    assert rung == ["sms.tasks.take_in"]


def note(**said: str) -> bool:
    values = {"MessageSid": OTHER, "From": "+33639980072", "Body": "Bonjour", **said}
    return webhooks.note_reply(values, NOW)


def test_a_reply_that_comes_twice_is_one() -> None:
    assert [note(), note(Body="Autre")] == [True, True]
    assert [one.body for one in Reply.objects.all()] == ["Bonjour"]


@pytest.mark.parametrize("number", ["", "INFO", "38123", "whatsapp:+33639980072", "+33 6", "+" * 9])
def test_who_has_no_number_is_nobody(number: str) -> None:
    assert note(From=number)
    assert Reply.objects.get().number == ""


def test_a_body_is_kept_as_far_as_it_can_be() -> None:
    assert note(Body="a\0b\ud800" + "é" * 2000)
    assert Reply.objects.get().body == "ab" + "é" * 1598


def test_the_provider_may_say_that_it_is_a_stop() -> None:
    assert note(Body="Não quero mais", OptOutType="STOP")
    assert Reply.objects.get().kind == "stop"


def test_what_is_no_message_is_unknown() -> None:
    assert not note(MessageSid="")
    assert not Reply.objects.exists()
