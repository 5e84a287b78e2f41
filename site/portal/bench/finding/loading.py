"""Writes many rows fast. What slows a load (indexes, foreign keys, exclusion constraints, triggers)
is taken away and put back as it was, so that every promise is checked on what was loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model

from booking import guards
from booking.models import Assignment, Enrolment, Participant, Referral, Seat, Session
from portal.bench.finding.tables import Batch, Row, table

_LARGE = (Session, Assignment, Seat, Enrolment, Participant, Referral)
_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype IN ('f', 'x') AND conrelid::regclass::text IN %s"""
_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid::regclass::text IN %s AND NOT indisprimary
    AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)"""


#: What is going on, and how much of it is done, from 0 to 1.
Tell = Callable[[str, float], None]


def write(batch: Batch) -> None:
    for model, rows in batch.rows.items():
        _write(model, rows)
    batch.rows.clear()


def _write(model: type[Model], rows: list[Row]) -> None:
    into = table(model)
    columns = ", ".join(f'"{name}"' for name in into.columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {into.name} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(into.columns))
            cursor.executemany(f"INSERT INTO {into.name} ({columns}) VALUES ({marks})", rows)


@contextmanager
def bare_tables(tell: Tell) -> Iterator[None]:
    """Inside, the large tables have nothing but their columns."""
    if connection.vendor == "postgresql":
        again = list(_take_away())
        yield
        for n, statement in enumerate(again):
            tell("indexes", n / len(again))
            run(statement)
    else:
        guards.before_migrate(using="default")
        run("PRAGMA foreign_keys = OFF")
        yield
        run("PRAGMA foreign_keys = ON")
        guards.after_migrate(using="default")


def settle() -> None:
    """Right what the triggers would have kept, free the numbers that were given, and let the server
    know how large its tables are."""
    run(guards.ROOM_OF_ALL)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), list(_LARGE)):
                cursor.execute(statement)
            cursor.execute("VACUUM ANALYZE")
    else:
        run("ANALYZE")


def _take_away() -> Iterable[str]:
    names = tuple(model._meta.db_table for model in _LARGE)  # noqa: SLF001 - documented all the same
    marks = "(" + ", ".join(["%s"] * len(names)) + ")"
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES % marks, names)
        indexes = cursor.fetchall()
        cursor.execute(_CONSTRAINTS % marks, names)
        constraints = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for of, name, _definition in constraints:
            cursor.execute(f'ALTER TABLE {of} DROP CONSTRAINT "{name}"')
        for name in names:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
    yield from (definition for _name, definition in indexes)
    yield from (
        f'ALTER TABLE {of} ADD CONSTRAINT "{name}" {definition}'
        for of, name, definition in constraints
    )
    yield from (f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in names)


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
