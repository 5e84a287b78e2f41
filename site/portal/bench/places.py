"""The rows that every scenario stands on, and makers of sessions and people. Everybody is
fictitious; numbers are of the range reserved for fiction, 06 39 98 00 00 to 06 39 98 99 99."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from booking.identity import identity_key
from booking.models import (
    Membership,
    Participant,
    Partner,
    Practitioner,
    Programme,
    Service,
    Session,
    User,
    Venue,
)
from booking.models.partner import ServiceFamily
from booking.models.person import PhoneState
from booking.models.staff import Role

_BATCH = 1000


def network() -> None:
    """Two partners, their services, venues and practitioners, and the account that acts."""
    account = User.objects.create(email="bench@jalon.example", name="Bench")
    Membership.objects.create(user=account, role=Role.COORDINATOR)
    kinds = {"group": 12, "course": 9, "psychology": 1, "interview": 1, "addiction": 1}
    services = [
        Service.objects.create(
            name=f"Prestation {family}",
            family=ServiceFamily(family),
            letter=family[0].upper(),
            default_minutes=120,
            default_capacity=seats,
            # Here nobody comes before an interview: the mixed scenario books both.
            interview_first=family == "addiction",
        )
        for family, seats in kinds.items()
    ]
    for n in (1, 2):
        partner = Partner.objects.create(
            name=f"Association {n}",
            slug=f"association-{n}",
            department="95",
            phone=f"01 99 00 00 {n:02d}",
            # Offers of the one lapse within the run, those of the other are booked at once.
            offer_hours=n,
            offers_confirmed=n == 2,
        )
        partner.services.set(services)
        for room in ("salle 1", "salle 2"):
            Venue.objects.create(
                partner=partner,
                name=f"Lieu {n}",
                room=room,
                street="12 rue des Lilas" if room == "salle 1" else f"{n} place du Parc",
                postcode="95300",
                city="Pontoise",
            )
        for leader in range(3):
            Practitioner.objects.create(partner=partner, name=f"Intervenant {n}.{leader}")


def first_day() -> datetime:
    """Three weeks ahead, so that every seat is summoned and reminded twice."""
    return (timezone.now() + timedelta(days=21)).replace(
        hour=8, minute=0, second=0, microsecond=0, tzinfo=UTC
    )


def session(
    partner: Partner,
    family: str,
    starts_at: datetime,
    capacity: int,
    programme: Programme | None = None,
) -> Session:
    """Not saved."""
    return Session(
        partner=partner,
        service=Service.objects.get(family=family),
        venue=partner.venues.first(),
        programme=programme,
        label="Groupe B",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        capacity=capacity,
        changed_at=timezone.now(),
    )


def people(count: int) -> list[Participant]:
    """Saved. Their numbers are confirmed, so that texts are planned for them as in real life."""
    born = date(1974, 2, 26)
    made = [
        Participant(
            reference=f"{n:06d}",
            last_name=_name(n),
            first_name="Mickaël",
            birth_date=born,
            identity_key=identity_key(_name(n), "Mickaël", born),
            # Ten thousand numbers are reserved; a longer run gives some to two people.
            phone=f"+3363998{n % 10_000:04d}",
            phone_state=PhoneState.CONFIRMED,
        )
        for n in range(count)
    ]
    return Participant.objects.bulk_create(made, batch_size=_BATCH)


def _name(n: int) -> str:
    """Without digits: a text that holds a part of somebody's name does not leave."""
    return "Hamel" + "".join("abcdefghij"[int(digit)] for digit in str(n))
