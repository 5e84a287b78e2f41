"""A statement that is written once and asked often, with its parameters by name (`:now`).

On PostgreSQL it is planned once for each connection: planning takes longer than the answer, and a
plan that knows nothing of the values is the same for a rare service as for a common one. On SQLite
a list is JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any, Final
from zlib import crc32

from django.db import connection

from booking.prepared import prepare
from booking.queries.finding.spans import Spans

Rows = list[tuple[Any, ...]]

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
    "account": "bigint",
    "practises": "bigint[]",
    "known_since": "timestamptz",
    "known_on": "date",
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
}
_NAME = re.compile(r"(?<!:):([a-z_]+)")
#: Never with the values, and never compiled for a search of milliseconds. To the end of the
#: transaction, if there is one; statements sent together are one.
_AS_PLANNED: Final = "SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL jit = off"


class Statement:
    def __init__(self, name: str, text: str) -> None:
        self.names = list(dict.fromkeys(_NAME.findall(text)))
        marked = _NAME.sub(lambda found: f"${self.names.index(found[1]) + 1}", text)
        # By its text: a connection to the server may outlive a version of this file.
        self._key = f"finder_{name}_{crc32(marked.encode()):08x}"
        self._prepared = {f"{self._key}({', '.join(TYPES[one] for one in self.names)})": marked}
        self._named = _NAME.sub(r"%(\1)s", text)

    def rows(self, values: Mapping[str, Any]) -> Rows:
        """One round trip."""
        given = {name: values[name] for name in self.names}
        if connection.vendor != "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(self._named, {name: _json(one) for name, one in given.items()})
                return list(cursor.fetchall())
        prepare(self._prepared)
        marks = ", ".join(["%s"] * len(given))
        with connection.cursor() as cursor:
            cursor.execute(
                f"{_AS_PLANNED}; EXECUTE {self._key}({marks})",
                [_ranges(one) for one in given.values()],
            )
            while cursor.description is None:
                cursor.nextset()
            return list(cursor.fetchall())


def listed(name: str) -> str:
    """The values of a list, none for NULL: a subquery of one column, in which the server looks a
    value up by hash."""
    if connection.vendor == "postgresql":
        return f"SELECT unnest(:{name})"
    return f"SELECT value FROM json_each(:{name})"


def _ranges(value: Any) -> Any:
    if isinstance(value, Spans):
        return value.multirange()
    if isinstance(value, list):
        return [_ranges(one) for one in value]
    return value


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, time):
        return connection.ops.adapt_timefield_value(value)
    return json.dumps(value, default=_json) if isinstance(value, list | tuple) else value
