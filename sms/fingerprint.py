"""Whether anything about a person changed since their texts were looked at: what a text's truth hangs
on, read in one statement with the person locked. Equal prints, the same verdict.

What is left out (words, rules, a venue's address, a partner's number) may be some seconds old. The
SQL is written out, and on PostgreSQL planned once: every text asks, and people wait for the lock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from django.db import connection
from django.db.backends.utils import CursorWrapper

from booking.prepared import prepare
from sms.hours import day_bounds, paris_day
from sms.wanted.places import MISSED_UNTIL

#: Raw rows as the driver gives them: only ever compared.
Print: TypeAlias = list[tuple[Any, ...]]

_PERSON = (
    *("phone", "phone_state", "phone_shared", "texts_refused", "language", "not_before"),
    *("first_name", "last_name", "merged_into_id"),
)
_SEAT = ("id", "state", "enrolment_id", "referral_id", "created_at")
_SESSION = (
    *("id", "state", "revision", "starts_at", "ends_at", "changed_at"),
    *("venue_id", "service_id", "partner_id", "label"),
)
_TEXT = (
    *("id", "step", "revision", "state", "due_at", "expires_at", "sent_at"),
    *("to", "problem", "carried_to_id", "leader_id", "erased_at"),
)
_COLUMNS = ", ".join(
    f'{table}."{column}"'
    for table, columns in (("p", _PERSON), ("b", _SEAT), ("s", _SESSION), ("t", _TEXT))
    for column in columns
)
_TABLES = """
    booking_seat b
    JOIN booking_participant p ON p.id = b.participant_id
    JOIN booking_session s ON s.id = b.session_id
    LEFT JOIN sms_text t ON t.seat_id = b.id
"""
_MANY = """
    SELECT b.participant_id, {columns} FROM {tables}
    WHERE b.participant_id IN ({people}) AND b.starts_at > {since} ORDER BY b.id, t.id
"""
#: With the number of texts that they got today: sms.verdict.left_today.
_ONE = """
    SELECT (
        SELECT COUNT(*) FROM sms_text u JOIN booking_seat v ON v.id = u.seat_id
        WHERE v.participant_id = {person} AND u.leader_id IS NULL
        AND u.sent_at >= {start} AND u.sent_at < {end}
        AND u.state IN ('claimed', 'sent', 'delivered', 'uncertain')
    ), {columns} FROM {tables}
    WHERE b.participant_id = {person} AND b.starts_at > {since} ORDER BY b.id, t.id
"""
_LOCK = """
    SELECT s.paused_at IS NOT NULL, s.halted_at IS NOT NULL
    FROM booking_participant p LEFT JOIN sms_sending s ON s.id = 1 WHERE p.id = {person} {lock}
"""
_PREPARED = {
    "sms_lock(bigint)": _LOCK.format(person="$1", lock="FOR NO KEY UPDATE OF p"),
    "sms_print(bigint, timestamptz, timestamptz, timestamptz)": _ONE.format(
        columns=f"ROW({_COLUMNS})::text",
        tables=_TABLES,
        person="$1",
        start="$2",
        end="$3",
        since="$4",
    ),
}
_BOTH = "EXECUTE sms_lock(%s); EXECUTE sms_print(%s, %s, %s, %s)"
_LOCK_SQLITE = _LOCK.format(person="%s", lock="")
_ONE_SQLITE = _ONE.format(
    columns=_COLUMNS, tables=_TABLES, person="%s", start="%s", end="%s", since="%s"
)


@dataclass(frozen=True, slots=True)
class Locked:
    """What is read together with the lock: whether sending is closed, and for whoever gave a moment,
    how many texts this person got that day, and their print."""

    paused: bool
    halted: bool
    today: int = 0
    print: Print | None = None


def of(people: Collection[int], now: datetime) -> dict[int, Print]:
    """One query, for those who have any seat that may matter. Locks nothing."""
    columns = f"ROW({_COLUMNS})::text" if connection.vendor == "postgresql" else _COLUMNS
    marks = ", ".join(["%s"] * len(people))
    found: dict[int, Print] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            _MANY.format(columns=columns, tables=_TABLES, people=marks, since="%s"),
            [*people, _adapted(now - MISSED_UNTIL)],
        )
        for person, *row in cursor.fetchall():
            found[person].append(tuple(row))
    return found


def lock(person_id: int, seen_at: datetime | None = None) -> Locked:
    """Lock the person, and then read them as they were read at `seen_at`. Two statements: whoever had
    to wait for the lock would see the rows as they were before. One round trip on PostgreSQL."""
    if connection.vendor == "postgresql":
        return _at_once(person_id, seen_at)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_SQLITE, [person_id])
        gate = cursor.fetchone()
        if seen_at is None:
            return _locked(gate)
        start, end, since = _moments(seen_at)
        cursor.execute(_ONE_SQLITE, [person_id, start, end, person_id, since])
        return _locked(gate, cursor.fetchall())


def begin(cursor: CursorWrapper, person_id: int, seen_at: datetime) -> Locked:
    """The same on PostgreSQL as the beginning of a transaction, which is the caller's to end by hand:
    a trip to the database less for each text."""
    prepare(_PREPARED)
    cursor.execute(f"BEGIN; {_BOTH}", [person_id, person_id, *_moments(seen_at)])
    cursor.nextset()
    gate = cursor.fetchone()
    cursor.nextset()
    return _locked(gate, cursor.fetchall())


def _at_once(person_id: int, seen_at: datetime | None) -> Locked:
    prepare(_PREPARED)
    with connection.cursor() as cursor:
        if seen_at is None:
            cursor.execute("EXECUTE sms_lock(%s)", [person_id])
            return _locked(cursor.fetchone())
        cursor.execute(_BOTH, [person_id, person_id, *_moments(seen_at)])
        gate = cursor.fetchone()
        cursor.nextset()
        return _locked(gate, cursor.fetchall())


def _locked(gate: tuple[Any, ...] | None, rows: Print | None = None) -> Locked:
    paused, halted = gate or (False, False)
    if rows is None:
        return Locked(bool(paused), bool(halted))
    today = rows[0][0] if rows else 0
    return Locked(bool(paused), bool(halted), today, [tuple(row[1:]) for row in rows])


def _moments(seen_at: datetime) -> tuple[Any, Any, Any]:
    """The day's bounds, and since when a seat may matter."""
    start, end = day_bounds(paris_day(seen_at))
    return _adapted(start), _adapted(end), _adapted(seen_at - MISSED_UNTIL)


def _adapted(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)
