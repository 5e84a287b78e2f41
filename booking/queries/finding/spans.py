"""Stretches of time, and whether a session overlaps one of many. Half-open: one may begin when
another ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import connection

Span = tuple[datetime, datetime]


class Spans(tuple[Span, ...]):
    """In order, none of them touching another."""

    __slots__ = ()

    @classmethod
    def of(cls, spans: Iterable[Span]) -> Spans:
        found: list[Span] = []
        for start, end in sorted(spans):
            if found and start <= found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], end))
            else:
                found.append((start, end))
        return cls(found)

    def multirange(self) -> str:
        """As PostgreSQL writes it, and searches it by halves: a person may have 200 seats."""
        return "{" + ",".join(f"[{_utc(start)},{_utc(end)})" for start, end in self) + "}"


def busy(s: str) -> str:
    """SQL that is true when this session overlaps one of the person's spans."""
    if connection.vendor == "postgresql":
        return f":busy && tstzrange({s}.starts_at, {s}.ends_at)"
    return f"""EXISTS (SELECT 1 FROM busy
        WHERE busy.starts_at < {s}.ends_at AND busy.ends_at > {s}.starts_at)"""


def near(s: str) -> str:
    """SQL that is true when this session overlaps a span during which its venue is ruled out."""
    if connection.vendor == "postgresql":
        return f"""(cardinality(:near_venues) > 0 AND EXISTS (
            SELECT 1 FROM unnest(:near_venues, :near_spans) near (venue_id, span)
            WHERE near.venue_id = {s}.venue_id
            AND near.span && tstzrange({s}.starts_at, {s}.ends_at)))"""
    return f"""EXISTS (SELECT 1 FROM near WHERE near.venue_id = {s}.venue_id
        AND near.starts_at < {s}.ends_at AND near.ends_at > {s}.starts_at)"""


def tables() -> str:
    """What stands between WITH and the first table of a statement that uses the two: SQLite reads
    each JSON text once."""
    if connection.vendor == "postgresql":
        return ""
    return """busy AS MATERIALIZED (
        SELECT value ->> 0 AS starts_at, value ->> 1 AS ends_at FROM json_each(:busy)
    ), near AS MATERIALIZED (
        SELECT v.value AS venue_id, t.value ->> 0 AS starts_at, t.value ->> 1 AS ends_at
        FROM json_each(:near_venues) v JOIN json_each(:near_spans) s ON s.key = v.key
        JOIN json_each(s.value) t
    ), """


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()
