"""A rhythm as people say it: “Le mardi à 18 h, toutes les semaines, 10 fois”."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from booking.errors import Invalid
from calendars.models import Closure, Rhythm, Why
from calendars.recurrence import Nth, Recurrence, Weekday
from calendars.rhythms import first_start, recurrence_of
from calendars.skipping import reason
from portal import wording

_EACH: Final[dict[Weekday, Promise]] = {
    Weekday.MONDAY: pgettext_lazy("each week", "on Mondays"),
    Weekday.TUESDAY: pgettext_lazy("each week", "on Tuesdays"),
    Weekday.WEDNESDAY: pgettext_lazy("each week", "on Wednesdays"),
    Weekday.THURSDAY: pgettext_lazy("each week", "on Thursdays"),
    Weekday.FRIDAY: pgettext_lazy("each week", "on Fridays"),
    Weekday.SATURDAY: pgettext_lazy("each week", "on Saturdays"),
    Weekday.SUNDAY: pgettext_lazy("each week", "on Sundays"),
}
_OF_THE_MONTH: Final[dict[Nth, Promise]] = {
    Nth.FIRST: gettext_lazy("on the first %(weekday)s of the month"),
    Nth.SECOND: gettext_lazy("on the second %(weekday)s of the month"),
    Nth.THIRD: gettext_lazy("on the third %(weekday)s of the month"),
    Nth.FOURTH: gettext_lazy("on the fourth %(weekday)s of the month"),
    Nth.LAST: gettext_lazy("on the last %(weekday)s of the month"),
}
_WORKING = tuple(Weekday)[:5]


def words(rhythm: Rhythm) -> str:
    """No query when the event and its rule were read with the rhythm. One that was not made here
    says so instead."""
    try:
        how = recurrence_of(rhythm)
    except Invalid as refusal:
        return str(refusal)
    return say(how, first_start(rhythm).time(), _ends(rhythm))


def say(how: Recurrence, start: time, end: time | None = None) -> str:
    """`end` of an opening; a session's length is said elsewhere."""
    hours = {"start": wording.hour(start), "end": wording.hour(end or start)}
    when = (
        _("from %(start)s to %(end)s") % hours
        if end
        else _("at %(hour)s") % {"hour": hours["start"]}
    )
    parts = [f"{_days(how)} {when}", _step(how), _end(how)]
    return ", ".join(part for part in parts if part)


def odd(why: str, name: str) -> str:
    """Why a date is not as usual, within a line: “Lundi de Pâques”; the name alone where it says
    enough, and none of an absence."""
    if why == Why.ABSENCE:
        return str(Why.ABSENCE.label)
    if name and why in (Why.PUBLIC_HOLIDAY, Why.SCHOOL_HOLIDAY, Why.CLOSURE):
        return name
    return str(reason(why, name)).rstrip(".")


def lasts(closure: Closure) -> str:
    """“du lundi 9 au dimanche 22 mars”; with its hours when it is not of whole days."""
    first, last = (timezone.localtime(one) for one in (closure.starts_at, closure.ends_at))
    midnight = time()
    if (first.time(), last.time()) == (midnight, midnight):
        until = last.date() - timedelta(days=1)
        if until == first.date():
            return wording.day(first)
        days = {"first": wording.brief(first), "last": wording.brief(until)}
        return _("from %(first)s to %(last)s") % days
    if last == _next_midnight(first):
        said = _("from %(hour)s on") % {"hour": wording.hour(first)}
        return f"{wording.day(first)}, {said}"
    if first.date() == last.date():
        hours = {"start": wording.hour(first), "end": wording.hour(last)}
        said = _("from %(start)s to %(end)s") % hours
        return f"{wording.day(first)}, {said}"
    moments = {"first": wording.moment(first), "last": wording.moment(last)}
    return _("from %(first)s to %(last)s") % moments


def ready_until(rhythm: Rhythm) -> date | None:
    """The last day whose dates are published; None when none is, or when it was ended."""
    if rhythm.published_until is None or rhythm.ended_on is not None:
        return None
    return timezone.localdate(rhythm.published_until - datetime.resolution)


def treatments(rhythm: Rhythm) -> list[tuple[str, str]]:
    """What becomes of days that are not like the others, one line each."""
    return [
        (_("on a public holiday"), rhythm.get_public_holidays_display()),
        (_("in the school holidays"), rhythm.get_school_holidays_display()),
        (_("on a Saturday or Sunday"), rhythm.get_weekends_display()),
        (_("when something is closed"), rhythm.get_closures_display()),
    ]


def _next_midnight(moment: datetime) -> datetime:
    return timezone.make_aware(datetime.combine(moment.date() + timedelta(days=1), time()))


def _days(how: Recurrence) -> str:
    if how.month_day == -1:
        return _("on the last day of the month")
    if how.month_day is not None:
        day = pgettext("first day of a month", "1") if how.month_day == 1 else str(how.month_day)
        return _("on day %(day)s of the month") % {"day": day}
    days = [day for day in Weekday if day in how.weekdays]
    if how.nth is not None:
        return str(_OF_THE_MONTH[how.nth]) % {"weekday": days[0].label}
    if tuple(days) == _WORKING:
        return _("from Monday to Friday")
    return wording.several([str(_EACH[day]) for day in days])


def _step(how: Recurrence) -> str:
    if not how.monthly:
        return ngettext("every week", "every %(count)s weeks", how.every) % {"count": how.every}
    if how.every == 1:
        return ""  # “of the month” says it.
    return ngettext("every month", "every %(count)s months", how.every) % {"count": how.every}


def _end(how: Recurrence) -> str:
    if how.times is not None:
        return ngettext("once", "%(count)s times", how.times) % {"count": how.times}
    if how.until is not None:
        return _("until %(day)s") % {"day": wording.day(how.until, weekday=False)}
    return ""


def _ends(rhythm: Rhythm) -> time | None:
    if rhythm.slot_minutes is None:
        return None
    begins = first_start(rhythm)
    # On the wall clock: no rhythm goes past midnight, nor through the hour of a clock change.
    return (
        datetime.combine(begins.date(), begins.time()) + timedelta(minutes=rhythm.minutes)
    ).time()
