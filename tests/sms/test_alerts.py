from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.utils import translation
from pytest_django import Settings
from pytest_django.fixtures import DjangoAssertNumQueries

from booking.journal import write
from booking.models import JournalEntry, Seat
from booking.models.journal import Verb
from sms import sending
from sms.alerts import watch
from sms.models import Alert, Sending, Step, Text, TextState
from sms.queries.alerts import in_words, open_alerts
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
Make = Callable[..., Text]


@pytest.fixture
def seat(cast: Cast) -> Seat:
    made = book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))
    made.texts.all().delete()
    return made


@pytest.fixture
def make(seat: Seat) -> Make:
    numbers = count()

    def one(state: TextState, **fields: Any) -> Text:
        values = {"due_at": NOW - HOUR, "expires_at": NOW + 99 * HOUR, **fields}
        return Text.objects.create(
            seat=seat, step=Step.DAY1, revision=next(numbers), state=state, **values
        )

    return one


def kinds(now: datetime) -> list[str]:
    return [str(alert.kind) for alert in watch(now)]


def test_nothing_is_wrong_when_there_is_nothing(db: None) -> None:
    assert watch(NOW) == open_alerts() == []


def test_refused_by_the_provider(db: None) -> None:
    Sending.objects.create(pk=1, halted_at=NOW, halted_code="20003")
    (alert,) = watch(NOW)
    assert (alert.kind, alert.facts) == ("refused", {"code": "20003"})
    Sending.objects.update(halted_at=None)
    assert watch(NOW + HOUR) == []
    alert.refresh_from_db()
    assert alert.ended_at == NOW + HOUR


@pytest.mark.parametrize(("failed", "sent", "stands"), [(2, 8, True), (2, 9, False), (9, 0, False)])
def test_failures_from_a_fifth_of_ten_texts_on(
    make: Make, failed: int, sent: int, stands: bool
) -> None:
    for _ in range(failed):
        make(TextState.FAILED, sent_at=NOW - HOUR, ended_at=NOW, problem="30005")
    for _ in range(sent):
        make(TextState.SENT, sent_at=NOW - HOUR)
    assert kinds(NOW) == (["failures"] if stands else [])


def test_failures_end_only_when_it_is_clearly_better(make: Make) -> None:
    for _ in range(2):
        make(TextState.FAILED, sent_at=NOW - HOUR, problem="30005")
    found = []
    for _ in range(13):
        make(TextState.DELIVERED, sent_at=NOW - HOUR)
        found.append(kinds(NOW))
    # It begins at 2 of 10 and lasts until 2 of 14.
    assert found == [[]] * 7 + [["failures"]] * 4 + [[]] * 2


def test_failures_count_a_text_that_two_sessions_shared_once(make: Make) -> None:
    for _ in range(8):
        make(TextState.SENT, sent_at=NOW)
    leader = make(TextState.FAILED, sent_at=NOW)
    for _ in range(5):
        make(TextState.FAILED, sent_at=NOW, leader=leader)
    assert kinds(NOW) == []


def test_late_when_nobody_looked_at_a_due_text(make: Make) -> None:
    make(TextState.PLANNED, due_at=NOW - timedelta(minutes=29))
    assert kinds(NOW) == []
    (alert,) = watch(NOW + timedelta(minutes=1))
    assert (alert.kind, alert.facts["texts"], alert.facts["paused"]) == ("late", 1, False)
    Text.objects.update(state=TextState.SENT)
    assert kinds(NOW + timedelta(minutes=2)) == []


def test_late_is_counted_in_the_hours_in_which_texts_leave(make: Make) -> None:
    make(TextState.PLANNED, due_at=paris("2026-03-16 03:00"))
    assert kinds(paris("2026-03-16 07:59")) == []
    assert kinds(paris("2026-03-16 08:29")) == []
    assert kinds(paris("2026-03-16 08:30")) == ["late"]


def test_late_when_the_carrier_was_tried_again_and_again(make: Make) -> None:
    make(TextState.PLANNED, due_at=NOW + HOUR, wanted_at=NOW - HOUR, attempts=6, problem="429")
    make(TextState.PLANNED, due_at=NOW + HOUR, wanted_at=NOW - HOUR, attempts=6, problem="hours")
    (alert,) = watch(NOW)
    assert (alert.kind, alert.facts["texts"]) == ("late", 1)


def test_late_when_a_dispatcher_died_and_nobody_came(make: Make) -> None:
    make(TextState.CLAIMED, lease_until=NOW - HOUR)
    assert kinds(NOW) == ["late"]


def test_a_pause_is_an_alert_after_a_day_only(make: Make) -> None:
    make(TextState.PLANNED)
    Sending.objects.create(pk=1, paused_at=NOW)
    assert kinds(NOW + 23 * HOUR) == []
    (alert,) = watch(NOW + 24 * HOUR)
    assert (alert.kind, alert.facts["paused"]) == ("late", True)


def test_what_waited_for_a_pause_is_late_only_from_its_end_on(make: Make) -> None:
    make(TextState.PLANNED, due_at=NOW - 5 * HOUR)
    write([JournalEntry(at=NOW, verb=Verb.SENDING_RESUMED)])
    assert kinds(NOW + timedelta(minutes=29)) == []
    assert kinds(NOW + timedelta(minutes=31)) == ["late"]


