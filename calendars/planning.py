"""What a change of a rhythm does to each of its dates from a day on. Reads only.

1. What nobody ever used and nobody decided about goes, and publishing opens the new dates; it stays
   where the new form wants the very same.
2. What was cancelled, or has begun, is left alone, and takes its place among the new dates, so that
   none is opened instead. Where the seated are to be kept, so does what somebody sits in or waits for.
3. The rest goes along: to its new date and hour, room, practitioners and seats, but for what was
   decided for that date alone. Without a new date in its week, or month, it stays as it is.

Of an opening, a slot is an hour of somebody's and not "the date of that week": what stays keeps its
own hour, and no other slot is left out for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta

from booking.models import Session
from calendars.dates import begins
from calendars.form import Form, as_it_is, midnight
from calendars.mapping import Start, mapped
from calendars.models import Rhythm, RhythmDate
from calendars.plan import Known, Plan, Seated, Shift, Stays, read
from calendars.rhythms import MAX_DAYS, Date
from calendars.wanted import Day, Slot, beyond

#: A date that finds no place counts among "n times", which may leave another without one.
_ROUNDS = 10
#: Of the same name in a session and its rhythm.
_DETAILS = ("pause_minutes", "language", "interpreter", "open_to_network")


def plan(rhythm: Rhythm, form: Form, from_day: date, *, seated: Seated, now: datetime) -> Plan:
    return _Planner(rhythm, form, from_day, seated=seated, now=now).plan()


class _Planner:
    def __init__(
        self, rhythm: Rhythm, form: Form, from_day: date, *, seated: Seated, now: datetime
    ) -> None:
        self.rhythm, self.form, self.from_day, self.now = rhythm, form, from_day, now
        self.is_opening = form.rhythm.slot_minutes is not None
        self.since = midnight(from_day)
        self.until = self.since + timedelta(days=MAX_DAYS)
        self.judge = form.judge(self.since, self.until)
        self.dates = form.days(self.judge, self.since, self.until)
        self.slots = {_key(slot): slot for day in self.dates for slot in day.slots}
        self.rows, known = read(rhythm, from_day)
        #: Was cancelled, or has begun; stays with its people; goes along.
        self.fixed: list[Known] = []
        self.kept: list[Known] = []
        self.going: list[Known] = []
        self.unused: list[Known] = []
        for one in known:
            self._kind(one, seated).append(one)

    def _kind(self, one: Known, seated: Seated) -> list[Known]:
        if one.session.cancelled or one.session.starts_at <= self.now:
            return self.fixed
        if not (one.used or one.altered):
            return self.unused
        return self.kept if one.occupied and seated == Seated.KEEP else self.going

    @property
    def staying(self) -> list[Known]:
        return [*self.fixed, *self.kept, *self.going]

    def plan(self) -> Plan:
        days, keys = self._days_and_keys()
        rows = [row for row in self.rows if row.day >= self.from_day]
        found = Plan(self.form, self.from_day, rows=rows, days=days)
        ends = self.form.recurrence.until or self.form.rhythm.ended_on
        within = ends is not None and midnight(ends) <= self.until
        found.complete = within or len(days) < len(self.dates)
        wanted = {day.date for day in days}
        taken = {keys.get(one.row.pk, one.key) for one in self.staying}
        for one in self.unused:
            slot = self.slots.get(one.key)
            if one.key in taken or one.key[0] not in wanted or not self._is_so(one, slot):
                found.taken_back.append(one)
        for some, goes in ((self.kept, False), (self.going, True)):
            for one in some:
                self._decide(one, keys.get(one.row.pk, one.key), wanted, found, goes=goes)
        found.keys = {
            one.row.pk: keys[one.row.pk]
            for one in self.staying
            if keys.get(one.row.pk, one.key) != one.key
        }
        return found

    def _decide(
        self, one: Known, key: Start, wanted: set[date], found: Plan, *, goes: bool
    ) -> None:
        slot = self.slots.get(key)
        shift = self._shift(one, slot)
        has_place = slot is not None and not slot.skipped and key[0] in wanted
        if has_place or one.own_time:
            if not shift.changes:
                return
            if goes:
                found.shifts.append(shift)
                return
            found.stay.append((one, Stays.KEPT))
        elif slot is not None and not shift.changes:
            # Publishing lists it: somebody must settle it.
            found.stay.append((one, Stays.UNWANTED))
            return
        else:
            found.stay.append((one, Stays.NO_DATE if goes or not self.is_opening else Stays.KEPT))
        found.own[one.row.pk] = shift.aspects | (set() if has_place else {"own_time"})

    def _shift(self, one: Known, slot: Slot | None) -> Shift:
        """As the new form has it, but for what is the date's own."""
        session, row, rhythm = one.session, one.row, self.form.rhythm
        starts_at, ends_at = session.starts_at, session.ends_at
        if slot is not None and not one.own_time:
            starts_at, ends_at = slot.start, slot.end
        everybody = self.form.leaders
        absent = self.judge.absent(Date(starts_at, ends_at), everybody)
        there = tuple(leader for leader in everybody if leader.pk not in absent)
        same = {leader.pk for leader in there} == one.leaders
        return Shift(
            known=one,
            starts_at=starts_at,
            ends_at=ends_at,
            venue=session.venue if row.own_place else rhythm.venue,
            leaders=None if row.own_leaders or same or (absent and not there) else there,
            capacity=session.capacity if row.own_seats else rhythm.capacity,
            allowance=session.allowance if row.own_seats else rhythm.allowance,
            details={
                name: getattr(rhythm, name)
                for name in _DETAILS
                if getattr(session, name) != getattr(rhythm, name)
            },
        )

    def _days_and_keys(self) -> tuple[list[Day], dict[int, Start]]:
        """The dates that there will be, and row → new key of those that go along or stay."""
        keys: dict[int, Start] | None = None
        days: list[Day] = []
        pending = self._pending()
        for _round in range(_ROUNDS):
            counted = self._counted(keys)
            too_many = beyond(self.form.rhythm.times, [*pending, *self.dates], counted)
            days = [day for day in self.dates if day.date not in too_many]
            before, keys = keys, self._keys(days)
            if keys == before:
                break
        return days, keys or {}

    def _pending(self) -> list[Day]:
        """Dates of the old form that are not published yet count among "n times"."""
        until = self.rhythm.published_until
        since = max(until, self.now) if until else self.now
        if self.form.rhythm.times is None or since >= self.since:
            return []
        old = as_it_is(self.rhythm)
        return old.days(old.judge(since, self.since), since, self.since)

    def _counted(self, keys: dict[int, Start] | None) -> dict[date, list[RhythmDate]]:
        """At first as if everything found its place."""
        rows: dict[date, list[RhythmDate]] = defaultdict(list)
        for row in self.rows:
            if row.day < self.from_day:
                rows[row.day].append(row)
        if keys is not None:
            for one in self.staying:
                rows[keys.get(one.row.pk, one.key)[0]].append(one.row)
        return rows

    def _keys(self, days: Iterable[Day]) -> dict[int, Start]:
        slots = [slot for day in days for slot in day.slots if not slot.skipped]
        if self.is_opening:
            moving = [one for one in self.going if not one.own_time]
            left_alone = [*self.fixed, *self.kept, *(one for one in self.going if one.own_time)]
            busy = list(_busy(left_alone))
            return self._mapped(moving, [_key(slot) for slot in slots if _free(slot, busy)])
        starts = [_key(slot) for slot in slots]
        found = self._mapped([*self.kept, *self.going], starts)
        given = set(found.values())
        return found | self._mapped(self.fixed, [start for start in starts if start not in given])

    def _mapped(self, some: Collection[Known], onto: Iterable[Start]) -> dict[int, Start]:
        among = [(row.day, row.start) for row in self.rows if row.day >= self.from_day]
        by_month = self.form.recurrence.monthly
        found = mapped([one.key for one in some], among=among, onto=onto, by_month=by_month)
        return {one.row.pk: found[one.key] for one in some if one.key in found}

    def _is_so(self, one: Known, slot: Slot | None) -> bool:
        """Whether a date that nobody used is what publishing would open there."""
        if slot is None or slot.skipped or one.leaders != {leader.pk for leader in slot.leaders}:
            return False
        session, rhythm = one.session, self.form.rhythm
        purpose = session.purpose.key if session.purpose else ""
        return (session.ends_at - session.starts_at, purpose, *_content(session)) == (
            slot.end - slot.start,
            self.form.purpose_key,
            *_content(rhythm),
        )


def _content(of: Session | Rhythm) -> tuple[object, ...]:
    """What a date has of its rhythm."""
    return of.venue_id, of.capacity, of.allowance, *(getattr(of, name) for name in _DETAILS)


def _key(slot: Slot) -> Start:
    return slot.start.date(), slot.start.time()


def _busy(some: Iterable[Known]) -> Iterator[Date]:
    """Both the hour that the rhythm gave them, and the one at which they are."""
    for one in some:
        session, start = one.session, begins(one.row)
        yield Date(start, start + (session.ends_at - session.starts_at))
        if not session.cancelled:
            yield Date(session.starts_at, session.ends_at)


def _free(slot: Slot, busy: Iterable[Date]) -> bool:
    return not any(one.start < slot.end and slot.start < one.end for one in busy)
