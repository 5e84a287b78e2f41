"""`manage.py bench NAME`: measure, and check what was left, with real processes against a scratch
database. The configured database is never opened."""

from __future__ import annotations

import json
import os
import platform
import signal
from argparse import ArgumentParser
from functools import partial
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console
from rich.status import Status
from rich.table import Table

from portal.bench.jobs import SCENARIOS
from portal.bench.report import Report, broken, measure
from portal.bench.running import BenchFailed, stage
from portal.bench.scratch import scratch

_ENGINES = ("sqlite", "postgresql")
_COLUMNS = (
    *("attempts", "accepted", "refused", "errors", "oversold", "duplicates", "overlaps", "lost"),
    *("unserved", "p50_ms", "p95_ms", "accepted_per_s", "floor_per_s", "ratio"),
)


class Command(BaseCommand):
    help = "Measure the seat engine with real processes, and check every row that they left."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=("seats",), metavar="NAME", help="seats")
        parser.add_argument("--json", action="store_true", help="one JSON object, for a program")
        parser.add_argument(
            "--engine", choices=_ENGINES, help="the one that DATABASE_URL names, or sqlite"
        )
        parser.add_argument("--attempts", type=_positive, default=2000, help="a scenario (2000)")
        parser.add_argument("--workers", type=_positive, default=8, help="processes (8)")
        parser.add_argument(
            "--scenario", nargs="+", choices=SCENARIOS, default=SCENARIOS, help="all of them"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # SIGINT too: a shell that starts us in the background has told us to ignore it.
        before = {
            number: signal.signal(number, _interrupt) for number in (signal.SIGINT, signal.SIGTERM)
        }
        url = os.environ.get("DATABASE_URL", "").strip()
        engine = options.pop("engine") or ("postgresql" if url else "sqlite")
        try:
            reports = self._measure(engine, url, **options)
        except KeyboardInterrupt:
            raise CommandError(_("Stopped. The scratch databases are dropped.")) from None
        except BenchFailed as error:
            raise CommandError(str(error)) from None
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        self._tell(engine, reports, **options)

    def _measure(
        self,
        engine: str,
        url: str,
        *,
        attempts: int,
        workers: int,
        scenario: list[str],
        **_options: Any,
    ) -> dict[str, Report]:
        reports = {}
        console = Console(stderr=True)
        with console.status(f"{engine}: …") as status, scratch(engine, url) as place:
            place.create("empty")
            stage("empty", 0, place.environment("empty"))
            for name in scenario:
                began = f"{engine} {name}"
                reports[name] = measure(
                    place,
                    name,
                    attempts=attempts,
                    workers=workers,
                    say=partial(_say, status, began),
                )
                report = reports[name]
                said = ", ".join(f"{key} {report[key]}" for key in _COLUMNS if key in report)
                console.print(f"{began}: {said}", highlight=False)
        return reports

    def _tell(
        self, engine: str, reports: dict[str, Report], *, workers: int, **options: Any
    ) -> None:
        if options["json"]:
            told = {
                "bench": "seats",
                "engine": engine,
                "workers": workers,
                "cores": os.cpu_count(),
                "python": platform.python_version(),
                "scenarios": reports,
            }
            self.stdout.write(json.dumps(told, indent=2))
        else:
            self.stdout.write(_table(reports))
        wrong = [
            f"{name}: {', '.join(broken(one))}" for name, one in reports.items() if broken(one)
        ]
        if wrong:
            raise CommandError(_("A promise was broken.") + " " + "; ".join(wrong))


def _say(status: Status, began: str, step: str) -> None:
    status.update(f"{began}: {step} …")


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError
    return value


def _table(reports: dict[str, Report]) -> str:
    table = Table("", *reports)
    for key in _COLUMNS:
        table.add_row(key, *[str(one.get(key, "")) for one in reports.values()])
    console = Console(width=100)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def _interrupt(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt
