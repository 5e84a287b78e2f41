"""The only door to django-scheduler: calendars, events and rules are made, read, changed and
expanded here. What its dates become is decided elsewhere (calendars.wanted, calendars.publish).

Two facts of the library shape this file (version 0.12).
1. It counts in the zone that it is handed. In UTC a weekly 18:00 becomes 17:00 or 19:00 after a clock
   change, so it is asked for the wall clock of Europe/Paris, and the instants are made here: it
   would name them with pytz, whose clock changes end in 2037.
2. It walks through every date since the first one. So it is handed an event that begins shortly
   before the window: see `_near`.
Its Occurrence rows are not used: they are keyed by exact instants, and revive when a duration
changes. What was published is in `RhythmDate`.
What a rule is made of: see `calendars.rules`. What hours a rhythm may have, and why not between 02:00
and 03:00: see `calendars.recurrence`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from schedule.models import Calendar, Event, Rule

from booking import access
from booking.errors import Invalid
from booking.models import JournalEntry, Partner, Practitioner
from booking.models.journal import Verb
from calendars.models import Rhythm
from calendars.recurrence import (
    FIRST_YEAR,
    LAST_YEAR,
    PARIS,
    Recurrence,
    first_times,
    in_step,
)
from calendars.rules import as_rule, from_rule

MAX_DAYS = 400

#: The rows that stand behind a rhythm, for whoever reads them together with it.
EVENT: Any = Event
RULE: Any = Rule


@dataclass(frozen=True, slots=True)
class Date:
    """One date of a rhythm: aware instants in Europe/Paris."""

    start: datetime
    end: datetime


def make_event(
    *,
    owner: Partner | Practitioner,
    label: str,
    first_day: date,
    start: time,
    minutes: int,
    recurrence: Recurrence,
    by: access.Actor,
) -> Any:
    """Write an event with its own rule in the owner's calendar. Call inside a transaction, with
    values that `calendars.recurrence` has passed."""
    event = Event(calendar=calendar_of(owner), title=label, creator=by, rule=Rule())
    _write(event, first_day, start, minutes, recurrence)
    return event


def change_event(
    rhythm: Rhythm, *, first_day: date, start: time, minutes: int, recurrence: Recurrence
) -> None:
    """From `first_day` on the rhythm has another form: its earlier dates are rows by then, or never
    will be. The rhythm's own row (minutes, times) is the caller's to save."""
    _write(rhythm.event, first_day, start, minutes, recurrence)


def delete_event(event: Any) -> None:
    """After its rhythm was deleted."""
    event.delete()
    event.rule.delete()


def recurrence_of(rhythm: Rhythm) -> Recurrence:
    """What `make_event` was told. Raises Invalid for a rule that was not made here, which might have
    no end or millions of dates."""
    rule, ends = rhythm.event.rule, rhythm.event.end_recurring_period
    try:
        if rule is None:
            raise ValueError
        days = from_rule(rule.frequency, rule.params)
        if not days.falls_on(first_start(rhythm).date()):
            raise ValueError
    except ValueError:
        raise Invalid(_("This rhythm was not made here: end it and open another one.")) from None
    until = ends and ends.astimezone(PARIS).date() - timedelta(days=1)
    return replace(days, until=until, times=rhythm.times)


def first_start(rhythm: Rhythm) -> datetime:
    """The first date of the rhythm's present form, in Europe/Paris."""
    begins: datetime = rhythm.event.start
    return begins.astimezone(PARIS)


def occurrences(rhythm: Rhythm, start: datetime, end: datetime) -> list[Date]:
    """The rhythm's dates that start in [start, end), in order, until it ends; "n times" is not
    counted here, because a date that is skipped does not count (calendars.wanted).

    The bounds are aware instants in any zone, at most 400 days apart. Raises Invalid for others.
    """
    last = end
    if rhythm.ended_on is not None:
        last = min(end, _midnight(rhythm.ended_on))
        if last <= start:
            return []
    begins = first_start(rhythm)
    how = recurrence_of(rhythm)
    return dates_of(how, begins.date(), begins.time(), rhythm.minutes, start, last)


def dates_of(
    how: Recurrence, first_day: date, start_at: time, minutes: int, start: datetime, end: datetime
) -> list[Date]:
    """As `occurrences`, of a rhythm that is not written yet."""
    first, last = _bounds(start, end)
    ends = min(last, _midnight(how.until + timedelta(days=1))) if how.until else last
    event = _near(how, first_day, start_at, first.date(), ends)
    length = timedelta(minutes=minutes)
    wall_clock = event.get_rrule_object(PARIS).xafter(first.replace(tzinfo=None), inc=True)
    found = []
    for naive in wall_clock:
        begins = naive.replace(tzinfo=PARIS)
        if begins >= ends:  # Its period includes the midnight after its last day.
            break
        found.append(Date(begins, begins + length))
    return found


def calendar_of(owner: Partner | Practitioner) -> Any:
    """Each partner, and each practitioner for openings, has its own. Named by number: the
    library's tables hold no name of anybody. Two who ask at once get the same one."""
    return _calendar(type(owner).__name__.lower(), owner.pk)


def follow(sender: object, entries: list[JournalEntry], **kwargs: Any) -> None:
    """Receiver of booking.journal.written: whoever is new has a calendar from the beginning."""
    for entry in entries:
        if entry.verb == Verb.PARTNER_ADDED and entry.partner_id is not None:
            _calendar("partner", entry.partner_id)
        elif entry.verb == Verb.PRACTITIONER_ADDED:
            _calendar("practitioner", entry.facts["practitioner"])


def _calendar(kind: str, pk: int) -> Any:
    name = f"{kind}-{pk}"
    return Calendar.objects.get_or_create(slug=name, defaults={"name": name})[0]


def _write(event: Any, first_day: date, start: time, minutes: int, how: Recurrence) -> None:
    rule = event.rule
    rule.frequency, rule.params = as_rule(how)
    rule.name, rule.description = rule.params[:32], rule.params
    rule.save()
    event.rule = rule
    event.start, event.end = first_times(how, first_day, start, minutes)
    event.end_recurring_period = how.until and _midnight(how.until + timedelta(days=1))
    event.save()


def _near(how: Recurrence, first_day: date, start: time, day: date, ends: datetime) -> Any:
    """An event that is not saved, with the same dates from `day` on: it begins in the last week or
    month of the rhythm's own step before it."""
    begins = datetime.combine(in_step(how, how.first_on_or_after(first_day), day), start, PARIS)
    frequency, params = as_rule(how)
    rule = Rule(frequency=frequency, params=params)
    return Event(start=begins, end=begins, rule=rule, end_recurring_period=ends)


def _bounds(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    if start.tzinfo is None or end.tzinfo is None:
        raise Invalid(_("The bounds of a window need a time zone."))
    if not all(FIRST_YEAR - 1 <= bound.year <= LAST_YEAR for bound in (start, end)):
        raise Invalid(_("Check the year."))
    first, last = start.astimezone(PARIS), end.astimezone(PARIS)
    if last < first:
        raise Invalid(_("The end comes before the beginning."))
    if last - first > timedelta(days=MAX_DAYS):
        raise Invalid(_("At most %(days)s days at once.") % {"days": MAX_DAYS})
    return first, last


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS)
