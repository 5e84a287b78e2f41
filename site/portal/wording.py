"""Days and hours as people in the reader's language write them. All in Europe/Paris."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from django.utils import dateformat, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext


def day(value: date | datetime, *, weekday: bool = True, today: date | None = None) -> str:
    """“mardi 14 avril”; with its year when that is not this year: “mardi 1er avril 2025”."""
    local = _local_date(value)
    parts = {
        "weekday": dateformat.format(local, "l"),
        "day": _number(local),
        "month": dateformat.format(local, "F"),
        "year": str(local.year),
    }
    this_year = local.year == (today or timezone.localdate()).year
    if weekday:
        text = (
            _("%(weekday)s %(day)s %(month)s")
            if this_year
            else (_("%(weekday)s %(day)s %(month)s %(year)s"))
        )
    else:
        text = _("%(day)s %(month)s") if this_year else _("%(day)s %(month)s %(year)s")
    return text % parts


def brief(value: date | datetime, *, month: bool = True) -> str:
    """“mar. 14 avr.”; without its month: “mar. 14”."""
    local = _local_date(value)
    # U+00A0: a short date stays on one line.
    said = f"{short_weekday(local)}\u00a0{_number(local)}"
    return f"{said}\u00a0{dateformat.format(local, 'N')}" if month else said


def short_weekday(value: date) -> str:
    """“mar.”."""
    return pgettext("short weekday", "%(weekday)s") % {"weekday": dateformat.format(value, "D")}


def hour(value: datetime | time) -> str:
    """As prose has it: “18 h”, “9 h 30”. A column of times is better written 09:30. A time alone is
    Paris wall-clock."""
    local = value if isinstance(value, time) else timezone.localtime(value)
    parts = {"hour": str(local.hour), "minute": f"{local.minute:02d}"}
    if local.minute == 0:
        return pgettext("on the hour", "%(hour)s:00") % parts
    return pgettext("hour and minute", "%(hour)s:%(minute)s") % parts


def moment(value: datetime) -> str:
    """“mardi 14 avril à 18 h”."""
    return _("%(day)s at %(hour)s") % {"day": day(value), "hour": hour(value)}


def coming(value: datetime, *, now: datetime) -> str:
    """“à 18 h” for later today, “mardi 14 avril à 18 h” for another day."""
    if _local_date(value) == _local_date(now):
        return _("at %(hour)s") % {"hour": hour(value)}
    return moment(value)


def duration(start: datetime, end: datetime) -> str:
    return length(int((end - start).total_seconds()) // 60)


def length(total: int) -> str:
    """Of so many minutes: “45 min”, “2 h”, “1 h 30”."""
    hours, minutes = divmod(total, 60)
    parts = {"hours": hours, "minutes": minutes, "padded": f"{minutes:02d}"}
    if not hours:
        return pgettext("duration", "%(minutes)s min") % parts
    if not minutes:
        return pgettext("duration", "%(hours)s h") % parts
    return pgettext("duration", "%(hours)s h %(padded)s") % parts


def sittings(count: int, first: date, last: date) -> str:
    """What a course or a closed group consists of: “2 jours : jeu. 16 et ven. 17”."""
    if count == 2 and first != last:
        same_month = (first.year, first.month) == (last.year, last.month)
        return _("2 days: %(first)s and %(last)s") % {
            "first": brief(first, month=not same_month),
            "last": brief(last, month=not same_month),
        }
    return ngettext(
        "%(count)s session, until %(last)s", "%(count)s sessions, until %(last)s", count
    ) % {"count": count, "last": brief(last)}


def several(items: Sequence[str]) -> str:
    """“lundi”, “lundi et jeudi”, “lundi, mardi et jeudi”."""
    if len(items) < 2:
        return "".join(items)
    return _("%(some)s and %(last)s") % {"some": ", ".join(items[:-1]), "last": items[-1]}


def quarter(first_day: date) -> str:
    """“1er trimestre 2021”."""
    return [
        _("1st quarter %(year)s"),
        _("2nd quarter %(year)s"),
        _("3rd quarter %(year)s"),
        _("4th quarter %(year)s"),
    ][(first_day.month - 1) // 3] % {"year": first_day.year}


def _number(value: date) -> str:
    """“1er”, “2”."""
    return pgettext("first day of a month", "1") if value.day == 1 else str(value.day)


def _local_date(value: date | datetime) -> date:
    return timezone.localdate(value) if isinstance(value, datetime) else value
