"""How days, hours and lists of them are said in the languages of texts. The door to Babel.

Babel knows the names of days and months. Its own formats put commas and leading zeros where a text
has no room, so the shapes stand here. Time is always of 24 hours; dates are Europe/Paris.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from babel import Locale

from booking.models.language import Language
from sms.hours import PARIS, paris_day

#: Around Latin words in a text that runs from right to left: without it a telephone shows its
#: groups of digits in the wrong order, and a street its number at the wrong end.
_LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT MARK}"


@dataclass(frozen=True, slots=True)
class Speech:
    """`of` stands between a day and its month, `before_last` between the last two of a list, `both`
    between two days that both count, `mark` between hours and minutes."""

    locale: str
    at: str
    to: str
    before_last: str
    both: str
    tomorrow: str
    today: str
    first: str
    of: str = " "
    comma: str = ", "
    mark: str = ":"
    first_of_month: str = "1"
    at_number: str = ""
    at_name: str = ""
    gsm: bool = True
    rightward: bool = True

    @property
    def most_segments(self) -> int:
        """What one text may cost: 306 characters of GSM, 268 where each letter takes two octets."""
        return 2 if self.gsm else 4

    def day(self, day: date) -> str:
        """mardi 14; vendredi 1er"""
        number = self.first_of_month if day.day == 1 else str(day.day)
        return f"{_days(self.locale)[day.weekday()]} {number}"

    def dated(self, day: date) -> str:
        """mardi 14 avril"""
        return f"{self.day(day)}{self.of}{_months(self.locale)[day.month]}"

    def hour(self, moment: datetime) -> str:
        """9h00, 18:30"""
        local = moment.astimezone(PARIS)
        return f"{local.hour}{self.mark}{local.minute:02d}"

    def when(self, moment: datetime) -> str:
        """mardi 14 avril à 18h00"""
        return f"{self.dated(paris_day(moment))} {self.at}{self.hour(moment)}"

    def dates(self, moments: Sequence[datetime]) -> str:
        """mardi 14 avril à 9h00 et à 14h00; mardi 14, mardi 21 et mardi 28 avril à 18h00"""
        hours: dict[date, list[str]] = defaultdict(list)
        for moment in sorted(moments):
            hours[paris_day(moment)].append(f"{self.at}{self.hour(moment)}")
        each_day = {day: self.listed(said) for day, said in hours.items()}
        if len(set(each_day.values())) == 1:
            return f"{self.days(list(each_day))} {next(iter(each_day.values()))}"
        return self.listed([f"{self.dated(day)} {said}" for day, said in each_day.items()])

    def days(self, days: Sequence[date], *, before_last: str = "") -> str:
        """jeudi 16 et vendredi 17 avril; jeudi 30 avril et vendredi 1er mai"""
        following = [*days[1:], None]
        said = [
            self.day(day)
            if after is not None and (day.year, day.month) == (after.year, after.month)
            else self.dated(day)
            for day, after in zip(days, following, strict=True)
        ]
        return self.listed(said, before_last=before_last)

    def listed(self, items: Sequence[str], *, before_last: str = "") -> str:
        if len(items) < 2:
            return "".join(items)
        return self.comma.join(items[:-1]) + (before_last or self.before_last) + items[-1]

    def near(self, moment: datetime, now: datetime) -> str:
        """demain, aujourd'hui, or nothing: a reminder that was held up overnight must not say
        "tomorrow" of today."""
        ahead = paris_day(moment) - paris_day(now)
        if ahead == timedelta(days=1):
            return self.tomorrow
        return "" if ahead else self.today

    def everything(self) -> list[str]:
        """Each word that it may put into a text."""
        names = [*_days(self.locale), *_months(self.locale), self.tomorrow, self.today, self.first]
        around = [self.at, self.to, self.before_last, self.both, self.of, self.mark]
        return [*names, *around, self.first_of_month, self.at_number, self.at_name]

    def latin(self, text: str) -> str:
        """A place or a number, as it is written, whichever way the text around it runs."""
        return text if self.rightward or not text else _LEFT_TO_RIGHT + text + _LEFT_TO_RIGHT


@cache
def _days(locale: str) -> tuple[str, ...]:
    names = Locale.parse(locale).days["format"]["wide"]
    return tuple(names[number] for number in range(7))


@cache
def _months(locale: str) -> tuple[str, ...]:
    names = Locale.parse(locale).months["format"]["wide"]
    return ("", *(names[number] for number in range(1, 13)))


SPEECHES: dict[str, Speech] = {
    Language.FRENCH: Speech(
        "fr", "à ", " à ", " et ", " ET ", "demain", "aujourd'hui", "le premier",
        mark="h", first_of_month="1er", at_number="au ", at_name="ici : ",
    ),
    Language.ENGLISH: Speech(
        "en_GB", "at ", " to ", " and ", " AND ", "tomorrow", "today", "the first on"
    ),
    Language.ARABIC: Speech(
        "ar", "الساعة ", " إلى ", " و", " و", "غدا", "اليوم", "أولها",
        comma="، ", gsm=False, rightward=False,
    ),
    Language.PORTUGUESE: Speech(
        "pt_PT", "às ", " às ", " e ", " E ", "amanhã", "hoje", "a primeira", of=" de "
    ),
    Language.ROMANIAN: Speech(
        "ro", "la ", " - ", " și ", " ȘI ", "mâine", "astăzi", "prima"
    ),
    Language.SPANISH: Speech(
        "es", "a las ", " a ", " y ", " Y ", "mañana", "hoy", "la primera", of=" de "
    ),
    Language.TAMIL: Speech(
        "ta", "", " - ", ", ", ", ", "நாளை", "இன்று", "முதலாவது", gsm=False
    ),
}  # fmt: skip


def speech(language: str) -> Speech:
    return SPEECHES[language]
