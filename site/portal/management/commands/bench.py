"""`manage.py bench NAME`: measure, and check what was left, against a scratch database. The
configured database is never opened."""

from __future__ import annotations

import json
import os
import signal
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console

from portal.bench.benches import BENCHES
from portal.bench.running import BenchFailed
from portal.bench.scratch import scratch

_ENGINES = ("sqlite", "postgresql")


class Command(BaseCommand):
    help = "Measure a part of the system against a scratch database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = parser.add_subparsers(dest="name", metavar="NAME", required=True)
        for name, bench in BENCHES.items():
            own = names.add_parser(name, help=bench.SUMMARY, description=bench.SUMMARY)
            own.add_argument("--json", action="store_true", help="one JSON object, for a program")
            own.add_argument(
                "--engine", choices=_ENGINES, help="the one that DATABASE_URL names, or sqlite"
            )
            bench.add_arguments(own)

    def handle(self, *args: Any, **options: Any) -> None:
        bench = BENCHES[options["name"]]
        url = os.environ.get("DATABASE_URL", "").strip()
        engine = options["engine"] or ("postgresql" if url else "sqlite")
        with _stopped_by_signals(), scratch(engine, url) as place:
            result = bench.run(place, Console(stderr=True), options)
        if options["json"]:
            told = {"bench": options["name"], "engine": engine, **result}
            self.stdout.write(json.dumps(told, indent=2))
        else:
            self.stdout.write(bench.table(result))
        wrong = bench.broken(result)
        if wrong:
            raise CommandError(_("A promise was broken.") + " " + "; ".join(wrong))


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Ends in a sentence, after everything that was made is dropped."""
    # SIGINT too: a shell that starts us in the background has told us to ignore it.
    before = {
        number: signal.signal(number, _interrupt) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    except KeyboardInterrupt:
        raise CommandError(_("Stopped. The scratch databases are dropped.")) from None
    except BenchFailed as error:
        raise CommandError(str(error)) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt
