"""The house's own sign: one dot for each numbered seat. Geometry only, no HTML, no database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["taken", "held", "free", "over"]

#: Up to so many seats stand in one row, at full size.
_ONE_ROW = 16
#: More are set in rows of so many, smaller.
_ROW = 20


@dataclass(frozen=True)
class Pip:
    kind: Kind
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """Lengths are in SVG user units, that is CSS pixels."""

    pips: tuple[Pip, ...]
    radius: float
    width: float
    height: float
    #: Where the bar stands that marks the capacity, when somebody sits past it.
    bar: tuple[float, float, float] | None


def draw(taken: int, capacity: int, held: int = 0) -> Drawing:
    """Taken seats first, then offered ones, then free ones; past a bar what exceeds the capacity."""
    pitch, radius = (12.0, 4.0) if capacity <= _ONE_ROW else (8.0, 2.75)
    per_row = capacity if capacity <= _ONE_ROW else _ROW
    pips = []
    for index in range(capacity):
        kind: Kind = "taken" if index < taken else "held" if index < taken + held else "free"
        row, column = divmod(index, per_row)
        pips.append(Pip(kind, (column + 0.5) * pitch, (row + 0.5) * pitch))
    width, height = min(capacity, per_row) * pitch, -(-capacity // per_row) * pitch
    over = max(0, taken + held - capacity)
    if not over:
        return Drawing(tuple(pips), radius, width, height, None)
    # Past the bar, in the last row of what is full: there is no upper bound to draw within.
    last_row, gap = height - pitch / 2, pitch / 2
    pips += [Pip("over", width + gap + (n + 0.5) * pitch, last_row) for n in range(over)]
    bar = (width + gap / 2, last_row - pitch / 2, last_row + pitch / 2)
    return Drawing(tuple(pips), radius, width + gap + over * pitch, height, bar)
