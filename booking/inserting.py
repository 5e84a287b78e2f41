"""New rows in one statement, for what every booking writes.

The same as `bulk_create`, whose query is built anew at each call: that alone took longer than the
database needs to write the rows. Here it is built once for each model and number of rows. Models
with plain columns only: no inheritance, no database defaults. Call inside a transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Field, Model

Row = TypeVar("Row", bound=Model)

#: SQLite bounds the number of values in a statement; 200 rows of 20 columns are far below.
_MOST = 200


def insert(rows: Sequence[Row], *, skip_conflicts: bool = False) -> Sequence[Row]:
    """Write these new rows of one model; they get their primary keys, except with `skip_conflicts`,
    which leaves out a row that a unique constraint refuses."""
    for start in range(0, len(rows), _MOST):
        _insert(rows[start : start + _MOST], skip_conflicts)
    return rows


def _insert(rows: Sequence[Row], skip_conflicts: bool) -> None:
    model = type(rows[0])
    fields = _fields(model)
    values: list[Any] = []
    for row in rows:
        # Somebody may have saved a related row after it was named here: bulk_create looks too.
        row._prepare_related_fields_for_save(operation_name="insert")  # type: ignore[attr-defined]
        values += [
            field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields
        ]
    with connection.cursor() as cursor:
        cursor.execute(_statement(model, len(rows), skip_conflicts), values)
        keys = [] if skip_conflicts else cursor.fetchall()
    for row, (key,) in zip(rows, keys, strict=not skip_conflicts):
        row.pk = key
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


@cache
def _fields(model: type[Model]) -> list[Field[Any, Any]]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


@cache
def _statement(model: type[Model], count: int, skip_conflicts: bool) -> str:
    columns = ", ".join(f'"{field.column}"' for field in _fields(model))
    marks = ", ".join(["(" + ", ".join(["%s"] * len(_fields(model))) + ")"] * count)
    end = "ON CONFLICT DO NOTHING" if skip_conflicts else "RETURNING id"
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES {marks} {end}'
