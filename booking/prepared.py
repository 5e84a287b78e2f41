"""Statements that PostgreSQL plans once for each connection, instead of at each booking.

Planning took three quarters of the time for which a session was locked. Django's cursors write
values into the statement, so the driver cannot do this by itself; PREPARE and EXECUTE can. They
belong to a connection: a pool between us and the server must keep whole connections (PgBouncer:
`pool_mode = session`), as `lock_timeout` asks already.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from weakref import WeakKeyDictionary

from django.db import connection

#: Driver's connection → the names that it knows.
_KNOWN: Final[WeakKeyDictionary[object, set[str]]] = WeakKeyDictionary()


def prepare(statements: Mapping[str, str]) -> None:
    """See that this connection knows these: name, with the types of its parameters if the server
    cannot tell them, → SQL with $1, $2 and so on."""
    connection.ensure_connection()
    known = _KNOWN.setdefault(connection.connection, set())
    if statements.keys() <= known:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements")
        there = {name for (name,) in cursor.fetchall()}
        for heading, statement in statements.items():
            if heading.split("(")[0] not in there:
                cursor.execute(f"PREPARE {heading} AS {statement}")
    known.update(statements)
