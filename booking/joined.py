"""Rows of several tables as the models' own objects, from a query that is written once.

What `select_related` gives, without building the query anew at each call. Both engines: a column
goes through the same converters as Django's own reading of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Field, Model

Converter = Callable[..., Any]
#: By model and primary key.
Known = dict[tuple[type[Model], Any], Model]


class Joined:
    """`Joined(s=Session, v=Venue)`: the columns of tables that a query calls `s` and `v`."""

    def __init__(self, **models: type[Model]) -> None:
        self._models = models
        self._converters: dict[str, dict[int, list[Converter]]] = {}

    @cached_property
    def columns(self) -> str:
        """For the query's SELECT."""
        return ", ".join(f'{alias}."{field.column}"' for alias, field in self._fields)

    def read(self, row: Sequence[Any], known: Known | None = None) -> dict[str, Any]:
        """The object of each table; None where an outer join found no row. With `known`, the
        same one for the same row, for many rows that point at few."""
        values = list(row)
        for position, converters in self._converting().items():
            for convert in converters:
                values[position] = convert(values[position], None, connection)
        found, start = {}, 0
        for alias, (model, names) in self._shapes.items():
            end = start + len(names)
            own = values[start:end]
            found[alias] = None if own[0] is None else _object(model, names, own, known)
            start = end
        return found

    @cached_property
    def _fields(self) -> list[tuple[str, Field[Any, Any]]]:
        return [
            (alias, field)
            for alias, model in self._models.items()
            for field in model._meta.concrete_fields
        ]

    @cached_property
    def _shapes(self) -> dict[str, tuple[type[Model], list[str]]]:
        """The primary key is the first column of each."""
        return {
            alias: (model, [field.attname for field in model._meta.concrete_fields])
            for alias, model in self._models.items()
        }

    def _converting(self) -> dict[int, list[Converter]]:
        """Position → what makes a Python value of what the driver gave. An engine's own."""
        known = self._converters.get(connection.vendor)
        if known is None:
            known = {}
            for position, (alias, field) in enumerate(self._fields):
                column = field.get_col(alias)
                own = column.get_db_converters(connection)
                if converters := [*connection.ops.get_db_converters(column), *own]:
                    known[position] = converters
            self._converters[connection.vendor] = known
        return known


def _object(model: type[Model], names: list[str], values: list[Any], known: Known | None) -> Model:
    if known is None:
        return model.from_db("default", names, values)
    key = (model, values[0])
    if key not in known:
        known[key] = model.from_db("default", names, values)
    return known[key]
