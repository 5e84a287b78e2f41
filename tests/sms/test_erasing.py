from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from booking import actions
from booking.errors import Busy
from booking.models import JournalEntry, Participant, Seat
from booking.models.journal import Verb
from booking.models.seat import SeatState
from sms import erasing
from sms.erasing import Erased, erase
from sms.models import Reply, StatusReport, Step, Text, TextState
from tests import factories
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db
#: A seat's last day, and the first on which the case has been closed for 92 days.
LAST = paris("2026-03-16 18:00")
EDGE = paris("2026-06-16 00:00")
Make = Callable[..., Text]
_number = count(1)


@pytest.fixture
def seat(cast: Cast) -> Seat:
    """A case whose last contact was on LAST: everything was arranged months before."""
    return closed_case(cast, cast.hamel)


def closed_case(cast: Cast, person: Participant) -> Seat:
    long_ago = LAST - timedelta(days=60)
    with time_machine.travel(long_ago, tick=False):
        referral = factories.referral(person, cast.theirs, referred_on=long_ago.date())
        session = factories.session(cast.ours, LAST - timedelta(hours=2))
        made = actions.book_seat(
            by=None, now=long_ago, session=session, participant=person, referral=referral
        )
    person.referrals.update(referred_on=long_ago.date())
    Text.objects.filter(seat=made).delete()
    return made


def sent(seat: Seat, state: TextState = TextState.DELIVERED, **fields: Any) -> Text:
    values = {
        "to": "+33639980001",
        "body": "Vous avez RDV",
        "provider_id": "SM1",
        "sender": "INFO RDV",
        "segments": 1,
        "sent_at": LAST - timedelta(days=1),
        "due_at": LAST,
        "expires_at": LAST,
        **fields,
    }
    return Text.objects.create(
        seat=seat, step=Step.DAY1, revision=next(_number), state=state, **values
    )


def reply(**fields: Any) -> Reply:
    values = {
        "provider_id": f"SM{next(_number)}",
        "number": "+33639980001",
        "body": "je ne peux pas",
        "received_at": LAST,
        "handled_at": LAST,
        **fields,
    }
    return Reply.objects.create(**values)


def left_of(text: Text) -> tuple[str, str, str, bool]:
    text.refresh_from_db()
    return text.to, text.body, text.provider_id, text.erased_at is not None


def test_the_day_before_nothing_and_on_the_day_all_but_what_figures_need(seat: Seat) -> None:
    text = sent(seat, problem="30005", told=[[seat.pk, LAST.isoformat(), 1]])
    StatusReport.objects.create(text=text, provider_id="SM1", status="sent", received_at=LAST)
    assert erase(EDGE - timedelta(minutes=1)) == Erased()
    assert erase(EDGE) == Erased(people=1, texts=1, reports=1)
    assert left_of(text) == ("", "", "", True)
    kept = (text.state, text.segments, text.sender, text.problem, text.sent_at, text.told)
    assert kept == (
        *("delivered", 1, "INFO RDV", "30005", LAST - timedelta(days=1)),
        [[seat.pk, LAST.isoformat(), 1]],
    )
    assert not StatusReport.objects.exists()
    assert erase(EDGE) == Erased()


def test_a_run_that_erased_something_is_in_the_journal_once(seat: Seat) -> None:
    sent(seat)
    sent(seat)
    reply(seat=seat)
    erase(EDGE)
    erase(EDGE)
    (entry,) = JournalEntry.objects.filter(verb=Verb.TEXTS_ERASED)
    assert (entry.facts, entry.actor, entry.participant) == ({"texts": 2, "replies": 1}, None, None)


@pytest.mark.parametrize("state", [TextState.PLANNED, TextState.CLAIMED, TextState.UNCERTAIN])
def test_what_is_still_open_is_kept_with_its_number(seat: Seat, state: TextState) -> None:
    text = sent(seat, state, expires_at=LAST + timedelta(days=1))
    assert erase(EDGE).texts == 0
    assert left_of(text) == ("+33639980001", "Vous avez RDV", "SM1", False)


@pytest.mark.parametrize("state", [TextState.CLAIMED, TextState.UNCERTAIN])
def test_what_stayed_open_long_past_its_use_is_erased_too(seat: Seat, state: TextState) -> None:
    text = sent(seat, state)
    assert erase(EDGE).texts == 1
    assert (left_of(text), text.state) == (("", "", "", True), "uncertain")
    assert erase(EDGE) == Erased()


def a_text(cast: Cast, seat: Seat, at: datetime) -> None:
    sent(seat, sent_at=at)


def a_reply(cast: Cast, seat: Seat, at: datetime) -> None:
    reply(seat=seat, received_at=at)


def a_reply_to_a_text(cast: Cast, seat: Seat, at: datetime) -> None:
    reply(text=sent(seat), received_at=at)


def a_seat(cast: Cast, seat: Seat | Participant, at: datetime) -> None:
    person = seat.participant if isinstance(seat, Seat) else seat
    session = factories.session(cast.ours, at - timedelta(hours=1), ends_at=at)
    with time_machine.travel(LAST - timedelta(days=60)):
        Seat.objects.create(
            participant=person,
            session=session,
            number=1,
            starts_at=session.starts_at,
            ends_at=at,
        )


