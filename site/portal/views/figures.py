from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from booking import access
from booking.queries.taken_in_charge import taken_in_charge_by_quarter
from portal import wording

#: A smaller number could be somebody: it is not shown outside the network (domain: data law).
SMALLEST_SHOWN = 5


@dataclass(frozen=True)
class Cell:
    """One quarter. `people` is None while it is to come."""

    start: date
    people: int | None
    masked: bool

    @property
    def name(self) -> str:
        return wording.quarter(self.start)

    @property
    def address(self) -> str:
        return f"{self.start.year}-{(self.start.month + 2) // 3}"


@never_cache
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """People taken in charge by quarter. `?trimestre=2021-1` puts that quarter in the headline."""
    held = access.scope(request.user)
    if not held.figures:
        raise Http404
    rows = _years(taken_in_charge_by_quarter(), timezone.localdate(), mask=not held.network)
    past = [cell for _year, row in rows for cell in row if cell.people is not None]
    wanted = request.GET.get("trimestre", "")
    chosen = next((cell for cell in past if cell.address == wanted), None)
    if wanted and chosen is None:
        raise Http404
    context = {
        "rows": rows,
        "chosen": chosen or _worth_a_headline(past),
        "current": past[-1],
        "masks": not held.network,
        "smallest": SMALLEST_SHOWN,
    }
    return render(request, "portal/figures.html", context)


def _years(counts: dict[date, int], today: date, *, mask: bool) -> list[tuple[int, list[Cell]]]:
    """A row for each year from the first figure to now, four quarters each."""

    def cell(year: int, month: int) -> Cell:
        start = date(year, month, 1)
        people = counts.get(start, 0) if start <= today else None
        return Cell(start, people, mask and people is not None and people < SMALLEST_SHOWN)

    first = min(counts, default=today).year
    years = range(first, today.year + 1)
    return [(year, [cell(year, month) for month in (1, 4, 7, 10)]) for year in years]


def _worth_a_headline(past: list[Cell]) -> Cell:
    """The latest quarter that says something: over, and with a figure to show."""
    over = past[:-1] or past
    return next((cell for cell in reversed(over) if cell.people and not cell.masked), past[-1])
