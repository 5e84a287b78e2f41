"""Reading a scratch database with the bare driver, in the same shapes on both engines."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from typing import Any

import psycopg


class Rows:
    def __init__(self, connection: sqlite3.Connection | psycopg.Connection[Any]) -> None:
        self._connection = connection

    def all(self, statement: str) -> list[tuple[Any, ...]]:
        cursor = self._connection.cursor()
        cursor.execute(statement)
        return list(cursor.fetchall())

    def count(self, statement: str) -> int:
        return int(self.all(f"SELECT COUNT(*) FROM ({statement}) found")[0][0])


def instant(value: datetime | str) -> datetime:
    """SQLite keeps an instant as text, in UTC and without saying so."""
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


def facts(value: dict[str, Any] | str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return found
