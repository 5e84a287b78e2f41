"""When a rhythm comes back, as typed choices, and what is refused. Plain dates, no database.

The clock changes. On the last Sunday of March the hour from 02:00 to 03:00 does not exist, and on
the last Sunday of October it happens twice. A rhythm that touches that hour is refused, and so is
one that runs past midnight: every date then has one start, one end, and the same length.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from booking.errors import Invalid
from calendars.models import MAX_MINUTES, MAX_TIMES

_LONGEST_STEP = 12  # weeks


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


@dataclass(frozen=True)
class Weekly:
    """On these weekdays, every n weeks, for ever, or until a day (included), or n times.

    Weeks begin on Monday and are counted from the week of the first date.
    """

    weekdays: tuple[Weekday, ...]
    every_weeks: int = 1
    until: date | None = None
    times: int | None = None

    def first_on_or_after(self, day: date) -> date:
        return next(
            later
            for later in (day + timedelta(days=n) for n in range(7))
            if Weekday.of(later) in self.weekdays
        )


def refuse_odd_weekly(weekly: Weekly, first_day: date) -> None:
    if not weekly.weekdays:
        raise Invalid(_("Choose at least one day of the week."))
    if not 1 <= weekly.every_weeks <= _LONGEST_STEP:
        raise Invalid(_("Every 1 to %(most)s weeks.") % {"most": _LONGEST_STEP})
    if weekly.until is not None and weekly.times is not None:
        raise Invalid(_("Choose an end date or a number of times, not both."))
    if weekly.until is not None and weekly.until < weekly.first_on_or_after(first_day):
        raise Invalid(_("The end date comes before the first date."))
    if weekly.times is not None and not 1 <= weekly.times <= MAX_TIMES:
        raise Invalid(_("From 1 to %(most)s times.") % {"most": MAX_TIMES})


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
    if not 5 <= slot_minutes <= minutes or gap_minutes < 0:
        raise Invalid(_("A slot lasts at least 5 minutes and fits in the opening."))
