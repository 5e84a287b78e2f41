"""New rows in one statement, for what every booking writes.

The same as `bulk_create`, whose query is built anew at each call: that alone took longer than the
database needs to write the rows. Here it is built once for each model and number of rows. Models
with plain columns only: no inheritance, no database defaults. Call inside a transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache, lru_cache, partial
from operator import attrgetter
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    CharField,
    DateField,
    DateTimeField,
    Field,
    ForeignKey,
    IntegerField,
    Model,
    TimeField,
)
from django.db.models.base import ModelState

Row = TypeVar("Row", bound=Model)

#: SQLite bounds the number of values in a statement; 200 rows of 20 columns are far below.
_MOST = 200
_PLAIN = (int, str)
#: How a field gives its value unless `auto_now` sets it.
_AS_IT_IS = {one.pre_save for one in (Field, DateField, DateTimeField, TimeField)}
#: Of these, equal values of one type are stored as one.
_ONE_TO_ONE = (int, str, bool, date, time, datetime)


def another(row: Row, **values: object) -> Row:
    """A new row that is like this one, which is not saved, but for these columns (a relation by
    its number: `session_id`). Without Django's constructor, which takes longer than the database
    needs to write the row."""
    made = type(row).__new__(type(row))
    made.__dict__.update(row.__dict__)
    made.__dict__.update(values)
    made._state = ModelState()
    made._state.fields_cache = row._state.fields_cache.copy()
    return made


def insert(rows: Sequence[Row], *, skip_conflicts: bool = False) -> Sequence[Row]:
    """Write these new rows of one model; they get their primary keys, except with `skip_conflicts`,
    which leaves out a row that a unique constraint refuses."""
    for start in range(0, len(rows), _MOST):
        _insert(rows[start : start + _MOST], skip_conflicts)
    return rows


def _insert(rows: Sequence[Row], skip_conflicts: bool) -> None:
    model = type(rows[0])
    # Django's `connection` looks for the thread's own at each attribute: asked once.
    own = connections[DEFAULT_DB_ALIAS]
    for row in rows:
        # Somebody may have saved a related row after it was named here: bulk_create looks too.
        row._prepare_related_fields_for_save(operation_name="insert")  # type: ignore[attr-defined]
    columns = [column.values(rows, own) for column in _columns(model)]
    # A column that nobody fills is left out, half of a journal entry's; one in which all are the same
    # is said once: the driver is slow with more than fifty values.
    filled = [n for n, values in enumerate(columns) if any(value is not None for value in values)]
    same = [n for n in filled if len(rows) > 1 and _alike(columns[n])]
    own_ones = [n for n in filled if n not in same] or [same.pop()]
    with own.cursor() as cursor:
        statement = _statement(model, tuple(same), tuple(own_ones), len(rows), skip_conflicts)
        once = [columns[n][0] for n in same]
        each = [columns[n][row] for row in range(len(rows)) for n in own_ones]
        cursor.execute(statement, once + each)
        keys = [] if skip_conflicts else cursor.fetchall()
    for row, (key,) in zip(rows, keys, strict=not skip_conflicts):
        row.pk = key
    for row in rows:
        row._state.adding, row._state.db = False, own.alias


@dataclass(frozen=True)
class _Column:
    field: Field[Any, Any]
    #: Whether its numbers and strings are the database's own too.
    plain: bool
    read: Callable[[Model], Any]

    def values(self, rows: Sequence[Model], own: BaseDatabaseWrapper) -> tuple[Any, ...]:
        """What the driver is given for each row. Rows that are written together have most values in
        common: those are converted once."""
        found = tuple(map(self.read, rows))
        first = found[0]
        if type(first) in _ONE_TO_ONE and all(
            one is first or (type(one) is type(first) and one == first) for one in found
        ):
            return (self._converted(first, own),) * len(found)
        return tuple(self._converted(one, own) for one in found)

    def _converted(self, value: Any, own: BaseDatabaseWrapper) -> Any:
        if value is None or (self.plain and type(value) in _PLAIN):
            return value
        return self.field.get_db_prep_save(value, own)


@cache
def _columns(model: type[Model]) -> list[_Column]:
    return [
        _Column(field, isinstance(field, CharField | IntegerField | ForeignKey), _reader(field))
        for field in model._meta.concrete_fields
        if not field.primary_key
    ]


def _reader(field: Field[Any, Any]) -> Callable[[Model], Any]:
    """The value to save. Only a field that sets it by itself (`auto_now`) needs to be asked."""
    sets = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    if sets or type(field).pre_save not in _AS_IT_IS:
        return partial(field.pre_save, add=True)
    return attrgetter(field.attname)


def _alike(values: tuple[Any, ...]) -> bool:
    return all(value == values[0] for value in values)


@lru_cache(maxsize=1000)
def _statement(
    model: type[Model],
    same: tuple[int, ...],
    own: tuple[int, ...],
    count: int,
    skip_conflicts: bool,
) -> str:
    columns = ", ".join(f'"{_columns(model)[n].field.column}"' for n in (*same, *own))
    rows = ", ".join(["(" + ", ".join(["%s"] * len(own)) + ")"] * count)
    end = "ON CONFLICT DO NOTHING" if skip_conflicts else "RETURNING id"
    values = f"VALUES {rows}"
    if same:
        # Both engines call the columns of VALUES so. SQLite would take ON for a part of the FROM.
        once = ", ".join(["%s"] * len(same) + [f"column{n + 1}" for n in range(len(own))])
        values = f"SELECT {once} FROM ({values}) AS v WHERE true"
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) {values} {end}'
