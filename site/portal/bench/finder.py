"""The seat finder in a network of any size, and the same month's answer by expanding rhythms."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from portal.bench.arguments import positive
from portal.bench.running import BenchFailed
from portal.bench.scratch import Scratch

SUMMARY = "the seat finder, among so many sessions with nine places of ten taken"
_MOST_QUERIES = 3
_COLUMNS = ("p50_ms", "p95_ms", "queries", "places")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--sessions",
        type=positive,
        default=50_000,
        help="coming sessions (50000): 13 partners; at 1000000 the country's 30 centres of 13",
    )
    parser.add_argument("--runs", type=positive, default=100, help="of each search (100)")


def run(place: Scratch, console: Console, options: dict[str, Any]) -> dict[str, Any]:
    place.create("network")
    report: dict[str, Any] = {}
    words = [str(options["sessions"]), str(max(2, options["runs"]))]
    with Progress(console=console) as progress:
        task = progress.add_task(f"{place.engine}: …", total=1)
        for said in _child(words, place.environment("network")):
            report = said.get("report", {})
            if "step" in said:
                progress.update(
                    task, description=f"{place.engine}: {said['step']}", completed=said["done"]
                )
    return {"cores": os.cpu_count(), "python": platform.python_version(), **report}


def _child(words: list[str], environment: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """What it says, a line at a time. Raises BenchFailed when it did not come to its end."""
    with _started(words, environment) as child:
        said: dict[str, Any] = {}
        for line in child.stdout or ():
            said = json.loads(line)
            yield said
        if child.wait() or "report" not in said:
            raise BenchFailed("The search ended in the middle of its work; what it said is above.")


@contextmanager
def _started(words: list[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen(  # noqa: S603 - our own command only
        [sys.executable, "-m", "portal.bench.finding.child", *words],
        env=dict(environment),
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,  # Ctrl-C is for the parent, which ends it.
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            child.kill()
        child.communicate()


def table(result: dict[str, Any]) -> str:
    table = Table("", *_COLUMNS)
    for name, one in {**result["searches"], "all": result, **result["hard"]}.items():
        table.add_row(name, *[str(one.get(key, "")) for key in _COLUMNS])
    console = Console(width=100)
    with console.capture() as captured:
        console.print(table)
        console.print(
            *(f"{key} {result[key]}" for key in ("sessions", "partners", "seats", "taken")),
            *(f"{key} {result[key]}" for key in ("naive_ms", "speedup")),
            sep=", ",
            highlight=False,
        )
    return captured.get()


def broken(result: dict[str, Any]) -> list[str]:
    """Times are this machine's; the number of queries is a promise anywhere."""
    every = {**result["searches"], **result["hard"]}
    return [f"{name}: queries" for name, one in every.items() if one["queries"] > _MOST_QUERIES]
