"""Send what is due, without a worker."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sms.dispatch import dispatch_due


class Command(BaseCommand):
    help = "Send the texts that are due. Safe beside workers and beside itself."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=5000, help="at most so many texts")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = asdict(dispatch_due(limit=options["limit"], seconds=3600))
        done = [f"{number} {name}" for name, number in counts.items() if number]
        self.stdout.write(", ".join(done) or "nothing is due")
