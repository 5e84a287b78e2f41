"""The seat finder in a network of any size, and the same month's answer by expanding rhythms."""

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
        for said in talk("finding", words, place.environment("network")):
            report = said.get("report", {})
            if "step" in said:
                progress.update(
                    task, description=f"{place.engine}: {said['step']}", completed=said["done"]
                )
    return {"cores": os.cpu_count(), "python": platform.python_version(), **report}


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
