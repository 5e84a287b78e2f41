"""Stretches of time, and whether a session overlaps one of many. Half-open: one may begin when
another ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import connection

from booking.queries.finding.instants import literal

Span = tuple[datetime, datetime]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time in fewer stretches, in order."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def overlaps(alias: str, spans: list[Span]) -> str:
    """SQL that is true when this session overlaps one of the `merged` spans. The instants are
    written into it: a person with 200 seats would need 400 parameters, several times over.

    On PostgreSQL a multirange, in which the server searches by halves.
    """
    if connection.vendor == "postgresql":
        ranges = ",".join(
            f"[{start.astimezone(UTC).isoformat()},{end.astimezone(UTC).isoformat()})"
            for start, end in spans
        )
        mine = f"tstzrange({alias}.starts_at, {alias}.ends_at)"
        return f"'{{{ranges}}}'::tstzmultirange && {mine}"
    rows = ", ".join(f"({literal(start)}, {literal(end)})" for start, end in spans)
    return (
        f"EXISTS (SELECT 1 FROM (VALUES {rows}) busy "
        f"WHERE busy.column1 < {alias}.ends_at AND busy.column2 > {alias}.starts_at)"
    )
