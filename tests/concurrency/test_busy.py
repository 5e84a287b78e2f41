"""A process that keeps what others need: they are told so in time, and may try again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.utils import timezone

from booking import actions
from booking.locking import lock_participants, lock_programmes, lock_sessions, writing
from booking.models import JournalEntry, Seat, WaitingEntry
from tests import factories
from tests.cast import Cast
from tests.concurrency import promises, scenes
from tests.concurrency.processes import FORK, Runner, begin, race

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def _kept(lock: Callable[[list[int]], object], pk: int) -> Iterator[None]:
    """Another process holds this row meanwhile."""
    taken, enough = FORK.Event(), FORK.Event()

    def keep() -> None:
        with writing():
            lock([pk])
            taken.set()
            enough.wait(60)

    child = begin(keep)
    assert taken.wait(30)
    try:
        yield
    finally:
        enough.set()
        child.join(30)
        assert child.exitcode == 0


def _impatient(runner: Runner) -> Runner:
    """In the process that runs it: waits a fifth of a second and not 3 s (PostgreSQL) or 20 s."""

    def run(number: int) -> object:
        with connection.cursor() as cursor:
            postgresql = connection.vendor == "postgresql"
            cursor.execute("SET lock_timeout = 200" if postgresql else "PRAGMA busy_timeout = 200")
        return runner(number)

    return run


def _rows() -> tuple[list[object], ...]:
    return tuple(
        list(model._base_manager.order_by("pk").values())
        for model in (Seat, WaitingEntry, JournalEntry)
    )


def test_six_who_need_the_session_are_told_that_it_is_busy(cast: Cast) -> None:
    session = scenes.evening(cast.ours, capacity=3, practitioners=[cast.practitioner])
    first, second = scenes.book(session), scenes.book(session)
    other = scenes.evening(cast.ours, 1)
    newcomer, now = factories.participant(), timezone.now()
    runners: list[Runner] = [
        lambda _: scenes.book(session, newcomer),
        lambda _: actions.release_seat(by=None, now=now, seat=first),
        lambda _: actions.move_seat(by=None, now=now, seat=second, to=other),
        lambda _: actions.change_seats(by=None, now=now, session=session, capacity=9),
        lambda _: scenes.wait(session, cast.hamel),
        lambda _: actions.cancel_session(by=None, now=now, session=session),
    ]
    before = _rows()
    with _kept(lock_sessions, session.pk):
        assert race(*(_impatient(one) for one in runners)) == [["Busy"]] * 6
        assert _rows() == before
    assert [race(one) for one in runners] == [[["done"]]] * 6
    assert promises.broken() == []


def test_who_needs_the_person_is_told_so(cast: Cast) -> None:
    seat = scenes.book(scenes.evening(cast.ours), cast.hamel)
    other = scenes.evening(cast.ours, 1)
    programme, _days = scenes.course(cast.ours, day=2)
    runners: list[Runner] = [
        lambda _: scenes.book(other, cast.hamel),
        lambda _: scenes.enrol(programme, cast.hamel),
        lambda _: actions.release_seat(by=None, now=timezone.now(), seat=seat),
    ]
    before = _rows()
    with _kept(lock_participants, cast.hamel.pk):
        assert race(*(_impatient(one) for one in runners)) == [["Busy"]] * 3
        assert _rows() == before
    assert race(*runners) == [["done"]] * 3


def test_who_needs_the_programme_is_told_so(cast: Cast) -> None:
    programme, _days = scenes.course(cast.ours)
    runners: list[Runner] = [
        lambda _: scenes.enrol(programme, cast.hamel),
        lambda _: scenes.wait(programme, cast.hamel),
    ]
    with _kept(lock_programmes, programme.pk):
        assert race(*(_impatient(one) for one in runners)) == [["Busy"]] * 2
    assert race(runners[0]) == [["done"]]


def test_the_wait_is_three_seconds(cast: Cast, engine: str) -> None:
    if engine == "sqlite":
        pytest.skip("20 s there: its one writer may be busy with something else")
    session = scenes.evening(cast.ours)
    began = time.monotonic()
    with _kept(lock_sessions, session.pk):
        assert race(lambda _: scenes.book(session, cast.hamel)) == [["Busy"]]
    assert 3 <= time.monotonic() - began < 6
