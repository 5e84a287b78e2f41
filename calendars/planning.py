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

from datetime import date, datetime, timedelta

from booking.models import Session
from calendars.form import Form, as_it_is, midnight
from calendars.mapping import Start
from calendars.models import Rhythm
from calendars.placing import Some, key_of, places
from calendars.plan import Known, Plan, Seated, Shift, Stays, read
from calendars.rhythms import MAX_DAYS, Date
from calendars.wanted import Day, Slot

#: Of the same name in a session and its rhythm.
_DETAILS = ("pause_minutes", "language", "interpreter", "open_to_network")


def plan(rhythm: Rhythm, form: Form, from_day: date, *, seated: Seated, now: datetime) -> Plan:
    return _Planner(rhythm, form, from_day, seated=seated, now=now).plan()


class _Planner:
    def __init__(
        self, rhythm: Rhythm, form: Form, from_day: date, *, seated: Seated, now: datetime
    ) -> None:
        self.rhythm, self.form, self.from_day, self.now = rhythm, form, from_day, now
        self.since = midnight(from_day)
        self.until = self.since + timedelta(days=MAX_DAYS)
        self.judge = form.judge(self.since, self.until)
        self.dates = form.days(self.judge, self.since, self.until)
        self.slots = {key_of(slot): slot for day in self.dates for slot in day.slots}
        self.rows, known = read(rhythm, from_day)
        self.some = Some()
        self.unused: list[Known] = []
        for one in known:
            self._kind(one, seated).append(one)

    def _kind(self, one: Known, seated: Seated) -> list[Known]:
        if one.session.cancelled or one.session.starts_at <= self.now:
            return self.some.fixed
        if not (one.used or one.altered):
            return self.unused
        return self.some.kept if one.occupied and seated == Seated.KEEP else self.some.going

    def plan(self) -> Plan:
        earlier = [row for row in self.rows if row.day < self.from_day]
        among = [(row.day, row.start) for row in self.rows if row.day >= self.from_day]
        days, keys = places(
            self.form,
            self.dates,
            self.some,
            pending=self._pending(),
            earlier=earlier,
            among=among,
        )
        rows = [row for row in self.rows if row.day >= self.from_day]
        found = Plan(self.form, self.from_day, rows=rows, days=days)
        ends = self.form.recurrence.until or self.form.rhythm.ended_on
        within = ends is not None and midnight(ends) <= self.until
        found.complete = within or len(days) < len(self.dates)
        wanted = {day.date for day in days}
        taken = {keys.get(one.row.pk, one.key) for one in self.some.all}
        for one in self.unused:
            slot = self.slots.get(one.key)
            if one.key in taken or one.key[0] not in wanted or not self._is_so(one, slot):
                found.taken_back.append(one)
        for some, goes in ((self.some.kept, False), (self.some.going, True)):
            for one in some:
                self._decide(one, keys.get(one.row.pk, one.key), wanted, found, goes=goes)
        found.keys = {
            one.row.pk: keys[one.row.pk]
            for one in self.some.all
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
        elif slot is not None and not shift.aspects:
            # Publishing lists it: somebody must settle it.
            found.stay.append((one, Stays.UNWANTED))
            return
        else:
            found.stay.append(
                (one, Stays.NO_DATE if goes or not self.form.is_opening else Stays.KEPT)
            )
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

    def _pending(self) -> list[Day]:
        """Dates of the old form that are not published yet count among "n times"."""
        until = self.rhythm.published_until
        since = max(until, self.now) if until else self.now
        if self.form.rhythm.times is None or since >= self.since:
            return []
        old = as_it_is(self.rhythm)
        return old.days(old.judge(since, self.since), since, self.since)

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
