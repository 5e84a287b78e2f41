from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from booking.models import HiddenFrom, Seat
from booking.models.seat import SeatState
from sms.models import Step, Text, TextState
from sms.queries.outbox import Asked, last_of, not_arrived, of_person, recent, visible
from sms.queries.tally import tally
from tests import factories
from tests.booking.queries import rows as listed
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW

pytestmark = pytest.mark.django_db


def row(seat: Seat, state: TextState, step: Step = Step.DAY1, **fields: Any) -> Text:
    values = {
        "seat": seat,
        "step": step,
        "revision": 0,
        "state": state,
        "due_at": NOW,
        "expires_at": seat.starts_at,
        **fields,
    }
    return Text.objects.create(**values)


@pytest.fixture
def seat(cast: Cast) -> Seat:
    """Hamel's, next week, without any text: rows only."""
    return listed.seat(listed.bare(cast.ours, paris("2026-03-24 18:00")), cast.hamel)


def test_each_sees_the_texts_of_the_seats_that_they_see(cast: Cast, seat: Seat) -> None:
    session = listed.bare(cast.theirs, paris("2026-03-24 18:00"))
    elsewhere = listed.seat(session, factories.participant())
    ours, theirs = (row(one, TextState.SENT) for one in (seat, elsewhere))
    seen = {
        who: set(visible(getattr(cast, who)))
        for who in ("coordinator", "admin", "stranger", "doctor", "observer")
    }
    assert seen == {
        "coordinator": {ours, theirs},
        "admin": {ours},
        "stranger": {theirs},
        "doctor": set(),
        "observer": set(),
    }
    assert list(visible(cast.coordinator, [cast.theirs.pk])) == [theirs]


def test_a_person_who_is_hidden_has_no_texts_there(cast: Cast, seat: Seat) -> None:
    row(seat, TextState.SENT)
    HiddenFrom.objects.create(participant=cast.hamel, partner=cast.ours)
    assert list(visible(cast.admin)) == []


def test_the_last_text_is_what_happened_and_else_what_comes_next(cast: Cast, seat: Seat) -> None:
    row(seat, TextState.PLANNED, Step.DAY1, due_at=paris("2026-03-23 09:00"))
    soon = row(seat, TextState.PLANNED, Step.DAY7, due_at=paris("2026-03-17 09:00"))
    row(seat, TextState.VOID, Step.SUMMONS)
    assert last_of([seat]) == {seat.pk: soon}
    first = row(seat, TextState.DELIVERED, Step.SUMMONS, sent_at=paris("2026-03-01 09:00"))
    assert last_of([seat]) == {seat.pk: first}
    later = row(seat, TextState.FAILED, Step.CHANGED, sent_at=paris("2026-03-02 09:00"))
    assert last_of([seat]) == {seat.pk: later}


@pytest.mark.parametrize("state", [TextState.FAILED, TextState.EXPIRED, TextState.UNCERTAIN])
def test_what_did_not_arrive_is_somebodys_task(cast: Cast, seat: Seat, state: TextState) -> None:
    text = row(seat, state, Step.SUMMONS)
    assert not_arrived(cast.admin, NOW) == [text]
    assert not_arrived(cast.stranger, NOW) == []


@pytest.mark.parametrize("state", [TextState.DELIVERED, TextState.BY_HAND])
def test_who_heard_since_needs_nobody(cast: Cast, seat: Seat, state: TextState) -> None:
    row(seat, TextState.FAILED, Step.SUMMONS, sent_at=paris("2026-03-15 09:00"))
    row(seat, state, Step.CHANGED, sent_at=paris("2026-03-15 11:00"))
    assert not_arrived(cast.admin, NOW) == []


def test_what_was_only_sent_since_settles_nothing(cast: Cast, seat: Seat) -> None:
    text = row(seat, TextState.FAILED, Step.SUMMONS, sent_at=paris("2026-03-15 09:00"))
    row(seat, TextState.SENT, Step.CHANGED, sent_at=paris("2026-03-15 11:00"))
    assert not_arrived(cast.admin, NOW) == [text]


