"""Bytes of a spreadsheet saved as text → its rows, each with its line in the file. Pure.

UTF-8 with or without a byte-order mark, Windows-1252, or what Excel calls Unicode text (UTF-16 with
its mark); semicolon, comma or tab. Raises NotATable with one sentence when there is no table in it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from booking.imports.columns import REQUIRED, Column, recognise
from booking.imports.errors import NotATable
from booking.imports.rows import Row, clean, physical_lines, record, rows

MAX_BYTES: Final = 100_000_000
#: A network meets 3,000 people a year at most; a row in memory is ten times a row on disk.
_MAX_LINES: Final = 200_000
_MAX_COLUMNS: Final = 200
#: A title or a "sep=;" may stand above the headings.
_HEADINGS_WITHIN: Final = 10
_SEPARATORS: Final = (";", ",", "\t")


@dataclass(frozen=True)
class Table:
    headings: tuple[str, ...]
    positions: dict[Column, int]
    rows: list[Row]

    def heading(self, column: Column) -> str:
        """The column's name as the file writes it."""
        position = self.positions.get(column)
        return str(column.label) if position is None else self.headings[position]


def read(data: bytes) -> Table:
    """Raises NotATable."""
    if len(data) > MAX_BYTES:
        raise NotATable(_("This file is larger than 100 MB. Cut it into several files."))
    if not data.strip(b"\0\t\r\n ;,\xef\xbb\xbf"):
        raise NotATable(_("This file is empty."))
    lines = physical_lines(data, at_most=_MAX_LINES + 1)
    if len(lines) > _MAX_LINES:
        raise NotATable(_("This file has more than 200,000 lines. Cut it into several files."))
    start, separator, headings = _headings(lines)
    positions = _positions(headings)
    return Table(headings, positions, list(rows(lines, start, separator, len(headings))))


def _headings(lines: list[bytes]) -> tuple[int, str, tuple[str, ...]]:
    """Where the rows begin, what separates their cells, and the headings: the line among the
    first ones in which most columns are recognised."""
    best: tuple[int, int, str, tuple[str, ...]] = (0, 0, "", ())
    widest = 0
    for at in range(min(len(lines), _HEADINGS_WITHIN)):
        for separator in _SEPARATORS:
            try:
                cells, after = record(lines, at, separator)
            except csv.Error:
                continue
            widest = max(widest, len(cells))
            known = sum(1 for column in recognise(cells) if column) if len(cells) > 1 else 0
            if known > best[0]:
                best = known, after, separator, tuple(clean(cell) for cell in cells)
    known, after, separator, headings = best
    if any("\0" in heading for heading in headings):
        raise NotATable(
            _("The letters of this file cannot be read. Save it again as CSV in UTF-8.")
        )
    if len(headings) > _MAX_COLUMNS:
        raise NotATable(_("This file has more than 200 columns. Keep those of the referrals."))
    if known:
        return after, separator, headings
    if widest == 1:
        raise NotATable(
            _("This file has a single column. Separate the columns by semicolons, commas or tabs.")
        )
    raise NotATable(
        _("No known column heading in this file. The first line names the columns: %(names)s.")
        % {"names": ", ".join(str(column.label) for column in REQUIRED)}
    )


def _positions(headings: tuple[str, ...]) -> dict[Column, int]:
    positions: dict[Column, int] = {}
    for position, column in enumerate(recognise(headings)):
        if column in positions:
            raise NotATable(
                _("Two columns mean the same: “%(first)s” and “%(second)s”. Keep one of them.")
                % {"first": headings[positions[column]], "second": headings[position]}
            )
        if column is not None:
            positions[column] = position
    missing = [str(column.label) for column in REQUIRED if column not in positions]
    if missing:
        raise NotATable(
            _("These columns are missing: %(names)s. Add them, or correct their headings.")
            % {"names": ", ".join(missing)}
        )
    return positions
