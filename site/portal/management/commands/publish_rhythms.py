"""`manage.py publish_rhythms [--rhythm N] [--until DATE] [--json]`"""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from booking.errors import BookingError
from calendars.models import Rhythm, RhythmDate
from calendars.publish import Published, horizon, publish
from calendars.recurrence import PARIS
from calendars.skipping import reason
from calendars.tasks import running


class Command(BaseCommand):
    help = (
        "Turn the rhythms' coming dates into sessions, and say why a date is none. Safe beside "
        "workers and beside itself; a second run changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rhythm", type=int, metavar="N", help="only this one, by its number")
        parser.add_argument(
            "--until",
            type=_day,
            metavar="DATE",
            help="the last day, 2026-12-31 for example; RHYTHM_HORIZON_DAYS from today unless told",
        )
        parser.add_argument("--json", action="store_true", help="one JSON list, for a program")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        rhythms = self._rhythms(options["rhythm"], now)
        until = options["until"] or horizon(now)
        done: list[tuple[Rhythm, Published]] = []
        failed = 0
        with self._progress(len(rhythms)) as step:
            for rhythm in rhythms:
                try:
                    done.append((rhythm, publish(rhythm=rhythm, now=now, until=until)))
                except BookingError as refusal:
                    failed += 1
                    self.stderr.write(f"{_name(rhythm)}: {refusal}")
                step()
        if options["json"]:
            self.stdout.write(json.dumps([_facts(*one) for one in done], ensure_ascii=False))
        else:
            for one in done:
                self.stdout.write("\n".join(_lines(*one)))
        if failed:
            raise CommandError(
                ngettext(
                    "%(count)s rhythm could not be published.",
                    "%(count)s rhythms could not be published.",
                    failed,
                )
                % {"count": failed}
            )

    def _rhythms(self, pk: int | None, now: datetime) -> list[Rhythm]:
        if pk is None:
            return list(running(now).select_related("partner"))
        rhythm = Rhythm.objects.select_related("partner").filter(pk=pk).first()
        if rhythm is None:
            raise CommandError(_("No rhythm has the number %(number)s.") % {"number": pk})
        return [rhythm]

    @contextmanager
    def _progress(self, total: int) -> Iterator[Any]:
        """A bar on a terminal, nothing in a file or a pipe."""
        console = Console(stderr=True)
        shown = console.is_terminal and self.stderr.isatty()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=console, disable=not shown, transient=True) as bar:
            task = bar.add_task(_("Publishing"), total=total)
            yield lambda: bar.advance(task)


def _day(text: str) -> datetime:
    """The midnight after this day, in Europe/Paris."""
    try:
        day = date.fromisoformat(text) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise ArgumentTypeError(
            _("“%(text)s” is no day: write 2026-12-31.") % {"text": text}
        ) from None
    return datetime.combine(day, time(), PARIS)


def _name(rhythm: Rhythm) -> str:
    return f"{rhythm.pk} {rhythm.partner.slug} “{rhythm.label}”"


def _lines(rhythm: Rhythm, done: Published) -> Iterator[str]:
    counts = {
        "opened": len(done.opened),
        "taken": len(done.discarded),
        "skipped": len(done.skipped),
        "settle": len(done.to_settle),
    }
    said = _("%(opened)s opened, %(taken)s taken back, %(skipped)s skipped, %(settle)s to settle")
    yield f"{_name(rhythm)}: {said % counts}"
    for words, rows in (
        (_("skipped"), done.skipped),
        (_("with a warning"), done.warned),
        (_("to settle"), done.to_settle),
    ):
        for row in rows:
            yield f"  {_start(row)} {words} — {_reason(row)}"


def _facts(rhythm: Rhythm, done: Published) -> dict[str, object]:
    return {
        "rhythm": rhythm.pk,
        "partner": rhythm.partner.slug,
        "label": rhythm.label,
        "until": done.until.isoformat(),
        "opened": [one.starts_at.astimezone(PARIS).isoformat() for one in done.opened],
        "taken_back": [one.starts_at.astimezone(PARIS).isoformat() for one in done.discarded],
        "skipped": [_date(row) for row in done.skipped],
        "warned": [_date(row) for row in done.warned],
        "to_settle": [_date(row) for row in done.to_settle],
    }


def _date(row: RhythmDate) -> dict[str, object]:
    return {"start": _start(row), "why": row.why, "name": row.name, "reason": _reason(row)}


def _start(row: RhythmDate) -> str:
    return f"{row.day} {row.start:%H:%M}"


def _reason(row: RhythmDate) -> str:
    return str(reason(row.why, row.name)) if row.why else _("one date too many")
