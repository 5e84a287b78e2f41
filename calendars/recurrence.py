"""When a rhythm comes back, as typed choices, and what is refused. Plain dates, no database.

The clock changes. On the last Sunday of March the hour from 02:00 to 03:00 does not exist, and on
the last Sunday of October it happens twice. A rhythm that touches that hour is refused, and so is
one that runs past midnight: every date then has one start, one end, and the same length.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from booking.errors import Invalid
from calendars.models import MAX_MINUTES, MAX_TIMES

PARIS = ZoneInfo("Europe/Paris")
_LONGEST_STEP = 12  # weeks, or months
_LAST_DAY = -1
FIRST_YEAR, LAST_YEAR = 2000, 2100


class Weekday(models.TextChoices):
    MONDAY = "MO", _("Monday")
    TUESDAY = "TU", _("Tuesday")
    WEDNESDAY = "WE", _("Wednesday")
    THURSDAY = "TH", _("Thursday")
    FRIDAY = "FR", _("Friday")
    SATURDAY = "SA", _("Saturday")
    SUNDAY = "SU", _("Sunday")

    @classmethod
    def of(cls, day: date) -> Weekday:
        return list(cls)[day.weekday()]


class Nth(models.IntegerChoices):
    """Which one in the month."""

    FIRST = 1, _("first")
    SECOND = 2, _("second")
    THIRD = 3, _("third")
    FOURTH = 4, _("fourth")
    LAST = -1, _("last")


@dataclass(frozen=True)
class Recurrence:
    """For ever, or until a day (included), or n times:

    - on these weekdays, every n weeks; weeks begin on Monday and are counted from the first date's;
    - with `month_day`, on that day of every n-th month, -1 being its last; a month that has no such
      day (the 31st) has no date;
    - with `nth` and exactly one weekday, on the first to fourth or last such day of every n-th month.
    """

    weekdays: tuple[Weekday, ...] = ()
    every: int = 1
    month_day: int | None = None
    nth: Nth | None = None
    until: date | None = None
    times: int | None = None

    @property
    def monthly(self) -> bool:
        return self.month_day is not None or self.nth is not None

    def falls_on(self, day: date) -> bool:
        """Whether the day is one of those named, whatever week or month it is in."""
        if self.month_day is not None:
            return day.day == self.month_day or (
                self.month_day == _LAST_DAY and (day + timedelta(days=1)).day == 1
            )
        if Weekday.of(day) not in self.weekdays:
            return False
        if self.nth == Nth.LAST:
            return (day + timedelta(days=7)).month != day.month
        return self.nth is None or (day.day - 1) // 7 + 1 == self.nth

    def first_on_or_after(self, day: date) -> date:
        """Raises Invalid when there is none within a year: the 31st of every twelfth month."""
        found = (later for later in (day + timedelta(days=n) for n in range(366)))
        for later in found:
            if self.falls_on(later):
                return later
        raise Invalid(_("There is no such day within a year."))


def in_step(how: Recurrence, first: date, day: date) -> date:
    """A day from which the recurrence may be counted as well as from `first`, its first date, for
    every date from `day` on: the Monday of a week, or the first of a month, in which it takes place."""
    if how.monthly:
        months = (day.year - first.year) * 12 + day.month - first.month
        months -= months % how.every
        if months <= 0:
            return first
        years, month = divmod(first.month - 1 + months, 12)
        return date(first.year + years, month + 1, 1)
    monday = first - timedelta(days=first.weekday())
    weeks = (day - monday).days // 7
    weeks -= weeks % how.every
    return first if weeks <= 0 else monday + timedelta(weeks=weeks)


def refuse_odd_recurrence(how: Recurrence, first_day: date) -> None:
    """Raise Invalid for what is no recurrence, or one that cannot be expanded."""
    refuse_odd_days(how)
    if how.until is not None and how.times is not None:
        raise Invalid(_("Choose an end date or a number of times, not both."))
    if how.times is not None and not 1 <= how.times <= MAX_TIMES:
        raise Invalid(_("From 1 to %(most)s times.") % {"most": MAX_TIMES})
    for day in (first_day, how.until):
        if day is not None and not FIRST_YEAR <= day.year < LAST_YEAR:
            raise Invalid(_("Check the year."))
    first = how.first_on_or_after(first_day)
    if how.until is not None and how.until < first:
        raise Invalid(_("The end date comes before the first date."))
    if how.times is not None and first.year + _years(how, how.times) >= LAST_YEAR:
        raise Invalid(_("That would go on beyond the year %(year)s.") % {"year": LAST_YEAR})


def _years(how: Recurrence, times: int) -> int:
    """About how many years so many dates take."""
    if how.monthly:
        return times * how.every // 12
    return times * how.every // (52 * len(set(how.weekdays)))


def refuse_odd_days(how: Recurrence) -> None:
    """The part of it that is not about the first and the last date."""
    if not 1 <= how.every <= _LONGEST_STEP:
        raise Invalid(_("Every 1 to %(most)s weeks or months.") % {"most": _LONGEST_STEP})
    if how.month_day is not None:
        if how.weekdays or how.nth is not None:
            raise Invalid(_("Choose a day of the month, or days of the week, not both."))
        if not (1 <= how.month_day <= 31 or how.month_day == _LAST_DAY):
            raise Invalid(_("A day of the month is from 1 to 31, or the last."))
    elif not how.weekdays:
        raise Invalid(_("Choose at least one day of the week."))
    elif how.nth is not None and len(how.weekdays) != 1:
        raise Invalid(_("Choose one day of the week: the last Friday, for example."))


def first_times(
    how: Recurrence, first_day: date, start: time, minutes: int
) -> tuple[datetime, datetime]:
    """When the first date, or the first slot of an opening, takes place: aware instants."""
    begins = datetime.combine(how.first_on_or_after(first_day), start, PARIS)
    return begins, begins + timedelta(minutes=minutes)


def refuse_odd_hours(
    start: time,
    minutes: int,
    slot_minutes: int | None,
    gap_minutes: int,
) -> None:
    begins = start.hour * 60 + start.minute
    if start.tzinfo is not None or start.second or start.microsecond:
        raise Invalid(_("A start is hours and minutes of Paris time."))
    if minutes < 5 or begins + minutes > MAX_MINUTES:
        raise Invalid(_("From 5 minutes on, and not past midnight."))
    if begins < 3 * 60 and begins + minutes > 2 * 60:
        raise Invalid(_("Not between 2:00 and 3:00: the clock change takes or repeats that hour."))
    if slot_minutes is None:
        if gap_minutes:
            raise Invalid(_("A pause between slots needs the length of a slot."))
        return
    if not 5 <= slot_minutes <= minutes or not 0 <= gap_minutes <= MAX_MINUTES:
        raise Invalid(_("A slot lasts at least 5 minutes and fits in the opening."))
