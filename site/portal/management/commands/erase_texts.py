"""Erase the numbers and bodies of texts and replies whose retention is over, without a worker."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from sms.erasing import erase


class Command(BaseCommand):
    help = (
        "Erase numbers and bodies of texts and replies SMS_KEPT_DAYS after the case closed. Safe to "
        "repeat."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object, for a program")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = asdict(erase(timezone.now()))
        if options["json"]:
            self.stdout.write(json.dumps(counts))
            return
        done = [f"{number} {name}" for name, number in counts.items() if number]
        self.stdout.write(", ".join(done) or "nothing is old enough")
