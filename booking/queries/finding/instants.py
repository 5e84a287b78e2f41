"""Instants and days between Python and SQL that is written by hand: PostgreSQL has types for them,
SQLite keeps text, in UTC and without saying so."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone


def parameter(instant: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(instant)


def literal(instant: datetime) -> str:
    if connection.vendor == "postgresql":
        return f"'{instant.astimezone(UTC).isoformat()}'::timestamptz"
    return f"'{parameter(instant)}'"


def instant(value: datetime | str) -> datetime:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)


def day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def paris_day(value: datetime | str) -> date:
    return timezone.localdate(instant(value))
