"""Dates and times as people in France type them. Pure.

Days and hours are Europe/Paris wall-clock; an instant comes out aware.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from booking.identity import fold
from booking.imports.errors import Unreadable

PARIS: Final = ZoneInfo("Europe/Paris")
#: (choice) The hour of a session whose file gives only the day.
UNKNOWN_HOUR: Final = time(9)

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan",
            "fevrier fevr fev",
            "mars mar",
            "avril avr",
            "mai",
            "juin",
            "juillet juil jui",
            "aout aou",
            "septembre sept sep",
            "octobre oct",
            "novembre nov",
            "decembre dec",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAY = r"(?:(?:lun|mar|mer|jeu|ven|sam|dim)[a-z]*\.?,?\s+)?"
_NUMBERS: Final = re.compile(
    rf"{_WEEKDAY}(\d{{1,2}})\s*[/.\-]\s*(\d{{1,2}})\s*[/.\-]\s*(\d+)", re.IGNORECASE
)
_WORDS: Final = re.compile(
    rf"{_WEEKDAY}(\d{{1,2}})\s*(?:er\b)?[\s\-]*([^\W\d_]+)\.?[\s\-]*(\d+)", re.IGNORECASE
)
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
# A time of day behind a date: "09:00", "à 9h30", "T09:00:00", "9 h", "09h00 - 10h30" (its start).
_TIME: Final = re.compile(
    r"(?:à|a|de|t)?\s*(\d{1,2})\s*(?:[h:]\s*(\d{2})?(?::\d{2})?)(?:\s*(?:-|à|a)\s*\d{1,2}[h:]\d{0,2})?",
    re.IGNORECASE,
)

_NOT_A_DATE = _("This is not a date. Write it like 13/12/2020.")
_NO_SUCH_DAY = _("This day does not exist in the calendar. Correct it.")
_NO_SUCH_TIME = _("This is not a time of day. Write it like 09:30.")


def day(text: str, *, until: int) -> date:
    """A date. A year of two digits is the latest one that is not after the year `until`.

    Raises Unreadable.
    """
    found, rest = _split(text, until)
    # A spreadsheet may add the hour to a date of birth; only the day counts here.
    if rest and not _TIME.fullmatch(rest):
        raise Unreadable(_NOT_A_DATE)
    return found


def moment(text: str, *, until: int) -> tuple[datetime, bool]:
    """When a session started, and whether the file gives its hour. Raises Unreadable."""
    found, rest = _split(text, until)
    at = clock(rest) if rest else None
    local = datetime.combine(found, at or UNKNOWN_HOUR, tzinfo=PARIS)
    back = local.astimezone(UTC).astimezone(PARIS)
    if back.replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Unreadable(_("The clocks skip this time on that day. Correct it."))
    # 00:00 is what a spreadsheet adds to a day that has no hour.
    if at == time(0):
        return datetime.combine(found, UNKNOWN_HOUR, tzinfo=PARIS), False
    return local, at is not None


def clock(text: str) -> time:
    """A time of day: "09:00", "9h30", "9 h", "à 18h". Raises Unreadable."""
    match = _TIME.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError
        return time(int(match[1]), int(match[2] or 0))
    except ValueError:
        raise Unreadable(_NO_SUCH_TIME) from None


def _split(text: str, until: int) -> tuple[date, str]:
    """The date at the start, and what follows it."""
    text = text.strip()
    if match := _ISO.match(text):
        year, month, dom = match[1], int(match[2]), int(match[3])
    elif match := _NUMBERS.match(text):
        dom, month, year = int(match[1]), int(match[2]), match[3]
    elif match := _WORDS.match(text):
        dom, month, year = int(match[1]), _MONTHS.get(fold(match[2]), 0), match[3]
        if not month:
            raise Unreadable(_NOT_A_DATE)
    else:
        raise Unreadable(_NOT_A_DATE)
    if len(year) not in {2, 4}:
        raise Unreadable(_NOT_A_DATE)
    try:
        found = date(_year(year, until), month, dom)
    except ValueError:
        raise Unreadable(_NO_SUCH_DAY) from None
    if not 1900 <= found.year <= 2100:
        raise Unreadable(_("This year cannot be right. Correct it."))
    return found, text[match.end() :].strip(" ,")


def _year(digits: str, until: int) -> int:
    if len(digits) == 4:
        return int(digits)
    century = until - until % 100
    year = century + int(digits)
    return year if year <= until else year - 100
