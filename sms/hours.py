"""When a text may leave, in Europe/Paris wall-clock. No database."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from sms.models import Step
from sms.policies import Rules, network_rules

PARIS = ZoneInfo("Europe/Paris")
#: Sundays and public holidays too (domain.md): these cannot wait for a working day, and an answer
#: goes to somebody who has just written.
ANY_DAY = frozenset({Step.DAY1, Step.CANCELLED, Step.CHANGED, Step.ANSWER})


def paris_day(moment: datetime) -> date:
    return moment.astimezone(PARIS).date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The instants at which this Paris day begins and ends: 23 to 25 hours apart."""
    start = datetime.combine(day, time.min, PARIS)
    return start, datetime.combine(day + timedelta(days=1), time.min, PARIS)


def reminder_moment(starts_at: datetime, *, days_before: int, at: time) -> datetime:
    return datetime.combine(paris_day(starts_at) - timedelta(days=days_before), at, PARIS)


def opening_of(day: date, rules: Rules) -> datetime:
    """When the first text of this Paris day may leave, if one may on such a day."""
    return datetime.combine(day, rules.opens, PARIS)


@cache
def _public_holidays() -> holidays.HolidayBase:
    return holidays.country_holidays("FR")


def is_day_of_rest(day: date) -> bool:
    """A Sunday or a French public holiday."""
    return day.weekday() == 6 or day in _public_holidays()


def within(moment: datetime, rules: Rules) -> bool:
    """Whether texts leave at this time of the day."""
    return rules.opens <= moment.astimezone(PARIS).time() < rules.closes


def next_opening(moment: datetime, *, any_day: bool, rules: Rules | None = None) -> datetime:
    """The first instant from `moment` on at which a text may leave: `moment` itself when it may.

    Within the hours of these rules (the network's, unless told); on days of rest only with `any_day`
    (domain.md: D-1, changes and cancellations), unless the rules keep none.
    """
    rules = rules or network_rules()
    any_day = any_day or not rules.rest_days
    local = moment.astimezone(PARIS)
    day, at = local.date(), local.time()
    if at >= rules.closes:
        day, at = day + timedelta(days=1), time.min
    while not any_day and is_day_of_rest(day):
        day, at = day + timedelta(days=1), time.min
    if day == local.date() and at >= rules.opens:
        return moment
    return datetime.combine(day, max(at, rules.opens), PARIS)


def closing(moment: datetime, rules: Rules) -> datetime:
    """The end of the hours of this Paris day."""
    return datetime.combine(paris_day(moment), rules.closes, PARIS)


def opening_after(day: date, *, any_day: bool, rules: Rules | None = None) -> datetime:
    """The first opening on a later day than this one."""
    return next_opening(day_bounds(day)[1], any_day=any_day, rules=rules)
