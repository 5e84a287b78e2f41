"""One way to write: inside a transaction, with rows locked in one order, in a bounded time.

The order is practitioners, programmes, sessions, participants, each by primary key; the import
alone holds a person before a past session, and tries again when that is refused. Rows are locked
with NO KEY UPDATE: a journal entry of another action, which only points at them, does not wait. The
database bounds the wait (PostgreSQL `lock_timeout` 3 s, SQLite `timeout` 20 s: see settings), and what it then says
becomes `Busy`. On SQLite a transaction is IMMEDIATE: one writer at a time, so a check followed by
a write is safe without row locks.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    OperationalError,
    connection,
    transaction,
)
from django.utils.translation import gettext_lazy as _

from booking.errors import (
    AlreadyEnrolled,
    AlreadySeated,
    AlreadyWaiting,
    BookingError,
    Busy,
    Invalid,
    Merged,
    PractitionerBusy,
    SessionFull,
)
from booking.errors import Overlaps as SeatOverlaps
from booking.models import Participant, Practitioner, Programme, Session
from booking.storable import SENTENCE

log = logging.getLogger(__name__)

# PostgreSQL: lock_not_available, deadlock_detected, serialization_failure.
_BUSY_SQLSTATES = {"55P03", "40P01", "40001"}

# What a constraint says, for the day on which somebody forgets the check above it. SQLite names
# the columns of a broken unique index, PostgreSQL its name.
_REFUSALS: tuple[tuple[str, type[BookingError]], ...] = (
    ("seat_participant_once", AlreadySeated),
    ("booking_seat.session_id, booking_seat.participant_id", AlreadySeated),
    ("seat_number_once", Busy),
    ("booking_seat.session_id, booking_seat.number", Busy),
    ("enrolment_active_once", AlreadyEnrolled),
    (
        "booking_enrolment.programme_id, booking_enrolment.participant_id",
        AlreadyEnrolled,
    ),
    # Only somebody who forgot the lock gets there.
    ("seat_within_limits", SessionFull),
    ("waiting_session_once", AlreadyWaiting),
    ("waiting_programme_once", AlreadyWaiting),
    ("booking_waitingentry.session_id", AlreadyWaiting),
    ("booking_waitingentry.programme_id", AlreadyWaiting),
    ("seat_no_overlap", SeatOverlaps),
    ("assignment_no_overlap", PractitionerBusy),
)


@contextmanager
def writing() -> Iterator[None]:
    """Run one action: all of it is written or nothing, and the database's refusals come out as
    the named errors. Raises Busy when a lock could not be had in time, Invalid for a value that the
    database cannot store."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        for needle, refusal in _REFUSALS:
            if needle in str(error):
                raise refusal from error
        # Every action looks before it writes; what is unique all the same came in between.
        if "unique constraint" in str(error).lower():
            raise Busy from error
        # The database's own words may quote the whole row, a name and a number with it.
        log.error("refused by the database: %s", _constraint(error))  # noqa: TRY400
        raise Invalid(_("The database refused these values. Check them.")) from None
    except (DataError, OverflowError, UnicodeEncodeError) as error:
        # PostgreSQL's word for a number that is too large is the first, SQLite's driver's the
        # second. Their own words may quote a name.
        log.error("cannot be stored: %s", _kind(error))  # noqa: TRY400
        raise Invalid(SENTENCE) from None
    except OperationalError as error:
        if _is_busy(error):
            raise Busy from error
        raise


def _constraint(error: IntegrityError) -> str:
    named = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    return str(named or "a constraint")


def _kind(error: Exception) -> str:
    return str(getattr(error.__cause__, "sqlstate", None) or type(error).__name__)


def _is_busy(error: DatabaseError) -> bool:
    sqlstate = getattr(error.__cause__, "sqlstate", None)
    return sqlstate in _BUSY_SQLSTATES or "database is locked" in str(error)


def lock_practitioners(ids: Iterable[int]) -> None:
    """Lock who leads: two sessions cannot open for one person at once, nor open while the morning
    is being cancelled."""
    wanted = list(ids)
    if wanted:
        list(
            Practitioner.objects.select_for_update(no_key=True)
            .filter(pk__in=wanted)
            .order_by("pk")
            .values_list("pk", flat=True)
        )


def lock_programmes(ids: Iterable[int]) -> list[Programme]:
    """Lock these programmes, in primary-key order, before any session."""
    wanted = list(ids)
    if not wanted:
        return []
    return list(
        Programme.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    )


def lock_sessions(ids: Iterable[int]) -> list[Session]:
    """Lock these sessions, in primary-key order, and read them as they are now. Two statements: a row
    for which PostgreSQL had to wait would be joined with what the others were before, and a session
    that has another service or venue since would be gone, or without a venue."""
    wanted = Session.objects.filter(pk__in=list(ids)).order_by("pk")
    list(wanted.select_for_update(no_key=True).values_list("pk", flat=True))
    return list(wanted.select_related("venue", "programme", "partner", "service", "purpose"))


def lock_participants(ids: Iterable[int]) -> list[Participant]:
    """Lock these people, in primary-key order, after the sessions."""
    return list(
        Participant.objects.select_for_update(no_key=True).filter(pk__in=list(ids)).order_by("pk")
    )


def lock_records(ids: Iterable[int]) -> list[Participant]:
    """Lock the records of these people to change them. Raises Merged when one of them was merged
    into another: that one is meant; Invalid when one is gone."""
    wanted = set(ids)
    people = lock_participants(wanted)
    if len(people) < len(wanted):
        raise Invalid(_("This no longer exists. Reload the page."))
    if any(person.merged_into_id is not None for person in people):
        raise Merged
    return people


def lock_name(name: str) -> None:
    """Let one transaction at a time pass for this name, when there is no row to lock yet.

    PostgreSQL: an advisory lock that ends with the transaction. SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
