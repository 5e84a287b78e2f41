"""A date is taken back while somebody comes into it: one of them is first, and the other is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from booking import actions
from booking.models import Seat, Session, WaitingEntry
from tests import factories
from tests.cast import Cast
from tests.concurrency import promises, scenes
from tests.concurrency.processes import Runner, flat, race

pytestmark = pytest.mark.django_db(transaction=True)


def test_nobody_is_left_in_a_date_that_was_taken_back(cast: Cast, rounds: int) -> None:
    """Two sessions a round, given in opposite orders to two who take them back."""
    days = [scenes.evening(cast.ours, day, capacity=2) for day in range(2 * rounds)]
    elsewhere = [scenes.book(scenes.evening(cast.ours, 2 * rounds + n)) for n in range(rounds)]
    booker, waiter = scenes.people(2)

    def discard(*, backwards: bool) -> Runner:
        def run(n: int) -> object:
            pair = days[2 * n : 2 * n + 2]
            sessions = pair[::-1] if backwards else pair
            return actions.discard_sessions(by=None, now=timezone.now(), sessions=sessions)

        return run

    def book(n: int) -> object:
        values: dict[str, Any] = {"session": days[2 * n], "participant": booker}
        return actions.book_seat(by=None, now=timezone.now(), **values)

    def wait(n: int) -> object:
        values: dict[str, Any] = {"session": days[2 * n + 1], "participant": waiter}
        return actions.join_waiting_list(by=None, now=timezone.now(), **values)

    def move(n: int) -> object:
        values: dict[str, Any] = {"seat": elsewhere[n], "to": days[2 * n]}
        return actions.move_seat(by=None, now=timezone.now(), **values)

    runners = (discard(backwards=False), book, wait, move, discard(backwards=True))
    told = race(*runners, rounds=rounds)
    assert set(flat(told)) <= {"done", "SessionCancelled", "Busy"}
    _nobody_there()


def test_a_group_gets_somebody_while_an_evening_is_taken_back(cast: Cast, rounds: int) -> None:
    groups = [scenes.course(cast.ours, day=3 * n) for n in range(rounds)]
    who = scenes.people(2)

    def discard(n: int) -> object:
        _group, days = groups[n]
        return actions.discard_sessions(by=None, now=timezone.now(), sessions=days[1:])

    def enrol(n: int) -> object:
        values: dict[str, Any] = {"programme": groups[n][0], "participant": who[0]}
        return actions.enrol(by=None, now=timezone.now(), **values)

    def wait(n: int) -> object:
        values: dict[str, Any] = {"programme": groups[n][0], "participant": who[1]}
        return actions.join_waiting_list(by=None, now=timezone.now(), **values)

    def add(n: int) -> object:
        group, days = groups[n]
        start = days[0].starts_at + timedelta(hours=3)
        return factories.session(cast.ours, start, programme=group, capacity=1)

    told = race(discard, enrol, wait, add, rounds=rounds)
    assert set(flat(told)) <= {"done", "SessionFull", "CannotCarry", "Busy"}
    _nobody_there()


def _nobody_there() -> None:
    assert promises.broken() == []
    gone = Session.objects.filter(state="discarded")
    assert not Seat.objects.filter(session__in=gone).exists()
    assert not WaitingEntry.objects.filter(session__in=gone).exists()
