"""Rows for many tables, made fast: every column that nobody names has its model's default."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model

Row = list[Any]


class Table:
    def __init__(self, model: type[Model]) -> None:
        fields = model._meta.concrete_fields  # noqa: SLF001 - documented all the same
        self.name = model._meta.db_table  # noqa: SLF001
        self.columns = [field.column for field in fields]
        self._at = {field.attname: n for n, field in enumerate(fields)}
        self._defaults = [_plain(field.get_default()) for field in fields]

    def row(self, **values: Any) -> Row:
        """By the model's own names; instants as `instant` writes them."""
        row = self._defaults.copy()
        for name, value in values.items():
            row[self._at[name]] = value
        return row


class Batch:
    """Rows that wait to be written, by table, in the order of `TABLES`."""

    def __init__(self) -> None:
        self.rows: dict[type[Model], list[Row]] = defaultdict(list)

    def add(self, model: type[Model], **values: Any) -> None:
        self.rows[model].append(table(model).row(**values))


@cache
def table(model: type[Model]) -> Table:
    return Table(model)


@cache
def instant(moment: datetime) -> str:
    text = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return f"{text}+00" if connection.vendor == "postgresql" else text


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    return value.isoformat() if isinstance(value, date) else value
