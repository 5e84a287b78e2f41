"""Rhythms of one practitioner that meet: shown before one of them is saved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from booking.errors import Invalid
from booking.models import Practitioner
from calendars.models import Closure, Rhythm, RhythmDate
from calendars.recurrence import PARIS, Recurrence
from calendars.rhythms import MAX_DAYS, dates_of, first_start, occurrences
from calendars.skipping import Judge
from calendars.wanted import beyond, wanted_days


@dataclass(frozen=True)
class Overlap:
    """Another rhythm of the same practitioner takes place then too."""

    rhythm: Rhythm
    #: The first common date, at the hour at which both have begun, in Europe/Paris.
    first: datetime
    #: How many there are in the 400 days that were looked at.
    dates: int


def overlaps(
    practitioners: Iterable[Practitioner],
    recurrence: Recurrence,
    first_day: date,
    start: time,
    minutes: int,
    *,
    but: Rhythm | None = None,
    now: datetime,
) -> list[Overlap]:
    """The rhythms of these practitioners that take place at the same time as this one would, from
    `first_day` or today on, for 400 days; the soonest first. Three queries, whatever their number.

    Days that the other rhythm skips are not common; those that this one will skip are counted.
    """
    leaders = [one.pk for one in practitioners]
    others = [one for one in _of(leaders, but) if _meet(start, minutes, one)]
    if not others:
        return []
    today = now.astimezone(PARIS).date()
    since = _midnight(max(first_day, today))
    until = since + timedelta(days=MAX_DAYS)
    mine = dates_of(recurrence, first_day, start, minutes, since, until)
    mine_days = {one.start.date() for one in mine[: recurrence.times]}
    known = _Known(others, _midnight(today), since, until)
    found = []
    for other in others:
        if common := sorted(mine_days & known.days(other)):
            begins = max(start, first_start(other).time())
            first = datetime.combine(common[0], begins, PARIS)
            found.append(Overlap(other, first, len(common)))
    return sorted(found, key=lambda one: (one.first, one.rhythm.pk))


def _of(leaders: list[int], but: Rhythm | None) -> Iterable[Rhythm]:
    if not leaders:
        return []
    led = Rhythm.practitioners.through.objects.filter(practitioner__in=leaders)
    rhythms = Rhythm.objects.filter(pk__in=led.values("rhythm")).select_related("event__rule")
    if but is not None:
        rhythms = rhythms.exclude(pk=but.pk)
    return rhythms.order_by("pk")


def _meet(start: time, minutes: int, other: Rhythm) -> bool:
    """On the clock: neither goes past midnight, nor through the hour that changes."""
    begins = first_start(other).time()
    one, two = (of.hour * 60 + of.minute for of in (start, begins))
    return one < two + other.minutes and two < one + minutes


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS)


class _Known:
    """What decides on which days these rhythms take place."""

    def __init__(
        self, rhythms: list[Rhythm], today: datetime, since: datetime, until: datetime
    ) -> None:
        self.since, self.until = since, until
        #: Of "n times" those before count too, as far as they can be looked at in one go.
        self.counted_since = today if until - today <= timedelta(days=MAX_DAYS) else since
        here = Q(partner__in=[one.partner_id for one in rhythms])
        here |= Q(venue__in=[one.venue_id for one in rhythms])
        here |= Q(partner=None, venue=None, practitioner=None)
        self.closures = list(Closure.objects.standing(since, until).filter(here))
        self.rows: dict[int, dict[date, list[RhythmDate]]] = defaultdict(lambda: defaultdict(list))
        counted = [one.pk for one in rhythms if one.times is not None]
        for row in RhythmDate.objects.filter(rhythm__in=counted).select_related("session"):
            self.rows[row.rhythm_id][row.day].append(row)

    def days(self, rhythm: Rhythm) -> set[date]:
        closures = [
            one
            for one in self.closures
            if one.partner_id in (None, rhythm.partner_id)
            and one.venue_id in (None, rhythm.venue_id)
        ]
        since = self.since if rhythm.times is None else self.counted_since
        try:
            dates = occurrences(rhythm, since, self.until)
        except Invalid:
            return set()  # Not made here: nothing of it is published either.
        days = list(wanted_days(rhythm, dates, Judge(rhythm, closures), ()))
        too_many = beyond(rhythm.times, days, self.rows[rhythm.pk])
        held = {one.date for one in days if not one.skipped} - too_many
        return {day for day in held if day >= self.since.date()}
