"""What a rhythm says, or would say, from one day on. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from booking.models import Practitioner, Service
from calendars.models import Closure, Rhythm
from calendars.recurrence import PARIS, Recurrence
from calendars.rhythms import dates_of, first_start, recurrence_of
from calendars.skipping import Judge
from calendars.wanted import Day, wanted_days


@dataclass(frozen=True)
class Form:
    #: With the new values, in memory only.
    rhythm: Rhythm
    recurrence: Recurrence
    #: A day of the recurrence: its weeks or months are counted from here.
    first_day: date
    start: time
    leaders: tuple[Practitioner, ...]
    #: None: as before.
    also_for: tuple[Service, ...] | None

    @property
    def is_opening(self) -> bool:
        return self.rhythm.slot_minutes is not None

    @property
    def purpose_key(self) -> str:
        """Of the services that a slot is for (booking.purposes), "" for only its own."""
        if self.also_for is None:
            return self.rhythm.purpose.key if self.rhythm.purpose else ""
        ids = sorted({self.rhythm.service_id, *(one.pk for one in self.also_for)})
        return ",".join(map(str, ids)) if len(ids) > 1 else ""

    def judge(self, since: datetime, until: datetime) -> Judge:
        """One query. The last date may end up to a day after the window."""
        rhythm = self.rhythm
        here = Q(partner=None, venue=None, practitioner=None) | Q(partner=rhythm.partner_id)
        here |= Q(venue=rhythm.venue_id) | Q(practitioner__in=self.leaders)
        closures = Closure.objects.standing(since, until + timedelta(days=1)).filter(here)
        return Judge(rhythm, list(closures))

    def days(self, judge: Judge, since: datetime, until: datetime) -> list[Day]:
        """Its dates that start in [since, until), also those that are skipped, or too many."""
        ends = self.rhythm.ended_on
        last = min(until, midnight(ends)) if ends is not None else until
        if last <= since:
            return []
        begins, minutes = self.start, self.rhythm.minutes
        dates = dates_of(self.recurrence, self.first_day, begins, minutes, since, last)
        return list(wanted_days(self.rhythm, dates, judge, self.leaders))


def as_it_is(rhythm: Rhythm) -> Form:
    return Form(
        rhythm=rhythm,
        recurrence=recurrence_of(rhythm),
        first_day=first_start(rhythm).date(),
        start=first_start(rhythm).time(),
        leaders=tuple(rhythm.practitioners.order_by("pk")),
        also_for=None,
    )


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS)