def test_while_the_provider_refuses_that_is_the_alert(make: Make) -> None:
    make(TextState.PLANNED, due_at=NOW - 5 * HOUR)
    Sending.objects.create(pk=1, halted_at=NOW, halted_code="20003")
    assert kinds(NOW) == ["refused"]
    Sending.objects.update(halted_at=None)
    assert kinds(NOW) == []


def test_uncertain_for_more_than_an_hour(make: Make) -> None:
    make(TextState.UNCERTAIN, sent_at=NOW, to="+33639980072")
    assert kinds(NOW + timedelta(minutes=59)) == []
    assert kinds(NOW + HOUR) == ["uncertain"]
    Text.objects.update(state=TextState.SENT)
    assert kinds(NOW + HOUR) == []


def test_it_is_said_once_in_the_log(db: None, caplog: pytest.LogCaptureFixture) -> None:
    Sending.objects.create(pk=1, halted_at=NOW, halted_code="20003")
    with caplog.at_level(logging.INFO, "sms.alerts"):
        watch(NOW)
        watch(NOW)
        Sending.objects.update(halted_at=None)
        watch(NOW)
        watch(NOW)
    said = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert said == [
        ("ERROR", "alert begins: refused {'code': '20003'}"),
        ("INFO", "alert ends: refused"),
    ]


@pytest.fixture
def operators(settings: Settings) -> list[str]:
    settings.EMAIL_HOST = "mail.example"
    written = ["operators@jalon.example"]
    settings.ALERT_EMAILS = written
    return written


def test_operators_are_written_at_the_beginning_and_at_the_end(
    db: None, operators: list[str]
) -> None:
    Sending.objects.create(pk=1, halted_at=NOW, halted_code="20003")
    for minutes in range(3):
        watch(NOW + timedelta(minutes=minutes))
    assert [(one.to, "20003" in one.body) for one in mail.outbox] == [(operators, False)]
    Sending.objects.update(halted_at=None)
    for minutes in range(3, 18):
        watch(NOW + timedelta(minutes=minutes))
    assert len(mail.outbox) == 1
    for minutes in range(18, 21):
        watch(NOW + timedelta(minutes=minutes))
    assert len(mail.outbox) == 2


def test_a_provider_that_refuses_us_now_and_then_is_one_alert(
    db: None, operators: list[str]
) -> None:
    for minutes in range(40):
        now = NOW + timedelta(minutes=minutes)
        if minutes % 2:
            sending.proved()
        else:
            sending.halt("20003", now)
        watch(now)
    assert (Alert.objects.count(), len(mail.outbox)) == (1, 1)
    watch(now + timedelta(minutes=16))
    assert [one.ended_at for one in Alert.objects.all()] == [now]
    assert len(mail.outbox) == 2


def test_a_mail_server_that_is_away_stops_nothing_and_is_tried_again(
    db: None, operators: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Sending.objects.create(pk=1, halted_at=NOW, halted_code="20003")

    def away(*args: object) -> None:
        raise SMTPServerDisconnected

    with monkeypatch.context() as patch:
        patch.setattr("sms.telling.send_mail", away)
        (alert,) = watch(NOW)
    assert (alert.told_at, mail.outbox) == (None, [])
    watch(NOW + HOUR)
    assert len(mail.outbox) == 1


def test_nobody_is_written_without_a_mail_server(db: None, settings: Settings) -> None:
    settings.ALERT_EMAILS = ["operators@jalon.example"]
    Sending.objects.create(pk=1, halted_at=NOW)
    watch(NOW)
    assert (mail.outbox, Alert.objects.get().told_at) == ([], None)


def test_another_watcher_is_faster(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    Sending.objects.create(pk=1, halted_at=NOW)
    Alert.objects.create(kind="refused", began_at=NOW)
    monkeypatch.setattr(Alert.objects, "filter", lambda **_: Alert.objects.none())
    assert watch(NOW) == []
    assert Alert.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_looking_costs_the_same_for_one_text_and_for_three(
    make: Make, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        make(TextState.PLANNED, due_at=NOW)
        make(TextState.SENT, sent_at=NOW)
        make(TextState.UNCERTAIN, sent_at=NOW)
    with django_assert_num_queries(12):
        watch(NOW)


def test_each_kind_has_a_sentence(db: None) -> None:
    since = NOW.isoformat()
    said = {
        "refused": {"code": "20003"},
        "failures": {"failed": 2, "of": 10, "codes": {"30005": 2}},
        "late": {"texts": 3, "since": since, "paused": False},
        "uncertain": {"texts": 1, "since": since},
    }
    with translation.override("en"):
        words = {
            kind: in_words(Alert(kind=kind, facts=facts, began_at=NOW))
            for kind, facts in said.items()
        }
    assert words["late"] == (
        "3 texts should have left, the first at 16 March 2026 10:00. Does a worker run?"
    )
    assert words["failures"] == (
        "Of the 10 texts of the last 24 hours 2 did not arrive: unknown number (2)."
    )
    assert "16 March 2026 10:00" in words["refused"]
    assert "1 text is not known" in words["uncertain"]
