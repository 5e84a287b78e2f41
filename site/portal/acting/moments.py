"""Days and hours as one types them in a terminal: ISO 8601, Europe/Paris wall-clock."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.acting.unreadable import Unreadable

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_HOUR = re.compile(r"\d\d:\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[+-]\d\d:\d\d|Z)?")


def day(word: str) -> date:
    try:
        on = date.fromisoformat(_typed(_DAY, word))
    except ValueError:
        raise Unreadable(_("Write a day that exists, like 2026-12-01.")) from None
    _refuse_far(on)
    return on


def hour(word: str) -> time:
    try:
        return time.fromisoformat(_typed(_HOUR, word))
    except ValueError:
        raise Unreadable(_("Write a time of day, like 18:00.")) from None


def moment(word: str) -> datetime:
    """Paris wall-clock; an offset is needed only in the hour that happens twice."""
    try:
        at = datetime.fromisoformat(_typed(_MOMENT, word))
    except ValueError:
        raise Unreadable(_("Write a day and a time in Paris, like 2026-12-01T18:00.")) from None
    _refuse_far(at)
    if at.tzinfo is not None:
        return at
    first, second = (at.replace(tzinfo=timezone.get_default_timezone(), fold=n) for n in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first
    if first.astimezone(UTC).astimezone(first.tzinfo).replace(tzinfo=None) != at:
        raise Unreadable(_("This time does not exist: the clocks skip it that night."))
    both = {"first": first.isoformat("T", "minutes"), "second": second.isoformat("T", "minutes")}
    raise Unreadable(_("This time comes twice that night. Write %(first)s or %(second)s.") % both)


def _refuse_far(day: date) -> None:
    """Raise Unreadable for the years near 1 and 9999, which do not bear a change of zone."""
    if not 1900 <= day.year <= 2100:
        raise Unreadable(_("This year cannot be right. Correct it."))


def _typed(shape: re.Pattern[str], word: str) -> str:
    """Python reads more shapes than are meant here: weeks, days without dashes."""
    if not shape.fullmatch(word):
        raise ValueError(word)
    return word
