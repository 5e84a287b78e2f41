"""A text's whole life, with everything that can go wrong in it, at the most talkative level: no number,
body, name, token or signature in any record of the log, in what an exception says of itself, or in what
django-q2 keeps of a task."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from datetime import timedelta
from multiprocessing import Value
from queue import Queue
from smtplib import SMTPRecipientsRefused
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
import time_machine
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django_q import monitor as q_monitor
from django_q import worker as q_worker
from django_q.models import Task
from django_q.tasks import async_task
from pytest_django import Settings

from booking.models import Participant, Seat
from sms import actions, tasks, webhooks
from sms.alerts import watch
from sms.erasing import erase
from sms.models import Alert, Reply, Step, Text, TextState
from sms.transports import Message, TransportError, get_transport
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book
from tests.sms.stand_in import Mood, StandIn
from tests.sms.stand_in.reports import sign

pytestmark = pytest.mark.django_db

TOKEN = "a token that no log shows"
OPERATOR = "operators@jalon.example"
REPLY = "ma femme a pris ce telephone"
SITE = "http://127.0.0.1:8000"


class Heard:
    """Everything that was logged, kept or raised, as one text."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog
        self._more: list[str] = []

    def add(self, *words: object) -> None:
        self._more += [str(word) for word in words]

    def raised(self, error: BaseException) -> None:
        self.add(repr(error), *traceback.format_exception(error))

    def all(self) -> str:
        form = logging.Formatter("%(name)s %(levelname)s %(message)s")
        lines = [form.format(record) for record in self._caplog.records]
        lines += [repr(record.args) for record in self._caplog.records]
        for task in Task.objects.all():
            lines += [repr((task.name, task.func, task.args, task.kwargs, task.result))]
        return "\n".join([*lines, *self._more])


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Heard:
    caplog.set_level(logging.DEBUG)
    for name in ("django-q", "django.request", "sms", "booking", "portal", "urllib3", "requests"):
        caplog.set_level(logging.DEBUG, name)
    # It would close the connection that the test's own transaction is in.
    for module in (q_worker, q_monitor):
        monkeypatch.setattr(module, "close_old_django_connections", lambda: None)
    monkeypatch.setattr("django_q.brokers.orm.db.close_old_connections", lambda: None)
    return Heard(caplog)


@pytest.fixture(autouse=True)
def _world(settings: Settings, twilio: StandIn) -> None:
    settings.PUBLIC_URL = SITE
    settings.EMAIL_HOST = "mail.example"
    settings.ALERT_EMAILS = [OPERATOR]


def through_the_queue(func: str) -> Any:
    """One task through django-q2's own worker and monitor, in this process."""
    taken: Queue[Any] = Queue()
    done: Queue[Any] = Queue()
    task = {"id": func[:32], "name": func, "func": func, "args": (), "kwargs": {}}
    taken.put({**task, "started": timezone.now()})
    taken.put("STOP")
    q_worker.worker(taken, done, Value("f", -1), 100)
    done.put("STOP")
    q_monitor.monitor(done)
    return Task.objects.get(name=func)


def people(cast: Cast, count: int) -> list[Participant]:
    session = factories.session(cast.ours, paris("2026-04-14 18:00"), capacity=20)
    found = [cast.hamel, *(factories.participant() for _ in range(count - 1))]
    for person in found:
        book(cast, session, person)
    return found


def posted(path: str, fields: dict[str, str], signature: str = "") -> HttpResponse:
    signed = signature or sign(TOKEN, SITE + path, fields)
    return Client().post(  # type: ignore[return-value]
        path,
        urlencode(fields),
        content_type="application/x-www-form-urlencoded",
        headers={"X-Twilio-Signature": signed},
    )


def secrets_of(found: list[Participant], bodies: set[str]) -> Iterator[str]:
    for person in found:
        yield from (person.last_name, person.first_name)
        national = person.phone.replace("+33", "0")
        spaced = " ".join(national[at : at + 2] for at in range(0, 10, 2))
        yield from (person.phone, person.phone[1:], quote_plus(person.phone), national, spaced)
    for body in bodies:
        yield from (body, body[:20], quote_plus(body)[:20])
    yield from (TOKEN, quote_plus(TOKEN), OPERATOR, REPLY, REPLY[3:20])


def assert_none_in(heard: Heard, secrets: Iterator[str]) -> None:
    said = heard.all()
    assert len(said) > 500
    assert [one for one in secrets if one in said] == []


MOODS: list[Mood] = [
    *("accept", "drop", "drop_before", "slow", "failed", "garbage", "list", "empty"),
    *((400, 21211), (400, 21610), (401, 20003), (429, 20429), (500, 20500), (402, 20005)),
]


