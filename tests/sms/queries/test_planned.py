from __future__ import annotations

from typing import Any

import pytest

from booking.models import Seat
from booking.models.person import PhoneState
from booking.models.seat import SeatState
from booking.models.session import SessionState
from sms.models import Step, Text, TextState
from sms.queries.planned import Batch, Day, planned, stands
from tests import factories
from tests.booking.queries import rows as listed
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW
from tests.sms.queries.test_outbox import row

pytestmark = pytest.mark.django_db


@pytest.fixture
def seat(cast: Cast) -> Seat:
    return listed.seat(listed.bare(cast.ours, paris("2026-03-18 18:00")), cast.hamel)


def _plan(seat: Seat, at: str, step: Step = Step.DAY1) -> Text:
    return row(seat, TextState.PLANNED, step, due_at=paris(at))


def _times(day: Day) -> list[tuple[str, int]]:
    return [(batch.step.value, batch.count) for batch in day.batches]


def test_today_and_tomorrow_stand_by_hour_and_step(cast: Cast, seat: Seat) -> None:
    other = listed.seat(seat.session, factories.participant())
    factories.referral(other.participant, cast.ours)
    _plan(seat, "2026-03-16 09:00", Step.SUMMONS)  # Overdue: it is ten.
    _plan(seat, "2026-03-17 09:00")
    _plan(other, "2026-03-17 09:00")
    _plan(other, "2026-03-17 16:00", Step.CHANGED)
    _plan(other, "2026-03-18 09:00", Step.HOURS3)  # The day after.
    today, tomorrow = planned(cast.admin, NOW)
    assert _times(today) == [("summons", 1)]
    assert _times(tomorrow) == [("day1", 2), ("changed", 1)]
    assert (tomorrow.count, tomorrow.first, tomorrow.last) == (
        3,
        paris("2026-03-17 09:00"),
        paris("2026-03-17 16:00"),
    )
    assert [day.count for day in planned(cast.stranger, NOW)] == [0, 0]


def test_two_sessions_of_one_person_on_one_day_are_one_text(cast: Cast, seat: Seat) -> None:
    again = listed.seat(listed.bare(cast.ours, paris("2026-03-18 09:00")), cast.hamel)
    texts = [_plan(one, "2026-03-17 09:00") for one in (again, seat)]
    batch = Batch(paris("2026-03-17 09:00"), Step.DAY1, texts)
    assert (len(batch.texts), batch.count) == (2, 1)


@pytest.mark.parametrize(
    ("of", "change"),
    [
        ("seat", {"state": SeatState.RELEASED}),
        ("session", {"revision": 1}),
        ("session", {"state": SessionState.CANCELLED}),
        ("participant", {"phone_state": PhoneState.WRONG}),
        ("participant", {"texts_refused": True}),
        ("participant", {"phone": "+33199000000"}),
    ],
)
def test_what_is_no_longer_true_is_not_called_checked(
    cast: Cast, seat: Seat, of: str, change: dict[str, Any]
) -> None:
    text = _plan(seat, "2026-03-17 09:00")
    assert stands(text)
    target = seat if of == "seat" else getattr(seat, of)
    for field, value in change.items():
        setattr(target, field, value)
    target.save(update_fields=list(change))
    _, tomorrow = planned(cast.coordinator, NOW)
    assert tomorrow.doubtful == [text]


def test_a_cancellation_stands_while_the_session_is_cancelled(cast: Cast) -> None:
    session = listed.bare(cast.ours, paris("2026-03-18 18:00"), state=SessionState.CANCELLED)
    seat = listed.seat(session, cast.hamel, SeatState.CANCELLED)
    assert stands(_plan(seat, "2026-03-16 10:05", Step.CANCELLED))
    assert not stands(_plan(seat, "2026-03-16 10:05", Step.DAY1))
