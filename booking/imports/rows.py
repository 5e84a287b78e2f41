"""Lines of text → rows of cells, each with its line in the file. Pure."""

from __future__ import annotations

import csv
import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from booking.imports.errors import NotATable

#: Bytes. A longer line is no row of a list of people, and costs memory to take apart.
_MAX_LINE: Final = 500_000
#: A quoted cell may hold line breaks; one that holds more is a quotation mark never closed.
_MAX_LINES_OF_A_ROW: Final = 30
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `broken` says why its cells could not be told apart, and is empty otherwise."""

    line: int
    cells: tuple[str, ...]
    broken: str = ""

    def cell(self, position: int | None) -> str:
        """What stands there; nothing when the row is shorter or there is no such column."""
        return self.cells[position] if position is not None and position < len(self.cells) else ""


def physical_lines(data: bytes, *, at_most: int) -> list[bytes]:
    """Physical lines, as a text editor numbers them."""
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise NotATable(
            _("This is a workbook or a document, not a table of text. Save it as CSV first.")
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", errors="replace").encode()
    lines = re.finditer(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", data.removeprefix(b"\xef\xbb\xbf"))
    return [line[0] for line in itertools.islice(lines, at_most)]


def _text(line: bytes) -> str:
    """Line by line: lists glued together from two programs mix UTF-8 and Windows-1252."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def record(lines: list[bytes], at: int, separator: str) -> tuple[list[str], int]:
    """The cells of the row that starts at this index, and the index after it. Raises csv.Error."""
    if len(lines[at]) > _MAX_LINE:
        raise csv.Error
    window = (_text(line) for line in lines[at : at + _MAX_LINES_OF_A_ROW])
    reader = csv.reader(window, delimiter=separator, strict=True)
    return next(reader), at + reader.line_num


def rows(lines: list[bytes], at: int, separator: str, width: int) -> Iterator[Row]:
    """Every row that is not blank. A row that cannot be taken apart costs its own first line
    only: reading starts again on the next one."""
    while at < len(lines):
        line = at + 1
        try:
            cells, after = record(lines, at, separator)
            if after > line and _swallowed(cells, separator, width):
                raise csv.Error
        except csv.Error:
            yield Row(line, (), _broken())
            at = line
            continue
        at = after
        cells = [clean(cell) for cell in cells]
        if not any(cells):
            continue
        too_many = any(cells[width:])
        yield Row(line, tuple(cells[:width]), _too_many(len(cells), width) if too_many else "")


def _swallowed(cells: list[str], separator: str, width: int) -> bool:
    """Whether a row over several lines is in truth an open quotation mark that ate the next."""
    return len(cells) > width or any(
        "\n" in cell and cell.count(separator) >= width // 2 for cell in cells
    )


def _broken() -> str:
    return _(
        "This line cannot be taken apart: a quotation mark is not closed, or a cell is far too "
        "long. Correct it and import the file again."
    )


def _too_many(cells: int, width: int) -> str:
    return _(
        "This line has %(cells)d cells for %(width)d columns. Put cells that hold a separator "
        "between quotation marks."
    ) % {"cells": cells, "width": width}


def clean(cell: str) -> str:
    """Composed accents, ordinary spaces, nothing invisible, nothing at the ends."""
    plain = unicodedata.normalize("NFC", _INVISIBLE.sub("", cell))
    return plain.replace("\u00a0", " ").replace("\u202f", " ").strip(" \t\r\n")
