"""Rhythms that become sessions, beside bare dateutil and a bulk insert of the same rows."""

from __future__ import annotations

import os
import platform
from argparse import ArgumentParser
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from portal.bench.arguments import positive
from portal.bench.scratch import Scratch
from portal.bench.talking import talk

SUMMARY = "rhythms published over six months, and once more with nothing changed"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--rhythms", type=positive, default=500, help="how many (500)")


def run(place: Scratch, console: Console, options: dict[str, Any]) -> dict[str, Any]:
    """The two write to a database each, with the same rows in it, and take turns."""
    count = options["rhythms"]
    place.create("rhythms")
    with Progress(console=console) as progress:
        _follow(place, progress, "stage", count, place.environment("rhythms"))
        place.copy("rhythms", "floor")
        bare = place.environment("floor")
        environment = {
            **place.environment("rhythms"),
            "JALON_FLOOR_URL": bare["DATABASE_URL"],
            "JALON_FLOOR_SQLITE": bare.get("JALON_SQLITE", ""),
        }
        report = _follow(place, progress, "publish", count, environment)
    return {"cores": os.cpu_count(), "python": platform.python_version(), **report}


def _follow(
    place: Scratch, progress: Progress, step: str, count: int, environment: dict[str, str]
) -> dict[str, Any]:
    task = progress.add_task(f"{place.engine}: {step}", total=count)
    report: dict[str, Any] = {}
    for said in talk("publishing", [step, str(count)], environment):
        report = said.get("report", {})
        progress.update(task, completed=said.get("done", count))
    return report


def table(result: dict[str, Any]) -> str:
    table = Table(show_header=False)
    for name, value in result.items():
        table.add_row(name, str(value))
    console = Console(width=100)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def broken(result: dict[str, Any]) -> list[str]:
    """Times are this machine's; that nothing is written twice is a promise anywhere."""
    wrong = [name for name in ("rerun_writes",) if result[name]]
    if result["floor_sessions"] != result["sessions"]:
        wrong.append("floor_sessions")
    return wrong
