"""`manage.py bench finder` with few sessions: that it runs, finds, and leaves nothing behind."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from booking.models import Session
from portal.bench import finder
from tests.engines import ENGINES_IN_USE

_TIMES = {"p50_ms", "p95_ms"}
_SEARCHES = {"month", "evenings", "course", "several", "language"}


def _bench(engine: str, *words: str) -> str:
    out = io.StringIO()
    call_command("bench", "finder", "--engine", engine, *words, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_few_sessions_are_searched_in_two_queries(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", ENGINES_IN_USE.url())
    told = json.loads(_bench(engine, "--json", "--sessions", "400", "--runs", "4"))
    searches = told.pop("searches")
    assert set(searches) == _SEARCHES
    for one in searches.values():
        assert set(one) == {*_TIMES, "queries", "places"}
        assert one["queries"] == 2
    assert (told["bench"], told["engine"], told["sessions"], told["partners"]) == (
        *("finder", engine),
        *(400, 13),
    )
    assert told["queries"] == 2
    assert 0.8 < told["taken"] < 0.95
    assert told["naive_ms"] > 0
    assert told["speedup"] == pytest.approx(told["naive_ms"] / searches["month"]["p50_ms"], 0.05)
    # The configured database is another one.
    assert Session.objects.count() == 0
    assert _left_over(engine) == []


def _left_over(engine: str) -> list[str]:
    if engine == "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'jalon_bench_%_network'")
        return [name for (name,) in cursor.fetchall()]


def test_a_person_reads_a_table() -> None:
    told = _bench("sqlite", "--sessions", "300", "--runs", "2")
    assert "month" in told
    assert "speedup" in told


def test_nonsense_is_refused() -> None:
    for words in (("--sessions", "0"), ("--runs", "many"), ("--attempts", "5")):
        with pytest.raises(CommandError):
            call_command("bench", "finder", *words)


def test_a_fourth_query_is_told() -> None:
    one: dict[str, Any] = {"p50_ms": 1.0, "p95_ms": 2.0, "queries": 4, "places": 20}
    result = {"searches": {"month": one}, "hard": {}}
    assert finder.broken(result) == ["month: queries"]


def test_stopped_it_leaves_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path), "DATABASE_URL": ""}
    child = subprocess.Popen(
        [sys.executable, "manage.py", "bench", "finder", "--sessions", "40000"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not list(tmp_path.glob("jalon-bench-*/network.sqlite3")):
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    _out, said = child.communicate(timeout=60)
    assert child.returncode == 1
    assert "Traceback" not in said
    assert list(tmp_path.glob("jalon-bench-*")) == []
