"""The only door to django-scheduler: rhythms are made and expanded here.

Three facts of the library shape this file (version 0.12).
1. It expands a rule in the zone of the start bound that it is handed. With UTC bounds a weekly
   18:00 becomes 17:00 or 19:00 after a clock change, so bounds become Europe/Paris first.
2. Given weekdays as numbers, it drops all but the start's own; given letters, it keeps them.
3. An occurrence that starts exactly when the recurring period ends is left out, and one that began
   before the window but still runs is let in. So a period ends at the midnight after its last day,
   and only starts inside the window count.
Its Occurrence rows are not used: they are keyed by exact instants, and revive when a duration
changes. What was published is in `RhythmDate`.
What hours a rhythm may have, and why not between 02:00 and 03:00: see `calendars.recurrence`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from schedule.models import Calendar, Event, Rule

from booking import access, journal
from booking.errors import Invalid
from booking.locking import writing
from booking.models import JournalEntry, Partner, Practitioner, Programme, Service, Venue
from booking.models.journal import Verb
from booking.models.session import MAX_CAPACITY
from calendars.closures import public_holiday
from calendars.models import Rhythm, Treatment
from calendars.recurrence import (
    Recurrence,
    Weekday,
    refuse_odd_hours,
    refuse_odd_recurrence,
)

__all__ = ["Occurrence", "Recurrence", "Weekday", "occurrences", "open_rhythm"]

PARIS = ZoneInfo("Europe/Paris")
MAX_DAYS = 400
MAX_OCCURRENCES = 1000
_EXPANDABLE = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")


@dataclass(frozen=True)
class Occurrence:
    """One date of a rhythm, in Europe/Paris. `holiday` names why it is skipped, or is empty."""

    start: datetime
    end: datetime
    holiday: str = ""


def open_rhythm(
    *,
    by: access.Actor,
    now: datetime,
    partner: Partner,
    service: Service,
    venue: Venue,
    label: str,
    first_day: date,
    start: time,
    minutes: int,
    recurrence: Recurrence,
    capacity: int,
    allowance: int = 0,
    programme: Programme | None = None,
    practitioners: Iterable[Practitioner] = (),
    slot_minutes: int | None = None,
    gap_minutes: int = 0,
    public_holidays: Treatment = Treatment.SKIP,
) -> Rhythm:
    """Open a series of dates; `calendars.publish` turns them into sessions.

    `start` is Paris wall-clock. The first date is the first of the weekdays on or after
    `first_day`. With `slot_minutes` it is the opening of exactly one practitioner.
    Raises NotAllowed, or Invalid when a value makes no sense.
    """
    access.must_manage(by, partner.pk)
    leaders = sorted(set(practitioners), key=lambda practitioner: practitioner.pk)
    _refuse_foreign(partner, venue, programme, leaders)
    refuse_odd_recurrence(recurrence, first_day)
    refuse_odd_hours(start, minutes, slot_minutes, gap_minutes)
    if slot_minutes is not None and len(leaders) != 1:
        raise Invalid(_("An opening belongs to exactly one practitioner."))
    if capacity < 1 or allowance < 0 or capacity + allowance > MAX_CAPACITY:
        raise Invalid(_("A session has from 1 to %(most)s seats.") % {"most": MAX_CAPACITY})
    starts_at = datetime.combine(recurrence.first_on_or_after(first_day), start, PARIS)
    with writing():
        owner = leaders[0] if slot_minutes is not None else partner
        event = Event.objects.create(
            calendar=_calendar_of(owner),
            title=label,
            creator=by,
            start=starts_at,
            end=starts_at + timedelta(minutes=minutes),
            rule=_rule(recurrence),
            end_recurring_period=recurrence.until and _midnight_after(recurrence.until),
        )
        rhythm = Rhythm.objects.create(
            event=event,
            partner=partner,
            service=service,
            venue=venue,
            programme=programme,
            label=label,
            capacity=capacity,
            allowance=allowance,
            minutes=minutes,
            slot_minutes=slot_minutes,
            gap_minutes=gap_minutes,
            times=recurrence.times,
            public_holidays=public_holidays,
        )
        rhythm.practitioners.set(leaders)
        journal.write(
            [
                JournalEntry(
                    at=now,
                    actor=by,
                    verb=Verb.RHYTHM_OPENED,
                    partner=partner,
                    programme=programme,
                    facts={"rhythm": rhythm.pk, "first": starts_at.isoformat()},
                )
            ]
        )
    return rhythm


def occurrences(rhythm: Rhythm, start: datetime, end: datetime) -> list[Occurrence]:
    """The rhythm's dates that start in [start, end), in order, with the holidays marked.

    The bounds are aware instants in any zone. Of a rhythm that goes "n times" the dates are
    counted from its beginning, those skipped for a holiday left out of the count.
    Raises Invalid when the window is longer than 400 days or holds more than 1,000 dates.
    """
    if start.tzinfo is None or end.tzinfo is None:
        raise Invalid(_("The bounds of a window need a time zone."))
    if end - start > timedelta(days=MAX_DAYS):
        raise Invalid(_("At most %(days)s days at once.") % {"days": MAX_DAYS})
    if rhythm.times is None:
        return list(_dates(rhythm, start, end))
    return [one for one in _first_n(rhythm, rhythm.times, end) if one.start >= start]


def _first_n(rhythm: Rhythm, times: int, end: datetime) -> Iterator[Occurrence]:
    """From the very first date, a year at a time, until n of them were held or `end` is reached."""
    held, since = 0, rhythm.event.start
    while since < end:
        to = min(end, since + timedelta(days=365))
        for one in _dates(rhythm, since, to):
            yield one
            held += not one.holiday
            if held == times:
                return
        since = to


def _dates(rhythm: Rhythm, start: datetime, end: datetime) -> Iterator[Occurrence]:
    event = rhythm.event
    if event.rule is not None and event.rule.frequency not in _EXPANDABLE:
        raise Invalid(_("A rhythm repeats by the day or more slowly."))
    first, last = start.astimezone(PARIS), end.astimezone(PARIS)
    found = event.get_occurrences(first, last, clear_prefetch=False)
    if len(found) > MAX_OCCURRENCES:
        raise Invalid(_("At most %(most)s dates at once.") % {"most": MAX_OCCURRENCES})
    for one in found:
        begins = one.start.astimezone(PARIS)
        if first <= begins < last:
            holiday = (
                public_holiday(begins.date()) if rhythm.public_holidays == Treatment.SKIP else ""
            )
            yield Occurrence(begins, begins + timedelta(minutes=rhythm.minutes), holiday)


def _calendar_of(owner: Partner | Practitioner) -> Any:
    """Each partner, and each practitioner for openings, has its own. Named by number: the
    library's tables hold no name of anybody."""
    name = f"{type(owner).__name__.lower()}-{owner.pk}"
    return Calendar.objects.get_or_create(slug=name, defaults={"name": name})[0]


def _rule(how: Recurrence) -> Any:
    """From typed choices, never from text that somebody wrote. One to a rhythm: a shared rule
    could not be changed for one of them alone.

    No `count`: the library would count the dates that we skip. See `_first_n`.
    """
    params = [f"interval:{how.every}"]
    if how.month_day is not None:
        params.append(f"bymonthday:{how.month_day}")
    else:
        params.append("byweekday:" + ",".join(day for day in Weekday if day in how.weekdays))
    if how.nth is not None:
        # The library does not know "-1FR": it takes the weekday and drops the number.
        params.append(f"bysetpos:{how.nth.value}")
    said = ";".join(params)
    frequency = "MONTHLY" if how.monthly else "WEEKLY"
    return Rule.objects.create(frequency=frequency, params=said, name=said[:32], description=said)


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), PARIS)


def _refuse_foreign(
    partner: Partner,
    venue: Venue,
    programme: Programme | None,
    leaders: list[Practitioner],
) -> None:
    owners = {venue.partner_id, *(leader.partner_id for leader in leaders)}
    if programme is not None:
        owners.add(programme.partner_id)
    if owners != {partner.pk}:
        raise Invalid(_("The venue, the practitioners and the programme belong to the partner."))
