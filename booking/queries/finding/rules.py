"""The rules of the seat engine (booking.seating) as conditions on one session, and what was asked.
Every condition is always there; what does not apply has a value that lets everything through.

What is said here decides what is shown and nothing else: a booking checks again, under the lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db import connection

from booking.queries.finding import spans
from booking.queries.finding.statement import listed

_PARIS: Final = "Europe/Paris"
#: The seats that consume a place.
ACTIVE: Final = "state IN ('held', 'booked', 'present', 'late', 'excused', 'unexcused')"


def fits(s: str) -> str:
    """This one session suits, its room and its beginning left aside. Never NULL."""
    start, end = f"{s}.starts_at", f"{s}.ends_at"
    return f"""({s}.starts_at < :until
        AND ({s}.language IN ({listed("languages")}) OR {s}.interpreter = :spoken
            OR ({s}.capacity = 1 AND :spoken <> '-' AND {_led_by_a_speaker(s)}))
        AND ({s}.open_to_network OR :own IS NULL OR {s}.partner_id IN ({listed("own")}))
        AND (:partners IS NULL OR {s}.partner_id IN ({listed("partners")}))
        AND {s}.partner_id NOT IN ({listed("hidden")})
        AND ({s}.venue_id IS NULL
            OR {s}.venue_id NOT IN (SELECT id FROM booking_venue WHERE victims_only))
        AND {s}.id NOT IN ({listed("with_others")})
        AND NOT {spans.busy(s)} AND NOT {spans.near(s)}
        AND (:weekdays IS NULL OR {_weekday(start)} IN ({listed("weekdays")}))
        AND (:after IS NULL OR {_clock(start)} >= :after)
        AND (:before IS NULL OR ({_clock(end)} <= :before AND {_clock(start)} < {_clock(end)})))"""


def may_join(s: str) -> str:
    """A session of no programme, an evening of an open group, or the first coming session of a
    course or closed group that one may still join, with room and nothing in the way in every
    coming one: `booking.waiting.joinable` and `booking.actions.enrol`."""
    planned = f"""SELECT 1 FROM booking_session e
        WHERE e.programme_id = {s}.programme_id AND e.state = 'planned'"""
    return f"""({s}.programme_id IS NULL OR EXISTS (
        SELECT 1 FROM booking_programme g WHERE g.id = {s}.programme_id AND (
            g.kind = 'open_group' OR (
                g.id NOT IN ({listed("enrolled")})
                AND NOT EXISTS ({planned} AND (e.starts_at, e.id) < ({s}.starts_at, {s}.id)
                    AND (e.starts_at > :now OR NOT g.late_joining))
                AND NOT EXISTS ({planned} AND (e.starts_at, e.id) > ({s}.starts_at, {s}.id)
                    AND NOT (e.has_room AND {fits("e")}))
                AND NOT EXISTS ({planned} AND e.starts_at > :now AND EXISTS (
                    SELECT 1 FROM booking_session o WHERE o.programme_id = {s}.programme_id
                    AND o.state = 'planned' AND o.id <> e.id
                    AND o.starts_at >= e.starts_at AND o.starts_at < e.ends_at)))
    )))"""


def undecided(s: str) -> str:
    """Nobody sits there: it may still become any of its purpose (booking.purposes)."""
    return f"""{s}.programme_id IS NULL AND ({s}.capacity = 1 OR NOT EXISTS (
        SELECT 1 FROM booking_seat o WHERE o.session_id = {s}.id AND o.{ACTIVE}))"""


def _led_by_a_speaker(s: str) -> str:
    """Whoever leads a session speaks French."""
    return f"""EXISTS (SELECT 1 FROM booking_assignment a WHERE a.session_id = {s}.id
        AND (:spoken = 'fr' OR a.practitioner_id IN (
            SELECT practitioner_id FROM booking_spoken WHERE language = :spoken)))"""


def _weekday(column: str) -> str:
    """In Paris, as ISO counts."""
    return _written(*connection.ops.datetime_extract_sql("iso_week_day", column, (), _PARIS))


def _clock(column: str) -> str:
    """The time of day in Paris."""
    return _written(*connection.ops.datetime_cast_time_sql(column, (), _PARIS))


def _written(sql: str, values: Sequence[Any]) -> str:
    """The database layer's own constants, written into its SQL: ours has parameters by name."""
    return sql % tuple(f"'{value}'" for value in values)
