"""The database as it is, one read of everything: raw rows, past the ORM and its managers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection

#: Written by an action, or followed from its journal.
_APPS = ("booking", "sms", "calendars")
Row = dict[str, Any]


@dataclass(frozen=True)
class Rows:
    tables: dict[str, list[Row]]

    def __getitem__(self, name: str) -> list[Row]:
        return self.tables[f"booking_{name}"]

    def of(self, name: str) -> dict[int, Row]:
        return {row["id"]: row for row in self[name]}

    @property
    def active(self) -> list[Row]:
        gone = {"released", "cancelled"}
        return [seat for seat in self["seat"] if seat["state"] not in gone]


@cache
def _tables() -> list[str]:
    models = apps.get_models(include_auto_created=True)
    return sorted({m._meta.db_table for m in models if m._meta.app_label in _APPS})


def read() -> Rows:
    found: dict[str, list[Row]] = {}
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY id')  # noqa: S608 - our own names
            names = [column[0] for column in cursor.description]
            found[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return Rows(found)


def instant(value: datetime) -> datetime:
    """SQLite's are naive, and mean UTC."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)
