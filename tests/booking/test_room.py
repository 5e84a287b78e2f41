"""`has_room` says what the seats say, whoever wrote them and however."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.utils import timezone

from booking import actions, guards
from booking.models import Seat, Session
from tests import factories
from tests.booking.seats import past_session
from tests.booking.seats import seat as seat_row
from tests.cast import Cast
from tests.concurrency import promises, scenes

pytestmark = pytest.mark.django_db


def _room(*sessions: Session) -> list[bool]:
    assert promises.broken(lowered=True) == []
    return [Session.objects.get(pk=one.pk).has_room for one in sessions]


def test_the_last_seat_takes_the_room_and_gives_it_back(cast: Cast) -> None:
    session = scenes.evening(cast.ours, capacity=2)
    first = scenes.book(session)
    assert _room(session) == [True]
    scenes.book(session)
    assert _room(session) == [False]
    actions.release_seat(by=None, now=timezone.now(), seat=first)
    assert _room(session) == [True]


def test_an_overbooked_session_has_no_room_until_it_is_below_its_capacity(cast: Cast) -> None:
    session, seat = scenes.full(cast.ours)
    actions.change_seats(
        by=None, now=timezone.now(), session=session, allowance=1, reason="Une chaise de plus"
    )
    actions.book_seat(
        by=None,
        now=timezone.now(),
        session=session,
        participant=cast.hamel,
        overbook="À sa demande",
    )
    assert _room(session) == [False]
    actions.release_seat(by=None, now=timezone.now(), seat=seat)
    assert _room(session) == [False]


def test_chairs_that_come_and_go(cast: Cast) -> None:
    session, _seat = scenes.full(cast.ours)
    for capacity, room in ((2, True), (1, False), (3, True)):
        actions.change_seats(by=None, now=timezone.now(), session=session, capacity=capacity)
        assert _room(session) == [room]


def test_a_cancelled_session_is_empty(cast: Cast) -> None:
    session, _seat = scenes.full(cast.ours)
    actions.cancel_session(by=None, now=timezone.now(), session=session)
    assert _room(session) == [True]


def test_who_moves_takes_the_room_along(cast: Cast) -> None:
    left, seat = scenes.full(cast.ours)
    to = scenes.evening(cast.ours, 1)
    actions.move_seat(by=None, now=timezone.now(), seat=seat, to=to)
    assert _room(left, to) == [True, False]


def test_who_swap_leave_it_as_it_was(cast: Cast) -> None:
    one, first = scenes.full(cast.ours)
    other, second = scenes.full(cast.ours, 1)
    actions.swap_seats(by=None, now=timezone.now(), first=first, second=second)
    assert _room(one, other) == [False, False]


def test_what_is_held_is_taken_until_the_offer_lapses(cast: Cast) -> None:
    session = scenes.evening(cast.ours)
    entry = scenes.wait(session)
    assert _room(session) == [False]
    later = timezone.now() + timedelta(hours=49)
    with time_machine.travel(later, tick=False):
        actions.serve_waiting_lists(now=later)
        assert _room(session) == [True]
    entry.refresh_from_db()
    assert entry.state == "lapsed"


def test_who_enrols_and_withdraws(cast: Cast) -> None:
    group, days = scenes.course(cast.ours)
    enrolment = scenes.enrol(group)
    assert _room(*days) == [False, False]
    actions.withdraw(by=None, now=timezone.now(), enrolment=enrolment)
    assert _room(*days) == [True, True]


def test_a_session_that_is_added_to_a_full_group_is_full(cast: Cast) -> None:
    group, days = scenes.course(cast.ours)
    scenes.enrol(group)
    start = days[-1].starts_at + timedelta(days=1)
    assert _room(factories.session(cast.ours, start, programme=group, capacity=1)) == [False]


def test_two_records_that_become_one(cast: Cast) -> None:
    session = scenes.evening(cast.ours, capacity=2)
    double = factories.participant()
    for person in (cast.hamel, double):
        scenes.book(session if person == double else scenes.evening(cast.ours, 1), person)
    scenes.book(session)
    actions.merge(by=None, now=timezone.now(), keep=cast.hamel, absorb=double)
    assert _room(session) == [False]


def test_a_stale_object_that_is_saved_whole_changes_nothing(cast: Cast) -> None:
    stale = scenes.evening(cast.ours)
    scenes.book(stale)
    assert stale.has_room
    stale.label = "Groupe C"
    stale.save()
    assert _room(stale) == [False]


def test_nobody_can_say_otherwise(cast: Cast) -> None:
    full, _seat = scenes.full(cast.ours)
    free = scenes.evening(cast.ours, 1)
    Session.objects.update(has_room=True)
    assert _room(full, free) == [False, True]
    Session.objects.update(has_room=False)
    assert _room(full, free) == [False, True]
    born = past_session(cast.ours, days=3, has_room=False)
    assert _room(born) == [True]


def test_rows_written_past_the_actions_count(cast: Cast) -> None:
    one, other = (scenes.evening(cast.ours, day) for day in range(2))
    row = seat_row(cast.hamel, one)
    assert _room(one, other) == [False, True]
    times = {"starts_at": other.starts_at, "ends_at": other.ends_at}
    Seat.objects.filter(pk=row.pk).update(session=other, **times)
    assert _room(one, other) == [True, False]
    Seat.objects.filter(pk=row.pk).update(state="released")
    assert _room(one, other) == [True, True]
    Seat.objects.filter(pk=row.pk).update(state="booked")
    assert _room(one, other) == [True, False]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM booking_seat WHERE id = %s", [row.pk])
    assert _room(one, other) == [True, True]


def test_what_was_recorded_afterwards_still_fills(cast: Cast) -> None:
    session = past_session(cast.ours, days=3, capacity=1)
    seat_row(cast.hamel, session, state="present")
    assert _room(session) == [False]


@pytest.mark.parametrize("rows", [1, 3])
def test_many_seats_in_one_statement(cast: Cast, rows: int) -> None:
    session = scenes.evening(cast.ours, capacity=rows)
    Seat.objects.bulk_create(
        Seat(
            session=session,
            participant=factories.participant(),
            number=n + 1,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
        )
        for n in range(rows)
    )
    assert _room(session) == [False]
    Seat.objects.filter(session=session).update(state="cancelled")
    assert _room(session) == [True]


@pytest.mark.django_db(transaction=True)
def test_rows_that_are_older_than_the_triggers_are_put_right(cast: Cast, engine: str) -> None:
    migration = import_module("booking.migrations.0008_room_follows")
    full, _seat = scenes.full(cast.ours)
    with connection.schema_editor() as editor:
        migration.remove(apps, editor)
    guards.before_migrate(using="default")
    try:
        # As before: nobody keeps it.
        free = scenes.evening(cast.ours, 1)
        Session.objects.filter(pk=full.pk).update(has_room=True)
        Session.objects.filter(pk=free.pk).update(has_room=False)
        assert list(Session.objects.order_by("pk").values_list("has_room", flat=True)) == [
            True,
            False,
        ]
    finally:
        with connection.schema_editor() as editor:
            migration.install(apps, editor)
        guards.after_migrate(using="default")
    assert _room(full, free) == [False, True]
    scenes.book(free)
    assert _room(free) == [False]


def test_seats_that_were_written_during_a_migration_count(cast: Cast) -> None:
    full, filled = scenes.evening(cast.ours), scenes.evening(cast.ours, 1)
    first = seat_row(cast.hamel, full)
    guards.before_migrate(using="default")
    Seat.objects.filter(pk=first.pk).update(state="released")
    seat_row(factories.participant(), filled)
    guards.after_migrate(using="default")
    assert _room(full, filled) == [True, False]
