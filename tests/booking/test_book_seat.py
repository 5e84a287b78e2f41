from __future__ import annotations

import pytest
from django.utils import timezone

from booking import actions
from booking.errors import AlreadySeated, Overlaps, SessionFull
from booking.models import JournalEntry, Seat
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_seat_takes_the_lowest_free_number_and_is_journaled(cast: Cast) -> None:
    session = factories.session(cast.ours)
    other = factories.participant()
    now = timezone.now()
    first = actions.book_seat(by=cast.admin, now=now, session=session, participant=other)
    seat = actions.book_seat(by=cast.admin, now=now, session=session, participant=cast.hamel)
    assert (first.number, seat.number) == (1, 2)
    actions.release_seat(by=cast.admin, now=now, seat=first)
    third = actions.book_seat(
        by=cast.admin, now=now, session=session, participant=factories.participant()
    )
    assert third.number == 1
    verbs = (
        JournalEntry.objects.filter(session=session).order_by("pk").values_list("verb", flat=True)
    )
    assert list(verbs) == [
        "session_opened",
        "seat_booked",
        "seat_booked",
        "seat_released",
        "seat_booked",
    ]


def test_a_full_session_refuses(cast: Cast) -> None:
    session = factories.session(cast.ours, capacity=1)
    now = timezone.now()
    actions.book_seat(by=None, now=now, session=session, participant=cast.hamel)
    with pytest.raises(SessionFull):
        actions.book_seat(by=None, now=now, session=session, participant=factories.participant())
    assert Seat.objects.count() == 1


def test_one_person_sits_once_and_in_one_place(cast: Cast) -> None:
    session = factories.session(cast.ours)
    same_time = factories.session(cast.theirs, starts_at=session.starts_at)
    now = timezone.now()
    actions.book_seat(by=None, now=now, session=session, participant=cast.hamel)
    with pytest.raises(AlreadySeated):
        actions.book_seat(by=None, now=now, session=session, participant=cast.hamel)
    with pytest.raises(Overlaps):
        actions.book_seat(by=None, now=now, session=same_time, participant=cast.hamel)
