"""Which sessions are missing of those that a rhythm wants, and which dates need a reason why there is
none. Rows are changed in memory only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time

from booking.inserting import another
from calendars.dates import Dates, begins
from calendars.models import RhythmDate
from calendars.rhythms import Date, first_start
from calendars.taking_back import note
from calendars.wanted import Day, Slot


@dataclass(frozen=True, slots=True)
class ToOpen:
    slot: Slot
    #: The row that said why there was none so far.
    row: RhythmDate | None


@dataclass
class Comparison:
    open: list[ToOpen] = field(default_factory=list)
    new: list[RhythmDate] = field(default_factory=list)
    gone: list[RhythmDate] = field(default_factory=list)


def compare(dates: Dates, too_many: Collection[date]) -> Comparison:
    found = Comparison()
    wanted = set()
    for day in dates.days:
        if day.date in too_many:
            continue
        wanted.add(day.date)
        rows = dates.rows.get(day.date, [])
        kept = [row for row in rows if row.session is not None]
        noted = {row.start: row for row in rows if row.session is None}
        for slot in _slots(dates, day, kept, noted):
            _settle(dates, slot, noted.pop(slot.start.time(), None), found)
        found.gone += _coming(noted.values(), dates)
    # A date that the rhythm does not have needs no reason why it is none. Before its present form
    # it had another one, whose dates stay as they are.
    first = first_start(dates.rhythm).date()
    for day_, rows in dates.rows.items():
        if day_ >= first and day_ not in wanted:
            found.gone += _coming((row for row in rows if row.session is None), dates)
    return found


def _coming(rows: Iterable[RhythmDate], dates: Dates) -> list[RhythmDate]:
    return [row for row in rows if dates.now < begins(row) < dates.until]


def _slots(
    dates: Dates, day: Day, kept: Collection[RhythmDate], noted: dict[time, RhythmDate]
) -> list[Slot]:
    """Those of the day's slots that were never published."""
    if dates.rhythm.slot_minutes is not None:
        return list(_of_an_opening(day, kept, noted, dates.now))
    if kept:  # Whatever became of it, and at whatever hour.
        return []
    if noted and day.start.time() not in noted:
        # The hour of the rhythm has changed since.
        row = noted.pop(min(noted))
        row.start = day.start.time()
        noted[row.start] = row
    return list(day.slots)


def _of_an_opening(
    day: Day, kept: Collection[RhythmDate], noted: Collection[time], now: datetime
) -> Iterator[Slot]:
    """One row is enough for a day that is skipped as a whole. Else a slot is free unless something
    was published for that time, whatever became of it."""
    verdict = day.verdict
    if verdict and not kept and (day.start > now or day.start.time() in noted):
        yield Slot(day.start, day.slots[-1].end, (), verdict)
        return
    taken = list(_taken(kept))
    for slot in day.slots:
        if not any(one.start < slot.end and slot.start < one.end for one in taken):
            yield slot


def _taken(kept: Iterable[RhythmDate]) -> Iterator[Date]:
    for row in kept:
        session = row.session
        if session is None:
            continue
        start = begins(row)
        yield Date(start, start + (session.ends_at - session.starts_at))
        if not session.cancelled:
            yield Date(session.starts_at, session.ends_at)


def _settle(dates: Dates, slot: Slot, row: RhythmDate | None, found: Comparison) -> None:
    if slot.start <= dates.now:
        return
    if not slot.skipped:
        found.open.append(ToOpen(slot, row))
        return
    if row is None:
        row = new_row(dates, slot)
        found.new.append(row)
    note(row, slot.verdict)


def new_row(dates: Dates, slot: Slot) -> RhythmDate:
    return another(dates.bare, day=slot.start.date(), start=slot.start.time())
