"""`manage.py look_up_texts [--limit N] [--json]`: what became of uncertain texts, without a worker."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from portal.counting import counting
from sms.looking_up import look_up


class Command(BaseCommand):
    help = (
        "Ask the provider what became of texts that may have left. What it does not know at two "
        "looks was never sent, and waits once more. Safe beside workers and beside itself."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=5000, help="at most so many texts")
        parser.add_argument("--json", action="store_true", help="one JSON object, for a program")

    def handle(self, *args: Any, **options: Any) -> None:
        with counting(_("Looking texts up")) as told:
            looked = look_up(
                limit=options["limit"],
                seconds=3600,
                told=lambda one: told(sum(asdict(one).values())),
            )
        counts = asdict(looked)
        if options["json"]:
            self.stdout.write(json.dumps(counts))
            return
        said = ", ".join(f"{number} {name}" for name, number in counts.items() if number)
        self.stdout.write(said or "nothing to look up")
