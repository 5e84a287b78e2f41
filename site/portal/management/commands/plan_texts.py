"""`manage.py plan_texts [--json]`: plan the texts of every seat to come, without a worker."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from portal.counting import counting
from sms.tasks import sweep


class Command(BaseCommand):
    help = "Compare the outbox with every seat to come: add what is missing, void what is obsolete."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object, for a program")

    def handle(self, *args: Any, **options: Any) -> None:
        with counting(_("Planning texts")) as told:
            counts = sweep(told=told)
        if options["json"]:
            self.stdout.write(json.dumps(counts))
        else:
            self.stdout.write(", ".join(f"{number} {name}" for name, number in counts.items()))
