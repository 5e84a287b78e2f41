"""A recurrence in the words of django-scheduler's rules, and back. Written from typed choices, never
from text that somebody typed; read back only when it is to the letter what would be written.

Given weekdays as numbers, the library (version 0.12) drops all but the start's own; given letters, it
keeps them. It does not know "-1FR": it takes the weekday and drops the number, so the last Friday
is the last of the Fridays (`bysetpos`).
"""

from __future__ import annotations

import re

from booking.errors import Invalid
from calendars.recurrence import Nth, Recurrence, Weekday, refuse_odd_days

_PARAMS = re.compile(
    r"interval:(?P<every>\d\d?)"
    r"(?:;byweekday:(?P<weekdays>[A-Z]{2}(?:,[A-Z]{2})*))?"
    r"(?:;bymonthday:(?P<month_day>-?\d\d?))?"
    r"(?:;bysetpos:(?P<nth>-?\d))?"
)


def as_rule(how: Recurrence) -> tuple[str, str]:
    """Frequency and parameters. No `count`: the library would count the dates that we skip. No end:
    that is the event's."""
    params = [f"interval:{how.every}"]
    if how.month_day is not None:
        params.append(f"bymonthday:{how.month_day}")
    else:
        params.append("byweekday:" + ",".join(day for day in Weekday if day in how.weekdays))
    if how.nth is not None:
        params.append(f"bysetpos:{how.nth.value}")
    return ("MONTHLY" if how.monthly else "WEEKLY"), ";".join(params)


def from_rule(frequency: str, params: str) -> Recurrence:
    """Without its end, which is the event's. Raises ValueError for what `as_rule` does not write."""
    said = _PARAMS.fullmatch(params)
    if said is None:
        raise ValueError(params)
    days, month_day, nth = said["weekdays"], said["month_day"], said["nth"]
    found = Recurrence(
        weekdays=tuple(Weekday(day) for day in days.split(",")) if days else (),
        every=int(said["every"]),
        month_day=int(month_day) if month_day else None,
        nth=Nth(int(nth)) if nth else None,
    )
    try:
        refuse_odd_days(found)
    except Invalid as odd:
        raise ValueError(params) from odd
    if as_rule(found) != (frequency, params):
        raise ValueError(params)
    return found
