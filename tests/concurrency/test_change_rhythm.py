"""A rhythm changes while others book, publish, decide, close: nothing half done, nobody lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from booking import actions as seats
from booking.models import Seat, Session
from booking.models.session import SessionState
from calendars import actions
from calendars.models import Rhythm, RhythmDate
from calendars.plan import Seated
from calendars.publish import publish
from calendars.recurrence import PARIS, Recurrence, Weekday
from tests import factories
from tests.cast import Cast
from tests.concurrency import promises, scenes
from tests.concurrency.every_calendar_action import first_day, on, rhythm
from tests.concurrency.processes import flat, race

pytestmark = pytest.mark.django_db(transaction=True)


def several(cast: Cast, number: int, *, seat: bool = True) -> list[Rhythm]:
    """So many rhythms of three Mondays, each with its own practitioner; in each somebody sits."""
    made = []
    for _ in range(number):
        leader = factories.practitioner(cast.ours)
        made.append(rhythm(cast, capacity=3, practitioners=[leader]))
        if seat:
            scenes.book(on(made[-1], 0))
    return made


def _change(rhythms: list[Rhythm], number: int, **values: Any) -> None:
    actions.change_rhythm(
        by=None,
        now=timezone.now(),
        rhythm=rhythms[number],
        from_day=first_day(),
        seated=Seated.MOVE,
        anyway=True,
        **values,
    )


def hours(made: Rhythm) -> set[int]:
    planned = Session.objects.filter(rhythm_date__rhythm=made, state=SessionState.PLANNED)
    return {one.starts_at.astimezone(PARIS).hour for one in planned}


def dates(rhythms: Iterable[Rhythm]) -> set[int]:
    """How many sessions each of them has, and that no day has two."""
    for made in rhythms:
        days = Counter(made.dates.values_list("day", flat=True))
        assert set(days.values()) == {1}
    planned = RhythmDate.objects.filter(session__state=SessionState.PLANNED)
    return {planned.filter(rhythm=made).count() for made in rhythms}


def test_who_books_meanwhile_goes_along_or_is_told_to_look_again(cast: Cast, rounds: int) -> None:
    made = several(cast, rounds)
    sessions = [[on(one, week) for week in range(3)] for one in made]
    people = scenes.people(3 * rounds)

    def book(week: int, number: int) -> None:
        who = people[3 * number + week]
        session = sessions[number][week]
        seats.book_seat(by=None, now=timezone.now(), session=session, participant=who)

    booking = [partial(book, week) for week in range(3)]
    changing, *told = race(partial(_change, made, start=time(17)), *booking, rounds=rounds)
    assert set(changing) <= {"done", "Busy"}
    assert set(flat(told)) <= {"done", "SessionCancelled", "Busy"}
    assert promises.broken() == []
    for answer, one in zip(changing, made, strict=True):
        assert hours(one) == ({17} if answer == "done" else {18})
    assert dates(made) == {3}
    assert Seat.objects.active().count() == rounds + flat(told).count("done")


def test_publishing_meanwhile_finds_the_old_form_or_the_new(cast: Cast, rounds: int) -> None:
    made = several(cast, rounds)

    def again(number: int) -> None:
        publish(rhythm=made[number], now=timezone.now())

    thursdays = Recurrence((Weekday.THURSDAY,), times=3)
    changing = partial(_change, made, recurrence=thursdays, start=time(17))
    told = race(changing, again, again, rounds=rounds)
    assert set(flat(told)) <= {"done", "Busy"}
    assert promises.broken() == []
    for answer, one in zip(told[0], made, strict=True):
        assert hours(one) == ({17} if answer == "done" else {18})
    assert dates(made) == {3}


def test_of_two_changes_the_second_changes_what_the_first_made(cast: Cast, rounds: int) -> None:
    made = several(cast, rounds)
    told = race(
        partial(_change, made, start=time(17)),
        partial(_change, made, start=time(16), capacity=4),
        rounds=rounds,
    )
    assert set(flat(told)) <= {"done", "Busy"}
    assert promises.broken() == []
    for first, second, one in zip(*told, made, strict=True):
        wanted = {hour for hour, done in ((17, first), (16, second)) if done == "done"}
        assert len(hours(one)) == 1
        assert hours(one) <= (wanted or {18})
    assert dates(made) == {3}


def test_what_somebody_decides_meanwhile_stays(cast: Cast, rounds: int) -> None:
    made = several(cast, rounds)
    moved = [on(one, 1) for one in made]
    cancelled = [on(one, 2) for one in made]
    to = [one.starts_at + timedelta(days=1) for one in moved]

    def decide(number: int) -> None:
        seats.move_session(by=None, now=timezone.now(), session=moved[number], starts_at=to[number])

    def cancel(number: int) -> None:
        seats.cancel_session(by=None, now=timezone.now(), session=cancelled[number])

    told = race(partial(_change, made, start=time(17)), decide, cancel, rounds=rounds)
    assert set(flat(told)) <= {"done", "SessionCancelled", "Busy"}
    assert promises.broken() == []
    for number, (deciding, cancelling) in enumerate(zip(*told[1:], strict=True)):
        if deciding == "done":
            moved[number].refresh_from_db()
            assert moved[number].starts_at == to[number]
        if cancelling == "done":
            cancelled[number].refresh_from_db()
            assert cancelled[number].state == SessionState.CANCELLED


def test_a_closure_meanwhile_leaves_no_empty_date_in_it(cast: Cast, rounds: int) -> None:
    made = several(cast, rounds)
    midnight = datetime.combine(first_day(), time(), PARIS) + timedelta(days=7)

    def close(number: int) -> None:
        actions.report_absence(
            by=None,
            now=timezone.now(),
            practitioner=made[number].practitioners.get(),
            starts_at=midnight,
            ends_at=midnight + timedelta(days=7),
        )

    told = race(partial(_change, made, start=time(17)), close, rounds=rounds)
    assert set(flat(told)) <= {"done", "Busy"}
    assert promises.broken() == []
    for closed, one in zip(told[1], made, strict=True):
        there = Session.objects.filter(
            rhythm_date__rhythm=one, state=SessionState.PLANNED, starts_at__gt=midnight
        )
        within = there.filter(starts_at__lt=midnight + timedelta(days=7))
        assert within.count() == (0 if closed == "done" else 1)
    assert dates(made) == {3}
