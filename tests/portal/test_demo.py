"""The main job, as a newcomer runs it: a process, its output, its files, its pages."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from booking.identity import fold
from portal.demo.catalogue import PARTNERS
from portal.demo.load import HISTORY
from portal.processes import Children
from portal.usual_services import SERVICES
from tests.calendars import reading

ROOT = Path(__file__).resolve().parents[2]
NEVER = ("violence", "auteur", "victime", "justice", "spip", "tribunal", "cpca")


def _environment(var: Path) -> dict[str, str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("JALON_", "SMS_"))}
    clean.pop("DATABASE_URL", None)
    clean.pop("DJANGO_SETTINGS_MODULE", None)
    return {**clean, "JALON_VAR": str(var), "NO_COLOR": "1"}


def _demo(var: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "demo", *words],
        check=False,
        cwd=ROOT,
        env=_environment(var),
        capture_output=True,
        text=True,
        timeout=180,
    )


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def loaded(var: Path) -> dict[str, Any]:
    """The JSON of a demo loaded from empty, once for this module."""
    ran = _demo(var, "--no-serve", "--json")
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found


def test_the_json_says_what_was_loaded(loaded: dict[str, Any]) -> None:
    assert loaded["import"] == {
        "rows": 230,
        "imported": 224,
        "refused": 6,
        "people": 198,
        "flagged": 1,
    }
    assert (loaded["participants"], loaded["first_attended_2021_q1"]) == (198, 154)
    assert {member["role"] for member in loaded["staff"]} == {
        "coordinator",
        "admin",
        "practitioner",
        "observer",
    }
    assert loaded["texts_sent"] > 100
    assert len(loaded["feeds"]) == 3


def test_no_text_says_a_word_too_much(loaded: dict[str, Any], var: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (var / "outbox").iterdir()]
    bodies = [text.partition("\n\n")[2] for text in texts]
    assert len(bodies) >= loaded["texts_sent"]
    with HISTORY.open(encoding="cp1252", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter=";") if row["Nom"]]
    names = {fold(row[column]) for row in rows for column in ("Nom", "Prénom")}
    services = [fold(fact.name) for fact in SERVICES] + [fold(fact.name) for fact in PARTNERS]
    for body in bodies:
        words = {fold(word) for word in re.findall(r"[\w'’-]+", body)}
        assert not words & names, body
        assert not words & set(NEVER), body
        assert not any(service in fold(body) for service in services), body
        assert re.search(r"\b01 99 00 \d\d \d\d\b", body), body


def test_texts_are_for_their_owner_only(loaded: dict[str, Any], var: Path) -> None:
    outbox = var / "outbox"
    assert stat.S_IMODE(outbox.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in outbox.iterdir()} == {0o600}
    assert stat.S_IMODE((var / "demo.json").stat().st_mode) == 0o600


@pytest.fixture
def serving(loaded: dict[str, Any], var: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The demo started again on the same data, and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    child = subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--port", str(port), "--json"],
        cwd=ROOT,
        env=_environment(var),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield f"http://127.0.0.1:{port}", child
    finally:
        # Asked first, so that it stops its own children; they hold our pipes open.
        child.terminate()
        try:
            child.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            child.kill()


def test_a_second_start_keeps_everything_serves_it_and_stops_cleanly(
    loaded: dict[str, Any], var: Path, serving: tuple[str, subprocess.Popen[str]]
) -> None:
    site, child = serving
    assert child.stdout is not None
    again = json.loads(child.stdout.readline())
    for key in ("participants", "referrals", "sessions", "seats", "import", "staff"):
        assert again[key] == loaded[key], key
    with urllib.request.urlopen(f"{site}/healthz") as answer:
        assert answer.status == 200
    with urllib.request.urlopen(again["feeds"][2]["url"]) as answer:
        calendar = reading.read(answer.read())
    evenings = {
        event.dtstart.value.astimezone(ZoneInfo("Europe/Paris")).strftime("%H:%M %z")
        for event in calendar.vevent_list
        if event.summary.value.startswith("Groupe B")
    }
    assert evenings == {"18:00 +0100", "18:00 +0200"}
    taken = _demo(var, "--port", site.rpartition(":")[2])
    assert taken.returncode != 0
    assert "--port" in taken.stderr
    assert "Traceback" not in taken.stderr
    started = time.monotonic()
    os.kill(child.pid, signal.SIGINT)
    _, told = child.communicate(timeout=30)
    assert child.returncode == 0, told
    assert time.monotonic() - started < 25
    assert _left_after_a_moment(str(var)) == []


def test_nothing_is_left_when_the_demo_itself_is_killed(
    var: Path, serving: tuple[str, subprocess.Popen[str]]
) -> None:
    _site, child = serving
    assert child.stdout is not None
    child.stdout.readline()
    child.kill()
    child.wait()
    assert _left_after_a_moment(str(var), seconds=60) == []


def test_the_demo_refuses_production_settings(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "manage.py", "demo", "--no-serve"],
        check=False,
        cwd=ROOT,
        env={
            **_environment(tmp_path),
            "JALON_ENV": "production",
            "JALON_HOSTS": "a.example",
            "SMS_TRANSPORT": "console",
            "JALON_SECRET_KEY": "abcdefghij" * 6,
        },
        capture_output=True,
        text=True,
    )
    assert ran.returncode != 0
    assert "JALON_ENV" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_child_that_ignores_sigterm_is_killed_with_its_group(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("portal.processes.GRACE", 0.5)
    deaf = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)', sys.argv[1]])\n"
        "print('ready', file=sys.stderr, flush=True)\n"
        "time.sleep(600)\n"
    )
    mark = f"deaf-{os.getpid()}"
    with Children() as children:
        children.start("deaf", [sys.executable, "-c", deaf, mark], {})
        deadline = time.monotonic() + 10
        while len(_processes_naming(mark)) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert children.ended() is None
    assert _left_after_a_moment(mark) == []


def _left_after_a_moment(mark: str, *, seconds: float = 5) -> list[str]:
    """A killed process takes a moment to leave."""
    deadline = time.monotonic() + seconds
    while (left := _processes_naming(mark)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def _processes_naming(mark: str) -> list[str]:
    """Command lines and environments of living processes of ours that hold this text."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue
        if mark.encode() in line and int(process.name) != os.getpid():
            found.append(line.decode(errors="replace"))
    return found
