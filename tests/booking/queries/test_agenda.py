from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from booking import actions
from booking.models import Seat, Session
from booking.models.seat import SeatState
from booking.queries.agenda import agenda, with_fill
from tests import factories
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db


def test_a_day_begins_and_ends_at_midnight_in_paris(cast: Cast) -> None:
    with time_machine.travel(paris("2026-10-20 08:00"), tick=False):
        for when in ("2026-10-24 23:50", "2026-10-25 00:10", "2026-10-25 23:30"):
            factories.session(cast.ours, paris(when), label=when[-5:])
        # The longest day of the year: the clocks go back.
        [day] = agenda(cast.admin, date(2026, 10, 25), days=1)
    assert [session.label for session in day.sessions] == ["00:10", "23:30"]


def test_every_day_has_its_entry(cast: Cast) -> None:
    days = agenda(cast.admin, date(2026, 4, 14), days=3)
    assert [(day.date.day, day.sessions) for day in days] == [(14, []), (15, []), (16, [])]


def test_an_offered_seat_is_counted_apart_and_a_released_one_not_at_all(cast: Cast) -> None:
    session = factories.session(cast.ours)
    for state in (SeatState.BOOKED, SeatState.HELD, SeatState.EXCUSED, SeatState.RELEASED):
        seat = actions.book_seat(
            by=None,
            now=timezone.now(),
            session=session,
            participant=factories.participant(),
        )
        Seat.objects.filter(pk=seat.pk).update(state=state)
    found: Any = with_fill(Session.objects.all()).get()
    assert (found.taken, found.held) == (2, 1)


def test_two_practitioners_do_not_make_a_session_appear_twice(cast: Cast) -> None:
    other = factories.practitioner(cast.ours, cast.doctor)
    session = factories.session(cast.ours, practitioners=[cast.practitioner, other])
    start = timezone.localdate(session.starts_at)
    assert [day.sessions for day in agenda(cast.doctor, start, days=1)] == [[session]]


def test_a_date_that_was_taken_back_is_on_nobodys_day(cast: Cast) -> None:
    session = factories.session(cast.ours, practitioners=[cast.practitioner])
    start = timezone.localdate(session.starts_at)
    readers = (cast.coordinator, cast.admin, cast.doctor)
    assert [agenda(one, start, days=1)[0].sessions for one in readers] == [[session]] * 3
    actions.discard_sessions(by=None, now=timezone.now(), sessions=[session])
    assert [agenda(one, start, days=1)[0].sessions for one in readers] == [[]] * 3
