"""A connection of the driver itself, without Django."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import psycopg

Run = Callable[[str, tuple[Any, ...]], list[Any]]


def postgresql(url: str) -> Run:
    # psycopg as it comes: it prepares on the server what it runs often.
    connection = psycopg.connect(url, autocommit=True, options="-c lock_timeout=3000")
    cursor = connection.cursor()

    def run(statement: str, values: tuple[Any, ...]) -> list[Any]:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []

    return run


def sqlite(path: str) -> Run:
    connection = sqlite3.connect(path, timeout=20, isolation_level=None)
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")

    def run(statement: str, values: tuple[Any, ...]) -> list[Any]:
        return connection.execute(statement, values).fetchall()

    return run
