"""A statement that is written once and asked often, with its parameters by name (`:now`).

On PostgreSQL it is planned once for each connection: planning takes longer than the answer, and a
plan that knows nothing of the values is the same for a rare service as for a common one. On SQLite
a list is JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from itertools import count
from typing import Any, Final
from zlib import crc32

from django.db import connection

from booking.prepared import prepare
from booking.queries.finding.spans import Spans

Rows = list[tuple[Any, ...]]
#: SQL with %s, and its values.
Beside = tuple[str, Sequence[Any]]

#: What each parameter is on PostgreSQL.
TYPES: Final = {
    "person": "bigint",
    "now": "timestamptz",
    "today": "date",
    "lately": "timestamptz",
    "services": "bigint[]",
    "chosen": "bigint[]",
    "departments": "text[]",
    "own": "bigint[]",
    "partners": "bigint[]",
    "hidden": "bigint[]",
    "enrolled": "bigint[]",
    "with_others": "bigint[]",
    "busy": "tstzmultirange",
    "near_venues": "bigint[]",
    "near_spans": "tstzmultirange[]",
    "until": "timestamptz",
    "weekdays": "int[]",
    "after": "time",
    "before": "time",
    "languages": "text[]",
    "spoken": "text",
    "mark": "timestamptz",
    "mark_id": "bigint",
    **{
        f"{kind}_{name}": of
        for kind in ("service", "purpose")
        for name, of in {
            "key": "bigint[]",
            "service": "bigint[]",
            "what": "bigint[]",
            "since": "timestamptz[]",
            "before": "timestamptz[]",
        }.items()
    },
    "alone": "bigint[]",
    "whole": "bigint[]",
}
_NAME = re.compile(r"(?<!:):([a-z_]+)")
#: Never with the values, and never compiled for a search of milliseconds.
_AS_PLANNED: Final = "SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL jit = off"


class Statement:
    def __init__(self, name: str, text: str) -> None:
        self.names = list(dict.fromkeys(_NAME.findall(text)))
        marked = _NAME.sub(lambda found: f"${self.names.index(found[1]) + 1}", text)
        # By its text: a connection to the server may outlive a version of this file.
        self._key = f"finder_{name}_{crc32(marked.encode()):08x}"
        self._prepared = {f"{self._key}({', '.join(TYPES[one] for one in self.names)})": marked}
        self._named = _NAME.sub(r"%(\1)s", text)

    def rows(self, values: Mapping[str, Any], *, beside: Beside | None = None) -> Rows:
        """The answer, and after it that of another statement with the same columns, which is
        planned each time. One round trip."""
        given = [(name, values[name]) for name in self.names]
        if connection.vendor == "postgresql":
            return self._ask_postgresql(given, beside)
        return self._ask_sqlite(given, beside)

    def _ask_postgresql(self, values: list[tuple[str, Any]], beside: Beside | None) -> Rows:
        prepare(self._prepared)
        text = f"{_AS_PLANNED}; EXECUTE {self._key}({', '.join(['%s'] * len(values))})"
        given = [_for_postgresql(value) for _name, value in values]
        if beside is not None:
            text, given = f"{text}; {beside[0]}", [*given, *beside[1]]
        answer: Rows = []
        with connection.cursor() as cursor:
            cursor.execute(text, given)
            while True:
                if cursor.description is not None:
                    answer += cursor.fetchall()
                if not cursor.nextset():
                    return answer

    def _ask_sqlite(self, values: list[tuple[str, Any]], beside: Beside | None) -> Rows:
        text, given = self._named, {name: _for_sqlite(value) for name, value in values}
        if beside is not None:
            number = count()
            named = re.sub("%s", lambda _mark: f"%(beside{next(number)})s", beside[0])
            text = f"{text} UNION ALL {named}"
            given |= {f"beside{n}": value for n, value in enumerate(beside[1])}
        with connection.cursor() as cursor:
            cursor.execute(text, given)
            return list(cursor.fetchall())


def listed(name: str) -> str:
    """The values of a list, none for NULL: a subquery of one column, in which the server looks a
    value up by hash."""
    if connection.vendor == "postgresql":
        return f"SELECT unnest(:{name})"
    return f"SELECT value FROM json_each(:{name})"


def _for_postgresql(value: Any) -> Any:
    if isinstance(value, Spans):
        return value.multirange()
    if isinstance(value, list):
        return [_for_postgresql(one) for one in value]
    return value


def _for_sqlite(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, time):
        return connection.ops.adapt_timefield_value(value)
    return json.dumps(value, default=_for_sqlite) if isinstance(value, list | tuple) else value
