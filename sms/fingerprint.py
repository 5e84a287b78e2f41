"""Whether anything about a person changed since their texts were looked at: what a text's truth hangs
on, read in one statement. Equal prints, the same verdict.

What is left out (words, rules, a venue's address, a partner's number) may be some seconds old.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeAlias

from django.db import connection

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
_FROM = (
    " FROM booking_seat b"
    " JOIN booking_participant p ON p.id = b.participant_id"
    " JOIN booking_session s ON s.id = b.session_id"
    " LEFT JOIN sms_text t ON t.seat_id = b.id"
)
_MANY = (
    f"SELECT b.participant_id, {_COLUMNS}{_FROM}"
    " WHERE b.participant_id IN ({marks}) AND b.starts_at > %s ORDER BY b.id, t.id"
)
#: With the number of texts that they got today: sms.verdict.left_today.
_ONE = (
    "SELECT (SELECT COUNT(*) FROM sms_text u JOIN booking_seat v ON v.id = u.seat_id"  # noqa: S608
    " WHERE v.participant_id = %s AND u.leader_id IS NULL AND u.sent_at >= %s AND u.sent_at < %s"
    " AND u.state IN ('claimed', 'sent', 'delivered', 'uncertain')),"
    f" {_COLUMNS}{_FROM} WHERE b.participant_id = %s AND b.starts_at > %s ORDER BY b.id, t.id"
)


def of(people: Collection[int], now: datetime) -> dict[int, Print]:
    """One query, for those who have any seat that may matter."""
    marks = ", ".join(["%s"] * len(people))
    found: dict[int, Print] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_MANY.format(marks=marks), [*people, _adapted(now - MISSED_UNTIL)])
        for person, *row in cursor.fetchall():
            found[person].append(tuple(row))
    return found


def again(person_id: int, now: datetime) -> tuple[int, Print]:
    """The texts that they got today, and the print, as of `now`, when it was first read."""
    start, end = day_bounds(paris_day(now))
    since = _adapted(now - MISSED_UNTIL)
    with connection.cursor() as cursor:
        cursor.execute(_ONE, [person_id, _adapted(start), _adapted(end), person_id, since])
        rows = cursor.fetchall()
    return (rows[0][0] if rows else 0), [tuple(row[1:]) for row in rows]


def _adapted(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)
