"""What the database refuses when somebody forgets the action above it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from booking import actions, guards
from booking.models import Assignment, JournalEntry, Seat, Session
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _seat(session: Session, cast: Cast, number: int = 1) -> Seat:
    return Seat.objects.create(
        session=session,
        participant=cast.hamel,
        number=number,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
    )


def test_a_participant_cannot_sit_in_two_places_at_once(cast: Cast) -> None:
    session = factories.session(cast.ours)
    overlapping = factories.session(cast.theirs, session.ends_at - timedelta(minutes=1))
    _seat(session, cast)
    with pytest.raises(IntegrityError, match="seat_no_overlap"), transaction.atomic():
        _seat(overlapping, cast)


def test_one_session_may_begin_when_another_ends(cast: Cast) -> None:
    session = factories.session(cast.ours)
    _seat(session, cast)
    _seat(factories.session(cast.theirs, session.ends_at), cast)
    assert Seat.objects.count() == 2


def test_a_released_seat_forbids_nothing(cast: Cast) -> None:
    session = factories.session(cast.ours)
    seat = _seat(session, cast)
    seat.state = "released"
    seat.save()
    _seat(factories.session(cast.theirs, session.starts_at), cast)
    with pytest.raises(IntegrityError, match="seat_no_overlap"), transaction.atomic():
        Seat.objects.filter(pk=seat.pk).update(state="booked")


def test_a_number_is_given_once(cast: Cast) -> None:
    session = factories.session(cast.ours)
    _seat(session, cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.create(
            session=session,
            participant=factories.participant(),
            number=1,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
        )


def test_a_practitioner_cannot_lead_two_sessions_at_once(cast: Cast) -> None:
    first = factories.session(cast.ours, practitioners=[cast.practitioner])
    second = factories.session(cast.ours, first.starts_at)
    with pytest.raises(IntegrityError, match="assignment_no_overlap"), transaction.atomic():
        Assignment.objects.create(
            session=second,
            practitioner=cast.practitioner,
            starts_at=second.starts_at,
            ends_at=second.ends_at,
        )


def test_times_of_seats_follow_their_session(cast: Cast) -> None:
    session = factories.session(cast.ours, practitioners=[cast.practitioner])
    seat = _seat(session, cast)
    later = session.starts_at + timedelta(days=1)
    Session.objects.filter(pk=session.pk).update(
        starts_at=later, ends_at=later + timedelta(hours=1)
    )
    seat.refresh_from_db()
    assert (seat.starts_at, seat.ends_at) == (later, later + timedelta(hours=1))
    assert session.assignments.get().starts_at == later


def test_a_move_onto_another_seat_of_the_same_person_is_refused(cast: Cast) -> None:
    session = factories.session(cast.ours)
    later = factories.session(cast.ours, session.starts_at + timedelta(days=1))
    _seat(session, cast)
    _seat(later, cast)
    with pytest.raises(IntegrityError, match="seat_no_overlap"), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(
            starts_at=later.starts_at, ends_at=later.ends_at
        )


def test_the_journal_is_append_only(cast: Cast) -> None:
    factories.session(cast.ours)
    entry = JournalEntry.objects.get()
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()
    with pytest.raises(TypeError):
        JournalEntry.objects.all().delete()
    if connection.vendor == "postgresql":
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE booking_journalentry SET verb = 'x'")


def test_the_retention_purge_may_delete_on_postgresql(cast: Cast, engine: str) -> None:
    if engine != "postgresql":
        pytest.skip("the trigger stands on PostgreSQL only")
    factories.session(cast.ours)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jalon.purge = 'on'")
        cursor.execute("DELETE FROM booking_journalentry")
    assert JournalEntry.objects.count() == 0


def test_the_triggers_survive_a_second_migration(cast: Cast, engine: str) -> None:
    from django.core.management import call_command

    if engine == "postgresql":
        pytest.skip("PostgreSQL keeps its triggers when a table changes")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER seat_no_overlap_insert")
    call_command("migrate", verbosity=0)
    session = factories.session(cast.ours)
    actions.book_seat(by=None, now=timezone.now(), session=session, participant=cast.hamel)
    with pytest.raises(IntegrityError, match="seat_no_overlap"), transaction.atomic():
        _seat(factories.session(cast.theirs, session.starts_at), cast)


@pytest.mark.django_db(transaction=True)
def test_a_later_migration_may_rebuild_a_table_that_triggers_name(engine: str) -> None:
    if engine == "postgresql":
        pytest.skip("PostgreSQL changes tables in place")
    guards.before_migrate(using="default")
    with connection.schema_editor() as editor:
        editor._remake_table(Seat)  # type: ignore[attr-defined]  # SQLite's editor only
    guards.after_migrate(using="default")
    cast = Cast()
    _seat(factories.session(cast.ours), cast)
    with pytest.raises(IntegrityError, match="seat_no_overlap"), transaction.atomic():
        _seat(factories.session(cast.theirs), cast)
