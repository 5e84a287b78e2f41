"""One practitioner, several processes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from booking import actions
from booking.models import Assignment, JournalEntry, Practitioner, Session
from tests import factories
from tests.cast import Cast
from tests.concurrency import promises, scenes
from tests.concurrency.processes import Runner, flat, race

pytestmark = pytest.mark.django_db(transaction=True)

_HOUR = timedelta(hours=1)


def test_one_of_six_overlapping_sessions_is_opened(cast: Cast, rounds: int) -> None:
    def open_at(hours: int) -> Runner:
        return lambda n: _open(cast, n, hours)

    told = race(*(open_at(hours) for hours in (0, 1, 0, 1, 0, 1)), rounds=rounds)
    assert set(flat(told)) <= {"done", "PractitionerBusy", "Busy"}
    assert [sum(answers[n] == "done" for answers in told) for n in range(rounds)] == [1] * rounds
    assert Assignment.objects.filter(active=True).count() == rounds
    assert promises.broken() == []


def test_a_morning_is_cancelled_while_sessions_come_into_it(cast: Cast, rounds: int) -> None:
    mornings = [_open(cast, n, 0) for n in range(rounds)]
    for session in mornings:
        scenes.book(session)
    elsewhere = [_open(cast, rounds + n, 0) for n in range(rounds)]
    colleague = factories.practitioner(cast.ours)
    of_another = [_open(cast, n, 5, colleague) for n in range(rounds)]

    def cancel(n: int) -> object:
        start = mornings[n].starts_at
        return actions.cancel_morning(
            by=None,
            now=timezone.now(),
            practitioner=cast.practitioner,
            starts_at=start,
            ends_at=start + 12 * _HOUR,
        )

    def move_in(n: int) -> object:
        start = mornings[n].starts_at + 2 * _HOUR
        return actions.move_session(
            by=None, now=timezone.now(), session=elsewhere[n], starts_at=start
        )

    def take_over(n: int) -> object:
        return actions.move_session(
            by=None, now=timezone.now(), session=of_another[n], practitioners=[cast.practitioner]
        )

    runners = [cancel, lambda n: _open(cast, n, 3), lambda n: _open(cast, n, 8), move_in, take_over]
    told = race(*runners, rounds=rounds)
    assert set(flat(told)) <= {"done", "PractitionerBusy", "SessionCancelled", "Busy"}
    for n in range(rounds):
        if told[0][n] == "done":
            assert _still_there(cast, mornings[n]) == []
    assert promises.broken() == []


def test_who_leads_changes_while_the_session_moves(cast: Cast, rounds: int) -> None:
    """A session goes to another practitioner and to another hour at once; that practitioner
    is just given something at that hour."""
    sessions = [_open(cast, n, 0) for n in range(rounds)]
    other = factories.practitioner(cast.ours)

    def hand_over(n: int) -> object:
        return actions.move_session(
            by=None, now=timezone.now(), session=sessions[n], practitioners=[other]
        )

    def postpone(n: int) -> object:
        return actions.move_session(
            by=None,
            now=timezone.now(),
            session=sessions[n],
            starts_at=sessions[n].starts_at + 6 * _HOUR,
        )

    def meanwhile(n: int) -> object:
        return _open(cast, n, 6, other)

    told = race(hand_over, postpone, meanwhile, rounds=rounds)
    assert set(flat(told)) <= {"done", "PractitionerBusy", "Busy"}
    assert promises.broken() == []


def _open(cast: Cast, day: int, hours: int, leader: Practitioner | None = None) -> Session:
    """Two hours, so many hours after those of `scenes.evening`."""
    base = timezone.now().replace(minute=0, second=0, microsecond=0)
    start = base + timedelta(days=scenes.FIRST_DAY + day, hours=hours)
    return factories.session(cast.ours, start, practitioners=[leader or cast.practitioner])


def _still_there(cast: Cast, morning: Session) -> list[int]:
    """What the practitioner still leads then although it was there before the cancellation. Who
    holds the practitioner's lock writes alone, so journal entries of theirs are in order."""
    start = morning.starts_at
    cancelled = JournalEntry.objects.get(verb="morning_cancelled", facts__from=start.isoformat())
    led = Assignment.objects.filter(
        practitioner=cast.practitioner,
        active=True,
        starts_at__gte=start,
        starts_at__lt=start + 12 * _HOUR,
    )
    came = JournalEntry.objects.filter(
        verb__in=("session_opened", "session_moved"), pk__gt=cancelled.pk
    )
    return list(
        led.exclude(session__in=came.values("session")).values_list("session_id", flat=True)
    )
