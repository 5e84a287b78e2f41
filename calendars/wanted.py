"""What a rhythm wants of each of its dates. No query, nothing written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from booking.models import Practitioner
from calendars.models import Rhythm, RhythmDate, Why
from calendars.rhythms import Date
from calendars.skipping import Judge, Verdict


@dataclass(frozen=True, slots=True)
class Slot:
    """What becomes one session, or none. Half-open, in Europe/Paris."""

    start: datetime
    end: datetime
    #: Those of the rhythm's practitioners who are there then.
    leaders: tuple[Practitioner, ...]
    verdict: Verdict | None

    @property
    def skipped(self) -> bool:
        return self.verdict is not None and self.verdict.skipped


@dataclass(frozen=True, slots=True)
class Day:
    """One date of a rhythm: one slot, or those that an opening is cut into."""

    start: datetime
    slots: tuple[Slot, ...]

    @property
    def date(self) -> date:
        return self.start.date()

    @property
    def skipped(self) -> bool:
        return all(slot.skipped for slot in self.slots)

    def passed(self, now: datetime) -> bool:
        """Whether nothing of it can be published any more."""
        return all(slot.start <= now for slot in self.slots)

    @property
    def verdict(self) -> Verdict | None:
        """That of the whole day, when one reason skips all of it."""
        said = {slot.verdict for slot in self.slots}
        return said.pop() if len(said) == 1 and self.skipped else None


def wanted_days(
    rhythm: Rhythm, dates: Iterable[Date], judge: Judge, leaders: Sequence[Practitioner]
) -> Iterator[Day]:
    everybody = tuple(leaders)
    for one in dates:
        slots = []
        for span in cut(rhythm, one):
            there = everybody
            if judge.absences and (absent := judge.absent(span, everybody)):
                there = tuple(leader for leader in everybody if leader.pk not in absent)
            slots.append(Slot(span.start, span.end, there, judge.verdict(span, everybody)))
        yield Day(one.start, tuple(slots))


def cut(rhythm: Rhythm, date: Date) -> Iterator[Date]:
    """The whole date, or, for an opening, as many slots as fit; a rest too short is left free."""
    if rhythm.slot_minutes is None:
        yield date
        return
    length = timedelta(minutes=rhythm.slot_minutes)
    start = date.start
    while start + length <= date.end:
        yield Date(start, start + length)
        start += length + timedelta(minutes=rhythm.gap_minutes)


def beyond(
    times: int | None,
    days: Iterable[Day],
    rows: Mapping[date, Collection[RhythmDate]],
    *,
    now: datetime | None = None,
) -> set[date]:
    """The days that are too many for a rhythm that goes "n times".

    Days count once, and as rows tell it: those of an earlier form of the rhythm count too, and a
    date that passed before anything was published does not, be it today before `now`. A date that is
    skipped does not count, nor one that was cancelled for such a reason; one that was refused, or
    cancelled by itself, does.
    """
    if times is None:
        return set()
    coming = {day.date: day for day in days}
    held = sum(_took_place(of_day) for day, of_day in rows.items() if day not in coming)
    too_many = set()
    for day, wanted in coming.items():
        if held >= times:
            too_many.add(day)
        elif day in rows or now is None or not wanted.passed(now):
            held += _will_take_place(wanted, rows.get(day, ()))
    return too_many


def _took_place(rows: Collection[RhythmDate]) -> bool:
    return any(
        row.why == Why.REFUSED if row.session is None else not (row.session.cancelled and row.why)
        for row in rows
    )


def _will_take_place(day: Day, rows: Collection[RhythmDate]) -> bool:
    kept = [row for row in rows if row.session is not None]
    if kept and len(day.slots) == 1:
        return _took_place(kept)
    return not day.skipped or _took_place(kept)
