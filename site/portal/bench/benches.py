"""What can be measured by name: each in a module of its own, which `manage.py bench` runs against a
scratch database."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any, Protocol

from rich.console import Console

from portal.bench import finder, rhythms, seats, texts
from portal.bench.scratch import Scratch

Result = dict[str, Any]


class Bench(Protocol):
    #: A line for --help.
    SUMMARY: str

    def add_arguments(self, parser: ArgumentParser) -> None: ...

    def run(self, place: Scratch, console: Console, options: dict[str, Any]) -> Result:
        """Measure, and say on the console (stderr) how far it is. Raises BenchFailed."""
        ...

    def table(self, result: Result) -> str:
        """For a person; the result itself is for a program."""
        ...

    def broken(self, result: Result) -> list[str]:
        """Promises that were not kept."""
        ...


BENCHES: dict[str, Bench] = {
    "seats": seats,
    "finder": finder,
    "rhythms": rhythms,
    "texts": texts,
}
