"""The same answer without rows for dates: rhythms are expanded at request time, as the closest peer
does it, and correctly: a few queries whatever the number of rhythms, everything prefetched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils import timezone

from booking import access
from booking.addresses import same_address
from booking.errors import NotAllowed
from booking.models import AvoidancePair, HiddenFrom, Participant, Seat, Service, User, Venue
from booking.models.seat import ATTENDED_STATES, SeatState
from calendars.models import Rhythm

#: A free place: when, and with whom.
Slot = tuple[datetime, int]


class Person:
    """The rules that keep this person from a place, read beforehand (booking.seating)."""

    def __init__(self, by: User, person: Participant, now: datetime) -> None:
        if not access.reveals(person, by):
            raise NotAllowed
        held = access.scope(by)
        self.own = None if held.network else held.admin_of
        self.person = person
        hidden = HiddenFrom.objects.filter(participant=person)
        self.hidden = set(hidden.values_list("partner", flat=True))
        seats = Seat.objects.active().filter(ends_at__gt=now)
        mine = seats.filter(participant=person).order_by()
        self.busy = list(mine.values_list("starts_at", "ends_at"))
        pairs = AvoidancePair.objects.filter(Q(first=person) | Q(second=person))
        others = {pk for pair in pairs.values_list("first", "second") for pk in pair} - {person.pk}
        expected = seats.filter(participant__in=others).select_related("session__venue")
        self.others = list(expected) if others else []
        came = Seat.objects.filter(
            participant=person,
            state__in=(SeatState.BOOKED, *ATTENDED_STATES),
            session__service__family="interview",
        )
        self.interviewed: datetime | None = came.aggregate(first=Min("ends_at"))["first"]

    def fits_ever(self, rhythm: Rhythm) -> bool:
        """What does not depend on the date."""
        return (
            rhythm.partner_id not in self.hidden
            and not rhythm.venue.victims_only
            and rhythm.language in {"fr", self.person.language}
            and (rhythm.open_to_network or self.own is None or rhythm.partner_id in self.own)
        )

    def fits(self, rhythm: Rhythm, start: datetime, end: datetime) -> bool:
        earliest = self.person.not_before
        if earliest is not None and timezone.localdate(start) < earliest:
            return False
        if rhythm.service.interview_first and not (
            self.interviewed is not None and self.interviewed <= start
        ):
            return False
        if any(begin < end and start < stop for begin, stop in self.busy):
            return False
        return not self._meets(rhythm.venue, start, end)

    def _meets(self, venue: Venue, start: datetime, end: datetime) -> bool:
        margin = timedelta(minutes=settings.AVOIDANCE_MINUTES)
        return any(
            seat.starts_at < end + margin
            and start - margin < seat.ends_at
            and seat.session.venue is not None
            and same_address(venue, seat.session.venue)
            for seat in self.others
        )


def next_free(
    by: User, person: Participant, service: Service, start: datetime, end: datetime, most: int
) -> list[Slot]:
    """The next free places of a service that one takes session by session, in the whole network."""
    who = Person(by, person, start)
    rhythms = Rhythm.objects.filter(service=service).select_related(
        "event__rule", "partner", "venue", "service"
    )
    taken = _taken(service, start, end)
    found: list[Slot] = []
    for rhythm in rhythms.prefetch_related("event__occurrence_set", "practitioners"):
        if not who.fits_ever(rhythm):
            continue
        leader = rhythm.practitioners.all()[0].pk
        found += (
            (at, leader)
            for at, to in _dates(rhythm, start, end)
            if start <= at < end
            and taken[at, leader] < rhythm.capacity
            and who.fits(rhythm, at, to)
        )
    return sorted(found)[:most]


def _taken(service: Service, start: datetime, end: datetime) -> dict[Slot, int]:
    seats = Seat.objects.active().filter(
        session__service=service, starts_at__gte=start, starts_at__lt=end
    )
    counted = seats.order_by().values_list("starts_at", "session__assignments__practitioner")
    found: dict[Slot, int] = defaultdict(int)
    for at, leader, taken in counted.annotate(taken=Count("pk")):
        found[at, leader] = taken
    return found


def _dates(rhythm: Rhythm, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The library knows no slots: an opening is cut by hand."""
    length = timedelta(minutes=rhythm.slot_minutes or rhythm.minutes)
    for one in rhythm.event.get_occurrences(start, end, clear_prefetch=False):
        at = one.start
        while not one.cancelled and at + length <= one.end:
            yield at, at + length
            at += length
