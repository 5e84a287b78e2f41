"""Many sessions move in one transaction: see tests/booking/test_moves.py for one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking import actions
from booking.errors import CannotCarry, PractitionerBusy, TooLate
from booking.models import JournalEntry, Participant, Seat, Session
from booking.models.journal import Verb
from booking.moving import Move, move
from tests import factories
from tests.cast import Cast
from tests.concurrency import promises, scenes

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def _slots(cast: Cast, number: int) -> list[Session]:
    """One after the other, of one practitioner, each an hour, each with somebody."""
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=5)
    made = []
    for n in range(number):
        begins = start + n * HOUR
        values: dict[str, Any] = {"ends_at": begins + HOUR, "practitioners": [cast.practitioner]}
        made.append(factories.session(cast.ours, begins, capacity=1, **values))
        scenes.book(made[-1])
    return made


def _move(*moves: Move, now: datetime | None = None) -> tuple[Session, ...]:
    return move(moves, by=None, now=now or timezone.now(), anyway=False)


def _starts() -> list[datetime]:
    return list(Session.objects.order_by("pk").values_list("starts_at", flat=True))


def test_each_goes_where_the_one_before_has_been(cast: Cast) -> None:
    slots = _slots(cast, 3)
    before = _starts()
    _move(*(Move(one, one.starts_at + HOUR) for one in reversed(slots)))
    assert _starts() == [start + HOUR for start in before]
    assert JournalEntry.objects.filter(verb=Verb.SESSION_MOVED).count() == 3
    assert promises.broken() == []


def test_all_or_none_and_it_says_which(cast: Cast) -> None:
    slots = _slots(cast, 3)
    before = _starts()
    with pytest.raises(PractitionerBusy) as refused:
        _move(Move(slots[2], slots[2].starts_at + HOUR), Move(slots[0], slots[1].starts_at))
    assert (refused.value.about, _starts()) == (slots[0], before)
    assert not JournalEntry.objects.filter(verb=Verb.SESSION_MOVED).exists()


def test_somebody_who_sits_in_two_is_never_in_both_at_once(cast: Cast) -> None:
    first, second = _slots(cast, 2)
    twice = Participant.objects.get(seats__session=first)
    actions.release_seat(by=None, now=timezone.now(), seat=Seat.objects.get(session=second))
    scenes.book(second, twice)
    elsewhere = factories.practitioner(cast.ours)
    with pytest.raises(CannotCarry):
        _move(Move(first, second.starts_at, practitioners=(elsewhere,)))
    _move(Move(second, second.starts_at + HOUR), Move(first, second.starts_at))
    assert promises.broken() == []


def test_what_has_begun_does_not_move(cast: Cast) -> None:
    [slot] = _slots(cast, 1)
    with pytest.raises(TooLate):
        _move(Move(slot, slot.starts_at + HOUR), now=slot.starts_at)


def test_a_place_that_is_free_then_is_offered_once(cast: Cast) -> None:
    """Who sat there at that time is free for what they wait for."""
    first, second = _slots(cast, 2)
    waits = scenes.evening(cast.theirs, capacity=1)
    actions.move_session(by=None, now=timezone.now(), session=waits, starts_at=first.starts_at)
    entry = scenes.wait(waits, Participant.objects.get(seats__session=first))
    assert entry.state == "waiting"
    day = timedelta(days=1)
    _move(*(Move(one, one.starts_at + day) for one in (first, second)))
    entry.refresh_from_db()
    assert entry.state == "offered"
    assert promises.broken() == []


@pytest.mark.parametrize(("number", "most"), [(1, 40), (6, 55)])
def test_many_cost_little_more_than_one(cast: Cast, number: int, most: int) -> None:
    slots = _slots(cast, number)
    day = timedelta(days=1)
    with CaptureQueriesContext(connection) as queries:
        _move(*(Move(one, one.starts_at + day) for one in slots))
    assert len(queries) <= most
