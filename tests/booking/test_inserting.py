from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking.holding_one import hold_one
from booking.inserting import insert
from booking.locking import lock_participants, lock_sessions, writing
from booking.models import JournalEntry, Seat
from booking.models.journal import Verb
from sms.models import Step, Text
from tests import factories
from tests.booking.seats import seat as seat_row
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _entries(count: int) -> list[JournalEntry]:
    now = timezone.now()
    facts = {"what": ["é", None, 1]}
    return [JournalEntry(at=now, verb=Verb.DEMO_LOADED, facts=facts) for _ in range(count)]


@pytest.mark.parametrize(("rows", "statements"), [(0, 0), (1, 1), (200, 1), (201, 2)])
def test_rows_are_written_as_they_are_and_know_their_keys(rows: int, statements: int) -> None:
    with CaptureQueriesContext(connection) as queries:
        written = insert(_entries(rows))
    assert len(queries) == statements
    found = JournalEntry.objects.order_by("pk")
    assert list(found.values_list("pk", "at", "facts")) == [
        (one.pk, one.at, one.facts) for one in written
    ]


def test_values_that_are_only_equal_are_written_each_as_it_is() -> None:
    alike: list[dict[str, object]] = [{"n": 1}, {"n": True}, {"n": 1.0}]
    now = timezone.now()
    insert([JournalEntry(at=now, verb=Verb.DEMO_LOADED, facts=facts) for facts in alike])
    found = JournalEntry.objects.order_by("pk").values_list("facts", flat=True)
    assert [repr(one["n"]) for one in found] == ["1", "True", "1.0"]


def test_what_a_constraint_refuses_is_left_out(cast: Cast) -> None:
    seat = seat_row(cast.hamel, factories.session(cast.ours))
    at = timezone.now()
    twice = [
        Text(seat=seat, step=Step.SUMMONS, revision=0, due_at=at, expires_at=at + timedelta(1))
        for _ in range(2)
    ]
    insert(twice, skip_conflicts=True)
    assert list(Text.objects.values_list("seat", "step", "state")) == [
        (seat.pk, "summons", "planned")
    ]


def test_a_row_that_was_saved_after_it_was_named_is_found(cast: Cast) -> None:
    session = factories.session(cast.ours)
    seat = Seat(
        session=session,
        participant=cast.hamel,
        number=1,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
    )
    entry = JournalEntry(at=timezone.now(), verb=Verb.SEAT_BOOKED, seat=seat)
    seat.save()
    insert([entry])
    assert JournalEntry.objects.get(pk=entry.pk).seat == seat


def test_the_short_way_holds_what_the_long_way_reads(cast: Cast) -> None:
    session = factories.session(cast.ours, programme=factories.programme(cast.ours))
    cast.hamel.not_before = timezone.localdate()
    cast.hamel.save()
    with writing():
        held = hold_one(session.pk, cast.hamel.pk)
        [long], [person] = lock_sessions([session.pk]), lock_participants([cast.hamel.pk])
    short = held.sessions[session.pk]
    names = ("partner", "service", "venue", "programme")
    for name in names:
        assert _values(getattr(short, name)) == _values(getattr(long, name))
    assert _values(short) == _values(long)
    assert _values(held.people[person.pk]) == _values(person)


def _values(row: object) -> dict[str, object]:
    return {name: value for name, value in vars(row).items() if name != "_state"}


def test_the_short_way_is_one_round_trip_on_postgresql(cast: Cast, engine: str) -> None:
    session = factories.session(cast.ours)
    with writing():
        hold_one(session.pk, cast.hamel.pk)  # The first on a connection has it planned.
        with CaptureQueriesContext(connection) as queries:
            held = hold_one(session.pk, cast.hamel.pk)
    assert len(queries) == (1 if engine == "postgresql" else 3)
    assert held.sessions[session.pk].venue is not None
