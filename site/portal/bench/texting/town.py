"""People whose summons is due: each has one seat, three weeks ahead. Everybody is fictitious."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from booking.models import Participant, Partner, Seat, Service, Session, Venue
from booking.models.partner import ServiceFamily
from portal.bench.places import first_day, people

#: Each is a sender of its own, as in the network.
PARTNERS = 13
#: To a session. Numbers that are reserved for fiction are this many.
SEATS, MOST = 10, 10_000
_SLOTS = 4
_BATCH = 1000


def build(count: int) -> Iterator[int]:
    """Gives how many sit so far."""
    service = Service.objects.create(
        name="Prestation group",
        family=ServiceFamily.GROUP,
        letter="G",
        default_minutes=120,
        default_capacity=SEATS,
    )
    venues = [_venue(n, service) for n in range(PARTNERS)]
    made = people(count)
    wanted = [_session(n, venues[n % PARTNERS], service) for n in range(-(-count // SEATS))]
    sessions = Session.objects.bulk_create(wanted, batch_size=_BATCH)
    for first in range(0, count, _BATCH):
        some = made[first : first + _BATCH]
        Seat.objects.bulk_create(
            [_seat(first + n, person, sessions) for n, person in enumerate(some)]
        )
        yield first + len(some)


def _venue(n: int, service: Service) -> Venue:
    partner = Partner.objects.create(
        name=f"Association {n}",
        slug=f"association-{n}",
        department="95",
        phone=f"01 99 00 00 {n:02d}",
        sms_sender=f"INFO RDV {n}",
    )
    partner.services.add(service)
    return Venue.objects.create(
        partner=partner,
        name=f"Lieu {n}",
        room="salle 2",
        street="12 rue des Lilas",
        postcode="95300",
        city="Pontoise",
    )


def _session(n: int, venue: Venue, service: Service) -> Session:
    start = _start(n // PARTNERS)
    return Session(
        partner=venue.partner,
        service=service,
        venue=venue,
        label="Groupe B",
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        capacity=SEATS,
        changed_at=timezone.now(),
    )


def _start(n: int) -> datetime:
    """Of a partner's n-th session."""
    return first_day() + timedelta(days=n // _SLOTS, hours=2 * (n % _SLOTS))


def _seat(n: int, person: Participant, sessions: list[Session]) -> Seat:
    session = sessions[n // SEATS]
    return Seat(
        session=session,
        participant=person,
        number=n % SEATS + 1,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
    )
