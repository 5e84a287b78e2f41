"""Where the dates of the old form have their place among those of the new one. No query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from calendars.dates import begins
from calendars.form import Form
from calendars.mapping import Start, mapped
from calendars.models import RhythmDate
from calendars.plan import Known
from calendars.rhythms import Date
from calendars.wanted import Day, Slot, beyond

#: A date that finds no place counts among "n times", which may leave another without one.
_ROUNDS = 10


@dataclass
class Some:
    """The dates that go on, in one way or another."""

    #: Was cancelled, or has begun.
    fixed: list[Known] = field(default_factory=list)
    #: Stays with its people.
    kept: list[Known] = field(default_factory=list)
    #: Goes along with the rhythm.
    going: list[Known] = field(default_factory=list)

    @property
    def all(self) -> list[Known]:
        return [*self.fixed, *self.kept, *self.going]


def places(
    form: Form,
    dates: Sequence[Day],
    some: Some,
    *,
    pending: Sequence[Day],
    earlier: Collection[RhythmDate],
    among: Collection[Start],
) -> tuple[list[Day], dict[int, Start]]:
    """The days that there will be, and row → key among them, for those that have a place. Before them
    come `earlier` rows, and `pending` days that are not published yet; `among` are all keys of the old
    form from then on."""
    keys: dict[int, Start] | None = None
    days: list[Day] = []
    for _round in range(_ROUNDS):
        # At first as if everything found its place.
        counted = _counted(earlier, some.all if keys is not None else (), keys or {})
        too_many = beyond(form.rhythm.times, [*pending, *dates], counted)
        days = [day for day in dates if day.date not in too_many]
        before, keys = keys, _keys(form, days, some, among)
        if keys == before:
            break
    return days, keys or {}


def key_of(slot: Slot) -> Start:
    return slot.start.date(), slot.start.time()


def _counted(
    earlier: Iterable[RhythmDate], others: Iterable[Known], keys: Mapping[int, Start]
) -> dict[date, list[RhythmDate]]:
    rows: dict[date, list[RhythmDate]] = defaultdict(list)
    for row in earlier:
        rows[row.day].append(row)
    for one in others:
        rows[keys.get(one.row.pk, one.key)[0]].append(one.row)
    return rows


def _keys(
    form: Form, days: Iterable[Day], some: Some, among: Collection[Start]
) -> dict[int, Start]:
    slots = [slot for day in days for slot in day.slots if not slot.skipped]

    def onto(starts: Collection[Start], which: Collection[Known]) -> dict[int, Start]:
        old = [one.key for one in which]
        by_month = form.recurrence.monthly
        found = mapped(old, among=among, onto=starts, by_month=by_month)
        return {one.row.pk: found[one.key] for one in which if one.key in found}

    if form.is_opening:
        moving = [one for one in some.going if not one.own_time]
        left_alone = [*some.fixed, *some.kept, *(one for one in some.going if one.own_time)]
        busy = list(_busy(left_alone))
        return onto([key_of(slot) for slot in slots if _free(slot, busy)], moving)
    starts = [key_of(slot) for slot in slots]
    found = onto(starts, [*some.kept, *some.going])
    given = set(found.values())
    return found | onto([start for start in starts if start not in given], some.fixed)


def _busy(some: Iterable[Known]) -> Iterator[Date]:
    """Both the hour that the rhythm gave them, and the one at which they are."""
    for one in some:
        session, start = one.session, begins(one.row)
        yield Date(start, start + (session.ends_at - session.starts_at))
        if not session.cancelled:
            yield Date(session.starts_at, session.ends_at)


def _free(slot: Slot, busy: Iterable[Date]) -> bool:
    return not any(one.start < slot.end and slot.start < one.end for one in busy)
