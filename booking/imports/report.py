"""What became of each line of a file, and the file that says so."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TextIO

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: A spreadsheet runs a cell that begins so as a formula. The wide forms are read as the plain ones.
_STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Status(TextChoices):
    IMPORTED = "imported", gettext_lazy("imported")
    ALREADY_THERE = "already_there", gettext_lazy("already there")
    FLAGGED = "flagged", gettext_lazy("imported, needs somebody")
    REFUSED = "refused", gettext_lazy("refused")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to know about one cell. `column` is the file's own heading, empty when the whole
    line is meant. `needs_somebody` is False for what is only worth knowing."""

    column: str
    value: str
    reason: str
    needs_somebody: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one line. `person` tells people apart, within this report only."""

    line: int
    status: Status
    findings: tuple[Finding, ...] = ()
    person: str = ""
    new: bool = False


@dataclass(frozen=True)
class Report:
    """The counts of a file: the same whether it is imported for the first time or again."""

    outcomes: tuple[Outcome, ...]

    @property
    def rows(self) -> int:
        return len(self.outcomes)

    @property
    def imported(self) -> int:
        """Lines whose referral stands, from this import or an earlier one."""
        return self.rows - self.refused

    @property
    def refused(self) -> int:
        return self._count(Status.REFUSED)

    @property
    def flagged(self) -> int:
        return self._count(Status.FLAGGED)

    @property
    def new(self) -> int:
        """Referrals that this import added."""
        return sum(1 for outcome in self.outcomes if outcome.new)

    @property
    def people(self) -> int:
        return len({outcome.person for outcome in self.outcomes if outcome.person})

    def as_counts(self) -> dict[str, int]:
        names = ("rows", "imported", "refused", "people", "flagged")
        return {name: getattr(self, name) for name in names}

    def _count(self, status: Status) -> int:
        return sum(1 for outcome in self.outcomes if outcome.status == status)


def write_csv(report: Report, stream: TextIO) -> None:
    """One line for each finding, and one for each row without any. For a stream opened with
    `encoding="utf-8-sig", newline=""`: what a French spreadsheet opens without being asked."""
    writer = csv.writer(stream, delimiter=";")
    writer.writerow([_("Line"), _("Status"), _("Column"), _("Value"), _("Reason")])
    for outcome in report.outcomes:
        for finding in outcome.findings or (Finding("", "", ""),):
            writer.writerow(
                [
                    outcome.line,
                    outcome.status.label,
                    *_harmless((finding.column, finding.value, finding.reason)),
                ]
            )


def printable(text: str) -> str:
    """Without what would move a terminal's cursor, or end a line of a file."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def _harmless(cells: Iterable[str]) -> list[str]:
    marked = (f"'{cell}" if cell.startswith(_STARTS_A_FORMULA) else cell for cell in cells)
    return [printable(cell) for cell in marked]
