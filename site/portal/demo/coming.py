"""What is about to happen in the demo, dated relative to the day it is loaded: courses, groups and
openings of each partner. Who sits in them is in seated.py."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from booking import actions
from booking.models import Partner, Practitioner, Programme, Service, Venue
from booking.models.partner import ServiceFamily
from booking.models.programme import ProgrammeKind
from calendars.actions import open_rhythm
from calendars.closures import public_holiday
from calendars.publish import publish
from calendars.recurrence import Recurrence, Weekday
from portal.demo.catalogue import PARTNERS, WITH_CLOSED_GROUP, WITH_COURSE

PARIS = ZoneInfo("Europe/Paris")
#: Longer than summer time lasts: a feed shows the same hour on both sides of a clock change.
_HORIZON = timedelta(days=225)
#: The partner that the demo's own admin runs: its open group meets on the day the demo is loaded.
_SHOWN = [fact.slug for fact in PARTNERS].index("tilleuls")


class Opening:
    """One partner's coming weeks. `now` is the instant from which the demo counts: the first
    minute of today, so that this morning's sessions stand in today's list too."""

    def __init__(self, partner: Partner, order: int, now: datetime) -> None:
        self.partner = partner
        self.now = now
        self.today = now.astimezone(PARIS).date()
        self.services = {s.family: s for s in Service.objects.all()}
        self.rooms: list[Venue] = list(partner.venues.filter(victims_only=False).order_by("pk"))
        self.leads: list[Practitioner] = list(partner.practitioners.order_by("pk"))
        working = list(_working_days(self.today))
        self.evening = working[(order - _SHOWN) % 5]
        self.morning = working[(order - _SHOWN) % 3]
        self.other_morning = working[(order - _SHOWN) % 3 + 2]

    def open_all(self) -> None:
        if self.partner.slug in WITH_COURSE:
            self.open_course()
        self.open_group("Groupe B", ProgrammeKind.OPEN_GROUP, self.evening, time(18))
        if self.partner.slug in WITH_CLOSED_GROUP:
            start = next(_working_days(self.evening + timedelta(days=8)))
            self.open_group("Groupe A", ProgrammeKind.CLOSED_GROUP, start, time(17, 30), times=6)
        days = (self.morning, self.other_morning)
        interview = self.services[ServiceFamily.INTERVIEW]
        follow_up = self.services[ServiceFamily.PSYCHOLOGY]
        self.open_slots(self.leads[0], interview, days, time(9), 210)
        self.open_slots(self.leads[1], follow_up, days[:1], time(14), 180)

    def open_course(self) -> Programme:
        """Two days in a row, at least ten days ahead, six hours of work each."""
        course = self.open_programme("Groupe C", ProgrammeKind.COURSE, ServiceFamily.COURSE)
        first = _two_working_days(self.today + timedelta(days=10))
        for day in (first, first + timedelta(days=1)):
            actions.open_session(
                by=None,
                now=self.now,
                partner=self.partner,
                service=course.service,
                programme=course,
                venue=self.rooms[0],
                practitioners=[self.leads[1]],
                label=course.label,
                starts_at=datetime.combine(day, time(9), PARIS),
                ends_at=datetime.combine(day, time(16), PARIS),
                pause_minutes=60,
                capacity=9,
            )
        return course

    def open_group(
        self, label: str, kind: ProgrammeKind, first: date, start: time, times: int | None = None
    ) -> None:
        programme = self.open_programme(label, kind, ServiceFamily.GROUP)
        rhythm = open_rhythm(
            by=None,
            now=self.now,
            partner=self.partner,
            service=programme.service,
            programme=programme,
            venue=self.rooms[0],
            label=label,
            first_day=first,
            start=start,
            minutes=120,
            recurrence=Recurrence((Weekday.of(first),), times=times),
            capacity=10 if kind == ProgrammeKind.OPEN_GROUP else 8,
            allowance=1,
            practitioners=[self.leads[0]],
        )
        publish(rhythm=rhythm, now=self.now, until=self.now + _HORIZON)

    def open_slots(
        self,
        practitioner: Practitioner,
        service: Service,
        days: tuple[date, ...],
        start: time,
        minutes: int,
    ) -> None:
        rhythm = open_rhythm(
            by=None,
            now=self.now,
            partner=self.partner,
            service=service,
            venue=self.rooms[1],
            label="RDV",
            first_day=self.today,
            start=start,
            minutes=minutes,
            recurrence=Recurrence(tuple(Weekday.of(day) for day in days)),
            capacity=1,
            practitioners=[practitioner],
            slot_minutes=45,
            gap_minutes=10,
        )
        publish(rhythm=rhythm, now=self.now)

    def open_programme(self, label: str, kind: ProgrammeKind, family: ServiceFamily) -> Programme:
        return actions.open_programme(
            by=None,
            now=self.now,
            partner=self.partner,
            service=self.services[family],
            kind=kind,
            label=label,
            late_joining=kind == ProgrammeKind.CLOSED_GROUP,
        )


def _working_days(start: date) -> Iterator[date]:
    """The next five working days, today first if it is one; holidays are as good as any here."""
    days = (start + timedelta(days=n) for n in range(7))
    yield from (day for day in days if day.weekday() < 5)


def _two_working_days(start: date) -> date:
    """The first of the next two days in a row that are neither weekend nor holiday."""
    day = start
    while not all(_works(one) for one in (day, day + timedelta(days=1))):
        day += timedelta(days=1)
    return day


def _works(day: date) -> bool:
    return day.weekday() < 5 and not public_holiday(day)
