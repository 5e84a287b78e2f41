"""The cells of one row, and the words for what is wrong with one of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Final, TypeVar

from django.utils.translation import gettext as _

from booking.imports import dates
from booking.imports.columns import REQUIRED, Column
from booking.imports.errors import Unreadable
from booking.imports.report import Finding
from booking.imports.rows import Row
from booking.imports.table import Table

T = TypeVar("T")

#: Control characters but tab and line breaks, and the mark of what could not be decoded.
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")


class Refused(Exception):
    """The row cannot become a referral."""

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self.finding = finding


class Cells:
    """Collects in `findings` what can be imported all the same but should be known."""

    def __init__(self, table: Table, row: Row) -> None:
        self.table = table
        self.row = row
        self.findings: list[Finding] = []

    def check(self) -> None:
        """Raises Refused when the row is broken, a cell unprintable or a needed one empty."""
        if self.row.broken:
            raise Refused(Finding("", "", self.row.broken))
        for column in Column:
            self._refuse_unprintable(column)
        for column in REQUIRED:
            self._refuse_empty(column)

    def __getitem__(self, column: Column) -> str:
        return self.row.cell(self.table.positions.get(column))

    def refused(self, column: Column, reason: str) -> Refused:
        return Refused(Finding(self.table.heading(column), self[column], reason))

    def tell(self, column: Column, reason: str, *, needs_somebody: bool = True) -> None:
        heading = self.table.heading(column)
        self.findings.append(Finding(heading, self[column], reason, needs_somebody))

    def must(self, column: Column, read: Callable[[str], T]) -> T:
        try:
            return read(self[column])
        except Unreadable as error:
            raise self.refused(column, str(error)) from None

    def day(self, column: Column, *, until: int) -> date:
        return self.must(column, lambda text: dates.day(text, until=until))

    def _refuse_unprintable(self, column: Column) -> None:
        if _UNPRINTABLE.search(self[column]):
            raise self.refused(
                column, _("This cell holds characters that cannot be read. Type it again.")
            )

    def _refuse_empty(self, column: Column) -> None:
        if self[column]:
            return
        width, cells = len(self.table.headings), len(self.row.cells)
        if self.table.positions[column] >= cells:
            raise self.refused(
                column,
                _("This line stops after %(cells)d cells of %(width)d. Complete it.")
                % {"cells": cells, "width": width},
            )
        raise self.refused(column, _("This cell is empty. Fill it in."))
