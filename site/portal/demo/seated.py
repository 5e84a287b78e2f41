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
from booking.models.partner import ServiceFamily
from booking.models.person import PhoneState
from booking.models.programme import ProgrammeKind
from booking.models.seat import SeatState
from booking.models.session import MAX_CAPACITY


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
        # First of all: a course comes after an interview.
        self.fill_appointments()
        for programme in Programme.objects.filter(partner=self.partner).order_by("pk"):
            if programme.kind == ProgrammeKind.OPEN_GROUP:
                self.fill_evenings(programme)
            else:
                for person in self.awaited(programme, 6):
                    self.enrol(programme, person)
        self.keep_lists()

    def next(self, count: int) -> list[Participant]:
        return [next(self.queue) for _ in range(min(count, len(self.people)))]

    def awaited(self, programme: Programme, count: int) -> list[Participant]:
        """Who comes next; before a course, of those who have an interview."""
        if not programme.service.interview_first:
            return self.next(count)
        interviewed = Seat.objects.filter(
            participant__in=self.people, session__service__family=ServiceFamily.INTERVIEW
        )
        ids = set(interviewed.values_list("participant_id", flat=True))
        return [person for person in self.people if person.pk in ids][:count]

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

    def keep_lists(self) -> None:
        """An evening with one person more than it has seats and two who wait; an appointment that
        became free and is offered to whoever waits for it."""
        evenings = self.partner.sessions.filter(programme__kind=ProgrammeKind.OPEN_GROUP)
        full = evenings.order_by("starts_at")[2:3].get()
        everybody = len(self.people)
        self.seat([full], self.next(everybody), upto=full.capacity)
        more = full.capacity + 1
        self.seat([full], self.next(everybody), upto=more, overbook="Échéance trop proche")
        self.wait(full, 2)
        later = self.now + timedelta(days=5)
        taken = Seat.objects.filter(session__partner=self.partner, session__programme=None)
        seat = taken.filter(state=SeatState.BOOKED, starts_at__gte=later).order_by("pk").first()
        if seat is not None:
            self.wait(seat.session, 1)
            actions.release_seat(by=None, now=self.now, seat=seat)

    def wait(self, session: Session, count: int) -> None:
        for person in self.next(len(self.people)):
            if session.waiting.count() == count:
                return
            with suppress(BookingError):
                actions.join_waiting_list(
                    by=None,
                    now=self.now,
                    participant=person,
                    session=session,
                    referral=self.refer(person, session.service),
                )

    def fill_appointments(self) -> None:
        """Two slots of three in the coming fortnight."""
        slots = self.partner.sessions.filter(
            programme=None, starts_at__gte=self.now, starts_at__lt=self.now + timedelta(days=14)
        ).order_by("starts_at")
        for order, slot in enumerate(slots):
            if order % 3 != 1:
                self.seat([slot], self.next(1))

    def seat(
        self,
        sessions: Iterable[Session],
        people: list[Participant],
        *,
        upto: int = MAX_CAPACITY,
        overbook: str = "",
    ) -> None:
        for session in sessions:
            for person in people:
                if session.seats.filter(state=SeatState.BOOKED).count() >= upto:
                    break
                referral = self.refer(person, session.service)
                # A refusal (the person sits elsewhere at that time) is what the rules are for.
                with suppress(BookingError):
                    actions.book_seat(
                        by=None,
                        now=self.now,
                        session=session,
                        participant=person,
                        referral=referral,
                        overbook=overbook,
                    )


def _people(partner: Partner) -> list[Participant]:
    came = Seat.objects.attended().filter(participant=OuterRef("pk"))
    return list(
        Participant.objects.filter(referrals__partner=partner)
        .distinct()
        .annotate(came=Exists(came))
        .order_by("came", "pk")
    )
