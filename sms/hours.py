"""When a text may leave, in Europe/Paris wall-clock. No database."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
from django.conf import settings

PARIS = ZoneInfo("Europe/Paris")
#: Reminders leave in the morning: time enough to call back.
REMINDER_TIME = time(9, 0)


def paris_day(moment: datetime) -> date:
    return moment.astimezone(PARIS).date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The instants at which this Paris day begins and ends: 23 to 25 hours apart."""
    start = datetime.combine(day, time.min, PARIS)
    return start, datetime.combine(day + timedelta(days=1), time.min, PARIS)


def reminder_moment(starts_at: datetime, *, days_before: int) -> datetime:
    return datetime.combine(
        paris_day(starts_at) - timedelta(days=days_before), REMINDER_TIME, PARIS
    )


@cache
def _public_holidays() -> holidays.HolidayBase:
    return holidays.country_holidays("FR")


def is_day_of_rest(day: date) -> bool:
    """A Sunday or a French public holiday."""
    return day.weekday() == 6 or day in _public_holidays()


def next_opening(moment: datetime, *, any_day: bool) -> datetime:
    """The first instant from `moment` on at which a text may leave: `moment` itself when it may.

    Within settings.SMS_HOURS; on days of rest only with `any_day` (domain.md: D-1, changes and
    cancellations), unless settings.SMS_REST_DAYS says that there are none.
    """
    any_day = any_day or not settings.SMS_REST_DAYS
    opens, closes = settings.SMS_HOURS
    local = moment.astimezone(PARIS)
    day, at = local.date(), local.time()
    if at >= closes:
        day, at = day + timedelta(days=1), time.min
    while not any_day and is_day_of_rest(day):
        day, at = day + timedelta(days=1), time.min
    if day == local.date() and at >= opens:
        return moment
    return datetime.combine(day, max(at, opens), PARIS)


def opening_after(day: date, *, any_day: bool) -> datetime:
    """The first opening on a later day than this one."""
    return next_opening(day_bounds(day)[1], any_day=any_day)
