"""Rhythms as partners have them, each with a practitioner of its own: who is busy is measured by
`bench seats`. Everybody is fictitious."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time

from django.utils import timezone

from booking.models import Partner, Practitioner, Service, Venue
from booking.models.partner import ServiceFamily
from calendars.actions import open_rhythm
from calendars.recurrence import Nth, Recurrence, Weekday

_PARTNERS = 13
_DAYS = list(Weekday)[:5]


@dataclass(frozen=True)
class Shape:
    """How a rhythm comes back, and whether it is an opening."""

    recurrence: Recurrence
    start: time
    slot_minutes: int | None = None
    minutes: int = field(default=120)


def shape(n: int) -> Shape:
    """Of ten: six weekly evenings, one every other week, one on two days, one on the last such day
    of the month, one morning of appointments."""
    day, other = _DAYS[n % 5], _DAYS[(n + 2) % 5]
    kind = n % 10
    if kind == 6:
        return Shape(Recurrence((day,), every=2), time(18))
    if kind == 7:
        return Shape(Recurrence((day, other)), time(17, 30))
    if kind == 8:
        return Shape(Recurrence((day,), nth=Nth.LAST), time(14))
    if kind == 9:
        return Shape(Recurrence((day,)), time(9), slot_minutes=45, minutes=210)
    return Shape(Recurrence((day,)), time(18))


def build(count: int) -> Iterator[int]:
    """Open so many rhythms; gives how many there are so far."""
    service = Service.objects.create(
        name="Prestation group",
        family=ServiceFamily.GROUP,
        letter="G",
        default_minutes=120,
        default_capacity=8,
    )
    venues = [_venue(n, service) for n in range(_PARTNERS)]
    today = timezone.localdate()
    for n in range(count):
        _open(n, venues[n % _PARTNERS], service, today)
        yield n + 1


def _venue(n: int, service: Service) -> Venue:
    partner = Partner.objects.create(
        name=f"Association {n}",
        slug=f"association-{n}",
        department="95",
        phone=f"01 99 00 00 {n:02d}",
    )
    partner.services.add(service)
    return Venue.objects.create(
        partner=partner,
        name=f"Lieu {n}",
        street="1 rue des Lilas",
        postcode="95300",
        city="Pontoise",
    )


def _open(n: int, venue: Venue, service: Service, today: date) -> None:
    like = shape(n)
    leader = Practitioner.objects.create(partner=venue.partner, name=f"Intervenant {n}")
    open_rhythm(
        by=None,
        now=timezone.now(),
        partner=venue.partner,
        service=service,
        venue=venue,
        label=f"Groupe {n}",
        first_day=today,
        start=like.start,
        minutes=like.minutes,
        recurrence=like.recurrence,
        capacity=8 if like.slot_minutes is None else 1,
        practitioners=[leader],
        slot_minutes=like.slot_minutes,
    )