@pytest.mark.parametrize(
    ("state", "step", "starts", "counts"),
    [
        (SeatState.BOOKED, Step.DAY1, "2026-03-24 18:00", True),
        (SeatState.BOOKED, Step.DAY7, "2026-03-24 18:00", False),
        (SeatState.BOOKED, Step.ANSWER, "2026-03-24 18:00", False),
        (SeatState.RELEASED, Step.DAY1, "2026-03-24 18:00", False),
        (SeatState.HELD, Step.OFFER, "2026-03-24 18:00", True),
        (SeatState.CANCELLED, Step.CANCELLED, "2026-03-24 18:00", True),
        (SeatState.CANCELLED, Step.DAY1, "2026-03-24 18:00", False),
        (SeatState.UNEXCUSED, Step.MISSED, "2026-03-13 18:00", True),
        (SeatState.PRESENT, Step.DAY1, "2026-03-13 18:00", False),
    ],
)
def test_only_where_somebody_still_has_to_hear_it(
    cast: Cast, state: SeatState, step: Step, starts: str, counts: bool
) -> None:
    seat = listed.seat(listed.bare(cast.ours, paris(starts)), cast.hamel, state)
    text = row(seat, TextState.FAILED, step)
    assert not_arrived(cast.admin, NOW) == ([text] if counts else [])


def test_a_missed_appointment_is_let_go_after_a_week(cast: Cast) -> None:
    session = listed.bare(cast.ours, paris("2026-03-01 18:00"))
    seat = listed.seat(session, cast.hamel, SeatState.UNEXCUSED)
    row(seat, TextState.FAILED, Step.MISSED, due_at=paris("2026-03-02 09:00"))
    assert not_arrived(cast.admin, NOW) == []


def _sent(seat: Seat, step: Step, at: str, **fields: Any) -> Text:
    return row(seat, fields.pop("state", TextState.SENT), step, sent_at=paris(at), **fields)


def test_recent_texts_are_found_by_person_state_step_and_day(cast: Cast, seat: Seat) -> None:
    summons = _sent(seat, Step.SUMMONS, "2026-03-02 09:00")
    week = _sent(seat, Step.DAY7, "2026-03-15 09:00", state=TextState.DELIVERED)
    plan = row(seat, TextState.PLANNED, due_at=paris("2026-03-23 09:00"))
    other = listed.seat(seat.session, factories.participant())
    factories.referral(other.participant, cast.ours)
    late = row(other, TextState.EXPIRED, due_at=paris("2026-03-14 09:00"))

    def found(**asked: Any) -> list[Text]:
        return list(recent(cast.admin, NOW, Asked(**asked)).texts)

    assert found() == [week, late, summons]
    assert found(reference=cast.hamel.reference) == [plan, week, summons]
    assert found(state="expired") == [late]
    assert found(state="planned") == [plan]
    assert found(step="day7") == [week]
    assert found(day=date(2026, 3, 2)) == [summons]
    assert found(day=date(2026, 3, 23)) == [plan]


def test_a_page_says_whether_there_is_more(cast: Cast, seat: Seat) -> None:
    texts = [_sent(seat, step, "2026-03-02 09:00") for step in (Step.SUMMONS, Step.DAY7, Step.DAY1)]
    pages = [recent(cast.admin, NOW, Asked(), page=n, size=2) for n in (1, 2, 3)]
    assert [(list(one.texts), one.more) for one in pages] == [
        ([texts[2], texts[1]], True),
        ([texts[0]], False),
        ([], False),
    ]


def test_a_persons_texts_stand_by_seat_and_only_those_one_may_see(cast: Cast, seat: Seat) -> None:
    elsewhere = listed.seat(listed.bare(cast.theirs, paris("2026-03-25 18:00")), cast.hamel)
    first, last = _sent(seat, Step.SUMMONS, "2026-03-02 09:00"), row(seat, TextState.PLANNED)
    theirs = row(elsewhere, TextState.PLANNED)
    assert of_person(cast.admin, cast.hamel) == [(seat, [last, first])]
    assert of_person(cast.coordinator, cast.hamel) == [
        (elsewhere, [theirs]),
        (seat, [last, first]),
    ]


def test_the_tally_counts_messages_and_not_what_left_with_them(cast: Cast, seat: Seat) -> None:
    at: datetime = paris("2026-03-15 09:00")
    lead = _sent(seat, Step.SUMMONS, "2026-03-15 09:00", state=TextState.DELIVERED, segments=2)
    with_it = {"sent_at": at, "leader": lead}
    row(seat, TextState.DELIVERED, Step.DAY1, **with_it)
    _sent(seat, Step.DAY7, "2026-03-15 09:00", state=TextState.FAILED)
    _sent(seat, Step.CHANGED, "2026-01-15 09:00")
    _sent(seat, Step.MISSED, "2026-03-15 09:00", state=TextState.BY_HAND)
    counted = [
        (one.partner, one.left, one.delivered, one.failed, one.failed_percent)
        for one in tally(NOW, [cast.ours, cast.theirs])
    ]
    assert counted == [(cast.ours, 2, 1, 1, 50), (cast.theirs, 0, 0, 0, 0)]
