"""`manage.py dispatch_due [--limit N] [--seconds S] [--json]`: send what is due, without a worker."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from portal.counting import counting
from sms.dispatch import Counts, dispatch_due
from sms.looking_up import Looked, look_up

_STOPPED = {
    "paused": "sending is paused",
    "halted": "the provider refuses our texts: one is tried from time to time",
    "streak": "several in a row did not get through: the rest waits for the next run",
}


class Command(BaseCommand):
    help = (
        "Send the texts that are due, call the late ones expired, and ask the provider what became "
        "of those that are uncertain. Safe beside workers and beside itself."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=5000, help="at most so many texts")
        parser.add_argument(
            "--seconds", type=float, default=3600, help="begin nothing after so many seconds"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object, for a program")

    def handle(self, *args: Any, **options: Any) -> None:
        limit, seconds = options["limit"], options["seconds"]
        with counting(_("Sending texts")) as told:
            sent = dispatch_due(
                limit=limit, seconds=seconds, told=lambda one: told(sum(_numbers(one).values()))
            )
        with counting(_("Looking texts up")) as told:
            looked = look_up(
                limit=limit, seconds=seconds, told=lambda one: told(sum(_numbers(one).values()))
            )
        if options["json"]:
            said = {**asdict(sent), "looked_up": asdict(looked)}
            self.stdout.write(json.dumps(said))
        else:
            self.stdout.write("\n".join(_lines(sent, looked)))


def _lines(sent: Counts, looked: Looked) -> list[str]:
    lines = [_said(sent) or "nothing is due"]
    if sent.stopped:
        lines.append(_STOPPED[sent.stopped])
    if said := _said(looked):
        lines.append(f"looked up: {said}")
    return lines


def _said(counts: Counts | Looked) -> str:
    return ", ".join(f"{number} {name}" for name, number in _numbers(counts).items() if number)


def _numbers(counts: Counts | Looked) -> dict[str, int]:
    return {name: value for name, value in asdict(counts).items() if isinstance(value, int)}
