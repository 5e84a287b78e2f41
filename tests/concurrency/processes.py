"""Real processes against the test database of the current engine."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier
from pathlib import Path

from django.conf import settings
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from booking.errors import BookingError, Busy
from tests.engines import ENGINES_IN_USE

ROOT = Path(__file__).resolve().parents[2]
#: A copy of this process is ready in 20 ms, a new one in a second.
FORK = multiprocessing.get_context("fork")
#: One round of one runner: it does something once and is refused, or not.
Runner = Callable[[int], object]
_INHERITED: list[object] = []


def environment() -> dict[str, str]:
    """What a child needs to open this very database with the portal's own settings."""
    values = {
        **os.environ,
        "DATABASE_URL": ENGINES_IN_USE.url(),
        "JALON_ENV": "development",
        "JALON_POOL": "0",
        "JALON_VAR": str(settings.VAR),
        "JALON_LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
    }
    if connection.vendor == "sqlite":
        values["JALON_SQLITE"] = str(connection.settings_dict["NAME"])
    return values


def run_together(script: str, arguments: list[list[str]], timeout: float = 90) -> list[str]:
    """Start one process for each list of arguments, all at once, and return what each printed."""
    children = [
        subprocess.Popen(
            [sys.executable, "-c", script, *words],
            env=environment(),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for words in arguments
    ]
    printed = []
    for child in children:
        out, err = child.communicate(timeout=timeout)
        assert child.returncode == 0, err
        printed.append(out.strip())
    return printed


def begin(target: Callable[..., object], *values: object) -> BaseProcess:
    """A copy of this process that runs `target` with a database connection of its own."""
    if connection.vendor == "sqlite":
        # It may not be carried into a copy; and whoever opens the file next must recover it alone.
        connection.close()
    mine = connections["default"]
    child = FORK.Process(target=_apart, args=(mine, target, *values), daemon=True)
    child.start()
    return child


def _apart(mine: BaseDatabaseWrapper, target: Callable[..., object], *values: object) -> None:
    # After a browser test an event loop runs in the parent, and Django keeps connections by loop:
    # here, where none runs, it would find one from before, maybe the other engine's.
    connections["default"] = mine
    # Forgotten, not closed: closing would say goodbye to the server in the other process's name.
    _INHERITED.append(connection.connection)
    connection.connection = None
    connection.ensure_connection()
    target(*values)


def race(*runners: Runner, rounds: int = 1) -> list[list[str]]:
    """Each runner in a process of its own, called with the number of the round; in each round all
    begin at the same moment. Returns, for each runner, what it was told: "done", the name of the
    refusal, or "Deadlock" for a Busy that comes of locks taken in different orders."""
    timeout = 90 + rounds  # Far beyond what it takes: a race that hangs must end.
    gate = FORK.Barrier(len(runners), timeout=timeout)
    children: list[tuple[BaseProcess, Connection]] = []
    for runner in runners:
        ours, theirs = FORK.Pipe(duplex=False)
        child = begin(_run, runner, rounds, gate, theirs)
        theirs.close()
        children.append((child, ours))
    told = [_hear(child, pipe, timeout) for child, pipe in children]
    failed = [answer for answers in told for answer in answers if "Traceback" in answer]
    assert not failed, "\n".join(failed)
    return told


def flat(told: list[list[str]]) -> list[str]:
    return [answer for answers in told for answer in answers]


def _hear(child: BaseProcess, pipe: Connection, timeout: float) -> list[str]:
    try:
        answers: list[str] = pipe.recv() if pipe.poll(timeout) else ["Traceback: no answer"]
    except EOFError:
        answers = ["Traceback: died"]
    child.join(5)
    if child.is_alive():
        child.kill()
    child.join()
    child.close()
    pipe.close()
    return answers


def _run(runner: Runner, rounds: int, gate: Barrier, pipe: Connection) -> None:
    told = []
    for number in range(rounds):
        gate.wait()
        told.append(_told(runner, number))
    connection.close()
    pipe.send(told)


def _told(runner: Runner, number: int) -> str:
    import traceback

    try:
        runner(number)
    except Busy as refusal:
        cause = getattr(refusal.__cause__, "__cause__", None)
        return "Deadlock" if getattr(cause, "sqlstate", "") == "40P01" else "Busy"
    except BookingError as refusal:
        return type(refusal).__name__
    except Exception:  # noqa: BLE001 - the parent process fails the test with it
        return traceback.format_exc()
    return "done"