def test_whatever_the_provider_answers(cast: Cast, twilio: StandIn, heard: Heard) -> None:
    message = Message(
        text_id=1,
        sender="INFO RDV",
        to=cast.hamel.phone,
        body="Vous avez RDV mardi",
        segments=1,
        callback=webhooks.status_callback(1),
    )
    heard.add(repr(message))
    carrier = get_transport()
    for mood in MOODS:
        twilio.mood = mood
        for ask in (
            lambda: carrier.send(message),
            lambda: carrier.look_up(message.to, message.body, NOW),
        ):
            try:
                ask()
            except TransportError as error:
                heard.raised(error)
    carrier.close()
    assert_none_in(heard, secrets_of([cast.hamel], {message.body}))


def test_a_whole_life(
    cast: Cast, twilio: StandIn, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = people(cast, 9)
    twilio.next(*MOODS[:1], "drop", "slow", "failed", (400, 21211), (400, 21610), (429, 20429))
    async_task("sms.tasks.dispatch_due")
    kept = through_the_queue("sms.tasks.dispatch_due")
    assert kept.success, kept.result
    bodies = set(Text.objects.exclude(body="").values_list("body", flat=True))
    assert bodies
    uncertain = Text.objects.filter(state=TextState.UNCERTAIN)
    assert uncertain.exists()
    for minutes in (3, 6):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            tasks.dispatch_due()
    signatures = list(come_back(found))
    taken = through_the_queue("sms.tasks.take_in")
    assert taken.success, taken.result
    assert Reply.objects.filter(handled_at__isnull=False).count() == 2
    twilio.mood = (401, 20003)
    with time_machine.travel(paris("2026-04-13 10:00"), tick=False):
        Text.objects.filter(step=Step.DAY1).update(due_at=timezone.now())
        tasks.dispatch_due()
        alert_with_a_mail_server_that_refuses(monkeypatch)
    bodies |= set(Text.objects.exclude(body="").values_list("body", flat=True))
    heard.add(*(repr(row) for model in (Text, Reply, Seat, Alert) for row in model.objects.all()))
    assert erase(paris("2026-09-14 10:00")).texts
    assert_none_in(heard, iter([*secrets_of(found, bodies), *signatures]))


def come_back(found: list[Participant]) -> Iterator[str]:
    """What phones and the provider say, some of it forged. Yields the signatures."""
    text = Text.objects.filter(state=TextState.SENT).earliest("pk")
    path = webhooks.status_callback(text.pk).removeprefix(SITE)
    report = {"MessageSid": text.provider_id, "MessageStatus": "undelivered", "ErrorCode": "30005"}
    for status in ("undelivered", "sent", "delivered"):
        fields = {**report, "MessageStatus": status, "To": text.to}
        assert posted(path, fields).status_code == 204
        yield sign(TOKEN, SITE + path, fields)
    forged = "Zm9yZ2VkIGZvcmdlZCBmb3JnZWQ="
    yield forged
    assert posted(path, report, forged).status_code == 403
    assert posted("/sms/statut/1.nothing/", report).status_code == 404
    for number, words in ((found[0].phone, REPLY), (found[1].phone, "STOP")):
        fields = {"MessageSid": f"SM{number[-4:]:0>32}", "From": number, "Body": words}
        assert posted("/sms/reponse/", fields).status_code == 200
        yield sign(TOKEN, SITE + "/sms/reponse/", fields)
        assert posted("/sms/reponse/", fields, forged).status_code == 403


def alert_with_a_mail_server_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise SMTPRecipientsRefused({OPERATOR: (550, b"no such user " + OPERATOR.encode())})

    with monkeypatch.context() as patch:
        patch.setattr("sms.telling.send_mail", refuse)
        assert watch(timezone.now())
    watch(timezone.now())


def a_row_that_is_refused(cast: Cast) -> None:
    """A database quotes the row that it refuses."""
    Participant.objects.create(
        last_name=cast.hamel.last_name,
        first_name=cast.hamel.first_name,
        birth_date=cast.hamel.birth_date,
        phone=cast.hamel.phone,
        phone_state="none",
    )


def a_sentence_with_a_name(cast: Cast) -> None:
    raise ValueError(
        f"{cast.hamel.phone}\n{cast.hamel.last_name}: {cast.hamel.first_name}\n{REPLY}"
    )


@pytest.mark.parametrize("fault", [a_row_that_is_refused, a_sentence_with_a_name])
def test_what_is_kept_of_a_task_that_fails(
    cast: Cast,
    heard: Heard,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[Cast], None],
) -> None:
    def fail() -> None:
        with transaction.atomic():
            fault(cast)

    monkeypatch.setattr("sms.tasks.watch", fail)
    kept = through_the_queue("sms.tasks.watch")
    assert (kept.success, "in fail" in kept.result) == (False, True)
    assert_none_in(heard, secrets_of([cast.hamel], set()))


def test_a_leak_would_be_heard(cast: Cast, heard: Heard) -> None:
    logging.getLogger("sms.anything").debug("to %s", cast.hamel.phone)
    assert cast.hamel.phone in heard.all()


def test_a_pause_by_somebody(cast: Cast, heard: Heard) -> None:
    actions.pause_sending(by=cast.coordinator, now=NOW)
    tasks.dispatch_due()
    actions.resume_sending(by=cast.coordinator, now=NOW)
    assert cast.coordinator.email not in heard.all()
