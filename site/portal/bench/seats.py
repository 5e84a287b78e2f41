"""The seat engine under load: four scenarios, with real processes that all want a place."""

from __future__ import annotations

import os
import platform
from argparse import ArgumentParser
from functools import partial
from typing import Any

from rich.console import Console
from rich.status import Status
from rich.table import Table

from portal.bench import report
from portal.bench.arguments import positive
from portal.bench.jobs import SCENARIOS
from portal.bench.running import stage
from portal.bench.scratch import Scratch

SUMMARY = "the seat engine, with real processes, and a check of every row that they left"
_COLUMNS = (
    *("attempts", "accepted", "refused", "errors", "oversold", "duplicates", "overlaps", "lost"),
    *("unserved", "p50_ms", "p95_ms", "accepted_per_s", "floor_per_s", "ratio"),
)


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--attempts", type=positive, default=2000, help="a scenario (2000)")
    parser.add_argument("--workers", type=positive, default=8, help="processes (8)")
    parser.add_argument(
        "--scenario", nargs="+", choices=SCENARIOS, default=SCENARIOS, help="all of them"
    )


def run(place: Scratch, console: Console, options: dict[str, Any]) -> dict[str, Any]:
    reports = {}
    engine, workers = place.engine, options["workers"]
    with console.status(f"{engine}: …") as status:
        place.create("empty")
        stage("empty", 0, place.environment("empty"))
        for name in options["scenario"]:
            began = f"{engine} {name}"
            one = report.measure(
                place,
                name,
                attempts=options["attempts"],
                workers=workers,
                say=partial(_say, status, began),
            )
            reports[name] = one
            said = ", ".join(f"{key} {one[key]}" for key in _COLUMNS if key in one)
            console.print(f"{began}: {said}", highlight=False)
    return {
        "workers": workers,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "scenarios": reports,
    }


def table(result: dict[str, Any]) -> str:
    reports = result["scenarios"]
    table = Table("", *reports)
    for key in _COLUMNS:
        table.add_row(key, *[str(one.get(key, "")) for one in reports.values()])
    console = Console(width=100)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def broken(result: dict[str, Any]) -> list[str]:
    found = {name: report.broken(one) for name, one in result["scenarios"].items()}
    return [f"{name}: {', '.join(wrong)}" for name, wrong in found.items() if wrong]


def _say(status: Status, began: str, step: str) -> None:
    status.update(f"{began}: {step} …")
