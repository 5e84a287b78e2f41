"""`manage.py import_referrals FILE [--dry-run] [--report OUT.csv]`"""

from __future__ import annotations

import os
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseFailure
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from booking.errors import BookingError
from booking.imports import table
from booking.imports.referrals import import_referrals
from booking.imports.report import Report, Status, printable, write_csv


class Command(BaseCommand):
    help = str(gettext_lazy("Import a partner's own spreadsheet of referrals."))

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help=_("a CSV file, in any shape people save"))
        parser.add_argument(
            "--dry-run", action="store_true", help=_("say what would happen, and write nothing")
        )
        parser.add_argument(
            "--report", type=Path, metavar="OUT.csv", help=_("write what became of each line")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        out: Path | None = options["report"]
        try:
            rows = table.read(_bytes(file))
            _refuse_bad_report(out, file)
            with self._progress(len(rows.rows)) as progress:
                report = import_referrals(
                    rows,
                    by=None,
                    now=timezone.now(),
                    dry_run=options["dry_run"],
                    progress=progress,
                )
        except BookingError as error:
            raise CommandError(str(error)) from None
        except DatabaseFailure as error:
            raise CommandError(
                _("The database stopped answering. Import the file again: nothing comes in twice.")
            ) from error
        if out is not None:
            _write(report, out)
        self._say(report, dry_run=options["dry_run"])

    @contextmanager
    def _progress(self, total: int) -> Iterator[Any]:
        """A bar on a terminal, nothing in a file or a pipe."""
        console = Console(stderr=True)
        shown = console.is_terminal and self.stderr.isatty()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=console, disable=not shown, transient=True) as bar:
            task = bar.add_task(_("Importing"), total=total)
            yield lambda rows: bar.advance(task, rows)

    def _say(self, report: Report, *, dry_run: bool) -> None:
        for outcome in report.outcomes:
            for finding in outcome.findings:
                if outcome.status == Status.REFUSED or finding.needs_somebody:
                    where = (
                        f"{printable(finding.column)} « {printable(finding.value[:60])} » : "
                        if finding.column
                        else ""
                    )
                    line = _("Line %(line)d, %(status)s") % {
                        "line": outcome.line,
                        "status": outcome.status.label,
                    }
                    self.stdout.write(f"{line} — {where}{finding.reason}")
        self.stdout.write(
            _(
                "%(rows)d lines: %(imported)d imported (%(new)d new), %(refused)d refused, "
                "%(people)d people, %(flagged)d to look at."
            )
            % {**report.as_counts(), "new": report.new}
        )
        if dry_run:
            self.stdout.write(_("A dry run: nothing was written."))


def _bytes(file: Path) -> bytes:
    """One byte more than is taken, so that a file without an end is noticed too."""
    try:
        with file.open("rb") as stream:
            return stream.read(table.MAX_BYTES + 1)
    except FileNotFoundError:
        raise CommandError(_("There is no file %s.") % file) from None
    except IsADirectoryError:
        raise CommandError(_("%s is a folder. Name a file.") % file) from None
    except OSError as error:
        reason = {"file": file, "reason": error.strerror}
        raise CommandError(_("%(file)s cannot be read: %(reason)s.") % reason) from None


def _refuse_bad_report(out: Path | None, file: Path) -> None:
    """Before anything is imported, and never over the file itself."""
    if out is None:
        return
    if out.exists() and out.samefile(file):
        raise CommandError(_("The report would overwrite the file. Give it another name."))
    if out.is_dir() or not os.access(out if out.exists() else out.parent, os.W_OK):
        raise CommandError(_("The report cannot be written to %s. Name another place.") % out)


def _write(report: Report, out: Path) -> None:
    """For its owner's eyes only: it repeats what the file says of people."""

    def private(path: str, flags: int) -> int:
        return os.open(path, flags, 0o600)

    try:
        with open(out, "w", encoding="utf-8-sig", newline="", opener=private) as stream:
            write_csv(report, stream)
    except OSError as error:
        told = {"file": out, "reason": error.strerror}
        raise CommandError(
            _("Imported, but the report %(file)s cannot be written: %(reason)s.") % told
        ) from None
