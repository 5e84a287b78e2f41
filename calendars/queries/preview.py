from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from booking import access
from booking.models import Partner, Practitioner, Venue
from calendars.form import Form, midnight
from calendars.models import Rhythm, Treatment
from calendars.queries.overlaps import Overlap, overlaps
from calendars.recurrence import PARIS, Recurrence, refuse_odd_hours, refuse_odd_recurrence
from calendars.rhythms import MAX_DAYS
from calendars.wanted import Day, beyond


@dataclass(frozen=True)
class Preview:
    #: In order, those that are skipped too; of an opening each with its slots.
    days: tuple[Day, ...]
    overlaps: tuple[Overlap, ...]
    #: There are no more; else there are more after `days`.
    complete: bool

    @property
    def sessions(self) -> int:
        return sum(not slot.skipped for day in self.days for slot in day.slots)

    @property
    def skipped(self) -> list[Day]:
        """Days of which nothing takes place: `verdict` says why, where one reason says it all."""
        return [day for day in self.days if day.skipped]

    @property
    def last(self) -> date | None:
        return max((day.date for day in self.days if not day.skipped), default=None)


def preview(
    *,
    by: access.Actor,
    now: datetime,
    partner: Partner,
    venue: Venue,
    first_day: date,
    start: time,
    minutes: int,
    recurrence: Recurrence,
    practitioners: Iterable[Practitioner] = (),
    slot_minutes: int | None = None,
    gap_minutes: int = 0,
    public_holidays: Treatment = Treatment.SKIP,
    school_holidays: Treatment = Treatment.HOLD,
    weekends: Treatment = Treatment.HOLD,
    closures: Treatment = Treatment.SKIP,
) -> Preview:
    """The dates that a rhythm would have from its first day on, for
    400 days, before anything of it is saved. The arguments are those of `open_rhythm`. Four queries.

    Raises NotAllowed, Invalid.
    """
    access.must_manage(by, partner.pk)
    leaders = tuple(sorted(set(practitioners), key=lambda one: one.pk))
    refuse_odd_recurrence(recurrence, first_day)
    refuse_odd_hours(start, minutes, slot_minutes, gap_minutes)
    draft = Rhythm(
        partner=partner,
        venue=venue,
        minutes=minutes,
        slot_minutes=slot_minutes,
        gap_minutes=gap_minutes,
        times=recurrence.times,
        public_holidays=public_holidays,
        school_holidays=school_holidays,
        weekends=weekends,
        closures=closures,
    )
    first = recurrence.first_on_or_after(first_day)
    form = Form(draft, recurrence, first, start, leaders, None)
    # What has begun is not published.
    since = max(midnight(first), now)
    until = since + timedelta(days=MAX_DAYS)
    every = [day for day in form.days(form.judge(since, until), since, until) if day.start > now]
    too_many = beyond(recurrence.times, every, {})
    days = tuple(day for day in every if day.date not in too_many)
    ends = recurrence.until is not None and midnight(recurrence.until) < until.astimezone(PARIS)
    met = overlaps(leaders, recurrence, first_day, start, minutes, now=now)
    return Preview(days, tuple(met), complete=ends or bool(too_many))