def a_referral(cast: Cast, seat: Seat, at: datetime) -> None:
    factories.referral(cast.hamel, cast.ours, referred_on=at.date())


def something_done(cast: Cast, seat: Seat, at: datetime) -> None:
    actions.hold_back(by=None, now=at, participant=cast.hamel, until=at.date())


@pytest.mark.parametrize(
    "contact", [a_text, a_reply, a_reply_to_a_text, a_seat, a_referral, something_done]
)
def test_any_contact_keeps_the_case_open_from_its_day_on(
    cast: Cast, seat: Seat, contact: Callable[[Cast, Seat, datetime], None]
) -> None:
    text = sent(seat)
    with time_machine.travel(LAST - timedelta(days=1)):
        contact(cast, seat, LAST + timedelta(days=1))
    assert erase(EDGE).texts == 0
    assert erase(EDGE + timedelta(days=1)).texts >= 1
    assert left_of(text)[3]


def test_a_seat_that_was_given_back_is_nothing_to_come(cast: Cast, seat: Seat) -> None:
    a_seat(cast, seat, EDGE + timedelta(days=30))
    sent(seat)
    assert erase(EDGE).texts == 0
    Seat.objects.exclude(pk=seat.pk).update(state=SeatState.RELEASED)
    assert erase(EDGE).texts == 1


def test_whoever_waits_has_an_open_case(cast: Cast, seat: Seat) -> None:
    sent(seat)
    session = factories.session(cast.ours, EDGE + timedelta(days=9), capacity=1)
    other = factories.participant()
    actions.book_seat(by=None, now=LAST, session=session, participant=other)
    with time_machine.travel(LAST - timedelta(days=50)):
        actions.join_waiting_list(
            by=None, now=LAST - timedelta(days=50), participant=cast.hamel, session=session
        )
    assert erase(EDGE).texts == 0


def test_records_that_were_merged_are_one_person(cast: Cast, seat: Seat) -> None:
    """What one person cannot have twice stays at the record that was given up."""
    text = sent(seat)
    goes_on, between = factories.participant(), factories.participant()
    Participant.objects.filter(pk=cast.hamel.pk).update(merged_into=between)
    Participant.objects.filter(pk=between.pk).update(merged_into=goes_on)
    a_seat(cast, goes_on, EDGE + timedelta(days=30))
    assert erase(EDGE) == Erased()
    Seat.objects.filter(participant=goes_on).update(state=SeatState.RELEASED)
    assert erase(EDGE).texts == 1
    assert left_of(text)[3]


def test_replies_go_with_the_case_or_by_their_own_date(seat: Seat) -> None:
    theirs, to_theirs = reply(seat=seat), reply(text=sent(seat))
    stranger, recent = reply(), reply(received_at=EDGE - timedelta(days=30))
    unhandled = reply(seat=seat, handled_at=None)
    assert erase(EDGE).replies == 3
    for one in (theirs, to_theirs, stranger):
        one.refresh_from_db()
        assert (one.number, one.body, one.erased_at) == ("", "", EDGE)
        assert one.provider_id == f"erased-{one.pk}"
    for one in (recent, unhandled):
        one.refresh_from_db()
        assert (one.number, one.erased_at) == ("+33639980001", None)


def test_files_of_the_outbox_go_too(db: None, outbox: Path) -> None:
    outbox.mkdir()
    for name, age in (("text-000001.txt", 93), (".text-000001.txt.99", 93), ("text-000002.txt", 9)):
        (outbox / name).write_text("To: +33639980001")
        at = (EDGE - timedelta(days=age)).timestamp()
        os.utime(outbox / name, (at, at))
    assert erase(EDGE) == Erased(files=2)
    assert [path.name for path in outbox.iterdir()] == ["text-000002.txt"]


def test_somebody_who_is_busy_is_left_for_the_next_time(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(seat)

    def busy(ids: object) -> None:
        raise Busy

    with monkeypatch.context() as patch:
        patch.setattr(erasing, "lock_participants", busy)
        assert erase(EDGE) == Erased(busy=1)
    assert erase(EDGE).texts == 1


def test_how_long_is_a_setting(seat: Seat, settings: Settings) -> None:
    sent(seat)
    settings.SMS_KEPT_DAYS = 93
    assert erase(EDGE).texts == 0
    assert erase(EDGE + timedelta(days=1)).texts == 1


@pytest.mark.parametrize("people", [1, 3])
def test_a_batch_costs_the_same_for_one_and_for_three(cast: Cast, people: int) -> None:
    for _ in range(people):
        seat = closed_case(cast, factories.participant())
        sent(seat)
        reply(seat=seat)
    with CaptureQueriesContext(connection) as asked:
        assert erase(EDGE).people == people
    told = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    assert len(told) == 11, "\n".join(told)


def test_many_people_in_batches(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "BATCH", 2)
    for _ in range(5):
        sent(closed_case(cast, factories.participant()))
    assert erase(EDGE) == Erased(people=5, texts=5)
