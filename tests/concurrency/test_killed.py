"""A process that is killed with -9 leaves all of an action or nothing of it, and holds nobody up."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.utils import timezone

from booking import actions
from booking.locking import lock_participants
from booking.models import JournalEntry, Seat, Session
from tests.cast import Cast
from tests.concurrency import promises, scenes
from tests.concurrency.every_action import CASES, Call
from tests.concurrency.processes import FORK, begin

pytestmark = pytest.mark.django_db(transaction=True)

#: A lock that a dead process still held would cost 3 s on PostgreSQL and 20 s on SQLite.
USUAL = 2.0


def fingerprint() -> str:
    """Of every row of every table of ours, as this connection sees them."""
    models = [
        model
        for label in ("booking", "calendars", "schedule", "sms")
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    ]
    seen = hashlib.sha256()
    with connection.cursor() as cursor:
        for statement in _read_all(sorted(model._meta.db_table for model in models)):
            cursor.execute(statement)
            seen.update(repr(cursor.fetchall()).encode())
    return seen.hexdigest()


def _read_all(tables: list[str]) -> list[str]:
    """One statement where the server is another process: this is asked two thousand times."""
    if connection.vendor == "sqlite":
        return [f"SELECT * FROM {table} ORDER BY id" for table in tables]  # noqa: S608
    whole = "(SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM {} t)"
    return ["SELECT " + ", ".join(whole.format(table) for table in tables)]


class _Doomed:
    """A process that dies before its n-th step. Every statement and every COMMIT is a step, but for
    a statement that follows a mere reading: nothing has changed since the step before. The
    fingerprint of what was committed is told after each COMMIT."""

    def __init__(self, call: Call, last: int, pipe: Any) -> None:
        self.call, self.left, self.pipe = call, last, pipe
        self.looking, self.read_only = False, False

    def run(self) -> None:
        database: Any = connections[DEFAULT_DB_ALIAS]
        self._commit: Callable[[], None] = database._commit
        database._commit = self.commit
        with connection.execute_wrapper(self.execute):
            self.call()
        self.pipe.send("finished")

    def execute(self, execute: Any, sql: str, *values: Any) -> Any:
        if not (self.looking or self.read_only):
            self.step()
        self.read_only = sql.lstrip().startswith("SELECT") and "FOR NO KEY" not in sql
        return execute(sql, *values)

    def commit(self) -> None:
        self.step()
        self._commit()
        self.looking = True
        self.pipe.send(fingerprint())
        self._commit()  # Only looked: psycopg began a transaction for it.
        self.looking = False

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def die_before(step: int, call: Call) -> list[str]:
    """What the process told before it died: the state after each commit, and "finished" if it
    had fewer steps than that."""
    ours, theirs = FORK.Pipe(duplex=False)
    child = begin(_Doomed(call, step, theirs).run)
    theirs.close()
    told = list(_all_of(ours))
    child.join(30)
    assert child.exitcode == (0 if "finished" in told else -signal.SIGKILL)
    child.close()
    return told


def _all_of(pipe: Any) -> Iterator[str]:
    while pipe.poll(30):
        try:
            yield pipe.recv()
        except EOFError:
            pipe.close()
            return


def test_every_action_has_a_case() -> None:
    assert set(actions.__all__) - set(CASES) == set()


@pytest.mark.parametrize("name", sorted(CASES))
def test_killed_before_any_of_its_statements(name: str, cast: Cast) -> None:
    call = CASES[name](cast)
    before, step, whole = fingerprint(), 0, 0
    told: list[str] = []
    while "finished" not in told:
        step += 1
        began = time.monotonic()
        told = die_before(step, call)
        took = time.monotonic() - began
        states = [one for one in told if one != "finished"]
        now = fingerprint()
        assert now == (states or [before])[-1], f"killed before step {step}: half of it is there"
        if now != before:
            whole += 1
            # Several transactions: what is left is done from its own first step.
            before, step = now, 0
            if name != "serve_waiting_lists":
                break
    # All of it came in one piece, at the end, and nobody who was killed held it up.
    assert (whole > 1) == (name == "serve_waiting_lists")
    assert whole
    assert took < USUAL


def _wander(person: int, places: list[Session], pipe: Any) -> None:
    """Move somebody to and fro, for ever; tell when it has begun."""
    seat = Seat.objects.active().get(participant=person)
    while True:
        to = next(place for place in places if place.pk != seat.session_id)
        seat = actions.move_seat(by=None, now=timezone.now(), seat=seat, to=to)
        pipe.send("moved")


def test_killed_at_any_moment(cast: Cast, engine: str) -> None:
    places = [scenes.evening(cast.ours, day) for day in range(2)]
    scenes.book(places[0], cast.hamel)
    moments = random.Random(9)  # noqa: S311 - the same moments in every run
    for _ in range(10):
        ours, theirs = FORK.Pipe(duplex=False)
        child = begin(_wander, cast.hamel.pk, places, theirs)
        assert ours.poll(30)
        time.sleep(moments.uniform(0, 0.05))
        child.kill()
        child.join(30)
        # PostgreSQL may still be at what it was told last: it is over when the person is free.
        with transaction.atomic():
            lock_participants([cast.hamel.pk])
            moves = JournalEntry.objects.filter(verb="seat_moved").count()
            assert Seat.objects.count() == moves + 1
        assert promises.broken() == []
        if engine == "sqlite":
            with connection.cursor() as cursor:
                assert cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        ours.close()
        theirs.close()
