"""The dates of one rhythm as its page shows them: by month, a line for each day, an opening's slots
side by side. Values in, values out: no query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils import dateformat, timezone
from django.utils.translation import gettext as _

from booking.models import Session
from calendars.dates import begins
from calendars.models import Rhythm, RhythmDate, Why
from calendars.queries.at_a_glance import odd_list
from portal import rhythm_words, wording


@dataclass(frozen=True)
class Day:
    rhythm: Rhythm
    #: Of an opening one for each slot, or one for all of them when the day is skipped.
    rows: Sequence[RhythmDate]

    @property
    def starts_at(self) -> datetime:
        """When the first of it is: a date that was moved stands at its new day."""
        return min((one.starts_at for one in self.held), default=begins(self.rows[0]))

    @property
    def slots(self) -> list[Session]:
        return [row.session for row in self.rows if row.session is not None]

    @property
    def held(self) -> list[Session]:
        return [session for session in self.slots if not session.cancelled]

    @property
    def taken(self) -> int:
        return sum(getattr(one, "taken", 0) for one in self.held)

    @property
    def waiting(self) -> int:
        return sum(getattr(one, "held", 0) for one in self.held)

    @property
    def capacity(self) -> int:
        return sum(one.capacity for one in self.held)

    @property
    def refused(self) -> bool:
        return any(row.why == Why.REFUSED for row in self.rows)

    @property
    def reason(self) -> str:
        """Against the day, if anything is; why it is none, if it is none."""
        odd = next((row for row in self.rows if row.why), None)
        return rhythm_words.odd(odd.why, odd.name) if odd else ""

    @property
    def to_settle(self) -> bool:
        return any(
            odd_list(self.rhythm, row) == "to_settle"
            for row in self.rows
            if row.why and row.session is not None and not row.session.cancelled
        )

    @property
    def notes(self) -> list[str]:
        """What was decided for this date alone."""
        said = []
        for row in self.rows:
            if row.session is None or row.session.cancelled:
                continue
            if row.own_time and row.session.starts_at != begins(row):
                was = {"moment": wording.moment(begins(row))}
                said.append(_("instead of %(moment)s") % was)
            if row.own_place and row.session.venue is not None:
                said.append(_("in another place: %(place)s") % {"place": _place(row.session)})
            if row.own_leaders:
                said.append(_("led by somebody else"))
            if row.own_seats:
                said.append(_("with another number of seats"))
        return list(dict.fromkeys(said))


@dataclass(frozen=True)
class Month:
    name: str
    days: list[Day]


def by_month(rhythm: Rhythm, rows: Iterable[RhythmDate]) -> list[Month]:
    """The rows in any order, each with its session if it has one."""
    ordered = sorted(rows, key=lambda row: (row.day, row.start))
    days = [Day(rhythm, list(group)) for _day, group in groupby(ordered, key=lambda row: row.day)]
    days.sort(key=lambda day: day.starts_at)
    months = groupby(days, key=lambda day: timezone.localdate(day.starts_at).replace(day=1))
    return [Month(_name(first), list(group)) for first, group in months]


def _name(first: date) -> str:
    """“novembre 2026”."""
    return dateformat.format(first, "F Y")


def _place(session: Session) -> str:
    venue = session.venue
    if venue is None:
        return ""
    return f"{venue.room}, {venue.city}" if venue.room else f"{venue.name}, {venue.city}"
