"""How sure the database must be that something is on its disk."""

from __future__ import annotations

from django.db import connection


def hasty() -> None:
    """This transaction need not wait for PostgreSQL's disk: if the machine dies in that moment, what
    it wrote is found again otherwise. Never for a hand-over, which must be known before the text is."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
