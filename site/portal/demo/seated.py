"""The people of the spreadsheet, referred again and seated in what is coming."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import cycle

from django.db.models import Exists, OuterRef
from django.utils import timezone

from booking import actions
from booking.errors import BookingError
from booking.models import Participant, Partner, Programme, Referral, Seat, Service, Session
from booking.models.person import PhoneState
from booking.models.programme import ProgrammeKind


class Seating:
    """One partner's people, those who never came first. Without chance: the same file gives the
    same seats."""

    def __init__(self, partner: Partner, now: datetime) -> None:
        self.partner = partner
        self.now = now
        self.people = _people(partner)
        self.queue = cycle(self.people)

    def seat_all(self) -> None:
        for order, person in enumerate(self.people):
            # One in eleven was not reached yet: they are the ones to call.
            if person.phone_state == PhoneState.UNCONFIRMED and order % 11 != 3:
                shared = order % 13 == 5
                actions.confirm_phone(by=None, now=self.now, participant=person, shared=shared)
        for programme in Programme.objects.filter(partner=self.partner).order_by("pk"):
            if programme.kind == ProgrammeKind.OPEN_GROUP:
                self.fill_evenings(programme)
            else:
                for person in self.next(6):
                    self.enrol(programme, person)
        self.fill_appointments()

    def next(self, count: int) -> list[Participant]:
        return [next(self.queue) for _ in range(min(count, len(self.people)))]

    def refer(self, person: Participant, service: Service) -> Referral:
        """The person was sent again, some days ago, under the mandate of the first time."""
        first = person.referrals.earliest("referred_on")
        today = timezone.localdate(self.now)
        return actions.record_referral(
            by=None,
            now=self.now,
            participant=person,
            partner=self.partner,
            service=service,
            mandate=first.mandate,  # type: ignore[arg-type]  # the column holds the enum's value
            referrer=first.referrer,
            referred_on=today - timedelta(days=5 + person.pk % 20),
            deadline=today + timedelta(days=60 + person.pk % 60),
        )

    def enrol(self, programme: Programme, person: Participant) -> None:
        referral = self.refer(person, programme.service)
        with suppress(BookingError):
            actions.enrol(
                by=None, now=self.now, programme=programme, participant=person, referral=referral
            )

    def fill_evenings(self, programme: Programme) -> None:
        evenings = list(programme.sessions.order_by("starts_at")[:2])
        people = self.next(7)
        self.seat(evenings[:1], people)
        self.seat(evenings[1:], people[:4])

    def fill_appointments(self) -> None:
        """Two slots of three in the coming fortnight."""
        slots = self.partner.sessions.filter(
            programme=None, starts_at__gte=self.now, starts_at__lt=self.now + timedelta(days=14)
        ).order_by("starts_at")
        for order, slot in enumerate(slots):
            if order % 3 != 1:
                self.seat([slot], self.next(1))

    def seat(self, sessions: Iterable[Session], people: list[Participant]) -> None:
        for session in sessions:
            for person in people:
                referral = self.refer(person, session.service)
                # A refusal (the person sits elsewhere at that time) is what the rules are for.
                with suppress(BookingError):
                    actions.book_seat(
                        by=None,
                        now=self.now,
                        session=session,
                        participant=person,
                        referral=referral,
                    )


def _people(partner: Partner) -> list[Participant]:
    came = Seat.objects.attended().filter(participant=OuterRef("pk"))
    return list(
        Participant.objects.filter(referrals__partner=partner)
        .distinct()
        .annotate(came=Exists(came))
        .order_by("came", "pk")
    )
