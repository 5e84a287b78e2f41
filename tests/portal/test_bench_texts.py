"""`manage.py bench texts` with few texts: each leaves once, though workers are shot."""

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
from django.utils import translation

from portal.bench import texts
from portal.bench.texting import provider
from sms.models import Text
from tests.engines import ENGINES_IN_USE

_TIMES = {"seconds", "texts_per_s", "floor_per_s", "ratio", "planned_per_s"}


@pytest.fixture(autouse=True)
def _same_server(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", ENGINES_IN_USE.url() if engine else "")


def _bench(*words: str) -> str:
    out = io.StringIO()
    call_command("bench", "texts", *words, stdout=out)
    return out.getvalue()


def _left_over(engine: str) -> list[str]:
    if engine == "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'jalon_bench_%_texts'")
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.django_db
def test_each_text_leaves_once(engine: str) -> None:
    told = json.loads(_bench("--engine", engine, "--json", "--texts", "60", "--workers", "2"))
    assert all(told.pop(name) > 0 for name in _TIMES)
    assert told.pop("segments_after") < told.pop("segments_before")
    assert {name: told[name] for name in told if name not in {"cores", "python"}} == {
        "bench": "texts",
        "engine": engine,
        "workers": 2,
        "kill": False,
        "drop": 0.0,
        "fail": 0.0,
        "planned": 60,
        "delivered_to_provider": 60,
        "duplicates": 0,
        "lost": 0,
        "stuck": 0,
        "untrue": 0,
        "states": {"sent": 60},
        "killed": 0,
        "errors": 0,
    }
    # The configured database is another one.
    assert Text.objects.count() == 0
    assert _left_over(engine) == []


@pytest.mark.django_db
def test_each_text_leaves_once_though_workers_are_shot(engine: str) -> None:
    few = ("--texts", "60", "--workers", "2", "--kill", "--drop", "0.1", "--fail", "0")
    told = json.loads(_bench("--engine", engine, "--json", *few))
    assert (told["planned"], told["delivered_to_provider"], told["states"]) == (
        *(60, 60),
        {"sent": 60},
    )
    assert told["killed"] > 0
    assert {name: told[name] for name in ("duplicates", "lost", "stuck", "untrue", "errors")} == {
        "duplicates": 0,
        "lost": 0,
        "stuck": 0,
        "untrue": 0,
        "errors": 0,
    }


def test_a_person_reads_a_table() -> None:
    told = _bench("--engine", "sqlite", "--texts", "20", "--workers", "1")
    assert "delivered_to_provider" in told
    assert "ratio" in told


@pytest.mark.parametrize(
    "words", [("--texts", "10001"), ("--texts", "0"), ("--drop", "2"), ("--fail", "-1")]
)
def test_nonsense_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        _bench("--engine", "sqlite", *words)


def test_without_the_tests_there_is_nothing_to_send_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider, "_MODULE", "tests_that_are_not_there.stand_in")
    with translation.override("en"), pytest.raises(CommandError, match="from a checkout"):
        _bench("--engine", "sqlite", "--texts", "1")


def test_broken_promises_are_named() -> None:
    kept: dict[str, Any] = dict.fromkeys(("duplicates", "lost", "stuck", "untrue", "errors"), 0)
    assert texts.broken(kept) == []
    assert texts.broken({**kept, "duplicates": 1, "stuck": 2}) == ["duplicates", "stuck"]


def test_stopped_it_leaves_nothing(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "manage.py", "bench", "texts", "--texts", "5000"],
        env={**os.environ, "TMPDIR": str(tmp_path), "DATABASE_URL": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not list(tmp_path.glob("jalon-bench-*/texts.sqlite3")):
        assert child.poll() is None, child.communicate()[1]
        time.sleep(0.05)
    time.sleep(1)
    child.send_signal(signal.SIGINT)
    _out, said = child.communicate(timeout=60)
    assert child.returncode == 1
    assert "Traceback" not in said
    assert list(tmp_path.glob("jalon-bench-*")) == []
