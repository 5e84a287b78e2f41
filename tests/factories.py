"""Rows for tests, deterministic: the same call order gives the same names in every run.

Everybody is fictitious; numbers are of the ranges reserved for fiction.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from booking import actions
from booking.identity import identity_key
from booking.models import (
    Membership,
    Participant,
    Partner,
    Practitioner,
    Programme,
    Referral,
    Service,
    Session,
    User,
    Venue,
)
from booking.models.partner import ServiceFamily
from booking.models.person import Mandate, PhoneState
from booking.models.programme import ProgrammeKind
from booking.models.staff import Role

PARIS = ZoneInfo("Europe/Paris")
PASSWORD = "correct horse battery staple"
_count: Iterator[int] = itertools.count(1)


def restart() -> None:
    global _count  # noqa: PLW0603 - one counter, set back before each test
    _count = itertools.count(1)


def paris(text: str) -> datetime:
    """An instant from Paris wall-clock: paris("2026-04-14 18:00")."""
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def service(family: ServiceFamily = ServiceFamily.GROUP, **fields: Any) -> Service:
    one_to_one = family not in (ServiceFamily.GROUP, ServiceFamily.COURSE)
    values = {
        "name": f"Prestation {family.value}",
        "letter": family.value[0].upper(),
        "default_minutes": 45 if one_to_one else 120,
        "default_capacity": 1 if one_to_one else 8,
        **fields,
    }
    return Service.objects.get_or_create(family=family, name=values.pop("name"), defaults=values)[0]


def partner(**fields: Any) -> Partner:
    n = next(_count)
    values = {
        "name": f"Association {n}",
        "slug": f"association-{n}",
        "department": "95",
        "phone": f"01 99 00 00 {n:02d}",
        **fields,
    }
    made = Partner.objects.create(**values)
    made.services.set([service(family) for family in ServiceFamily])
    return made


def venue(of: Partner, **fields: Any) -> Venue:
    n = next(_count)
    values = {
        "name": f"Lieu {n}",
        "street": "12 rue des Lilas",
        "postcode": "95300",
        "city": "Pontoise",
        "room": "salle 2",
        **fields,
    }
    return Venue.objects.create(partner=of, **values)


def user(role: Role | None = None, of: Partner | None = None, **fields: Any) -> User:
    n = next(_count)
    values = {"email": f"staff{n}@jalon.example", "name": f"Membre {n}", **fields}
    made = User.objects.create_user(password=PASSWORD, **values)
    if role is not None:
        Membership.objects.create(user=made, role=role, partner=of)
    return made


def practitioner(of: Partner, account: User | None = None, **fields: Any) -> Practitioner:
    n = next(_count)
    return Practitioner.objects.create(
        partner=of, user=account, **{"name": f"Intervenant {n}", **fields}
    )


def participant(**fields: Any) -> Participant:
    """Somebody whose number is confirmed and who accepts texts."""
    n = next(_count)
    values: dict[str, Any] = {
        "last_name": f"Hamel{n}",
        "first_name": "Mickaël",
        "birth_date": date(1974, 2, 26),
        "phone": f"+336399800{n % 100:02d}",
        "phone_state": PhoneState.CONFIRMED,
        **fields,
    }
    key = identity_key(values["last_name"], values["first_name"], values["birth_date"])
    return Participant.objects.create(identity_key=key, **values)


def referral(person: Participant, to: Partner, **fields: Any) -> Referral:
    values: dict[str, Any] = {
        "service": service(),
        "mandate": Mandate.PROBATION,
        "referred_on": timezone.localdate(),
        **fields,
    }
    return Referral.objects.create(participant=person, partner=to, **values)


def programme(
    of: Partner, kind: ProgrammeKind = ProgrammeKind.OPEN_GROUP, **fields: Any
) -> Programme:
    n = next(_count)
    values: dict[str, Any] = {"service": service(), "label": f"Groupe {n}", **fields}
    return Programme.objects.create(partner=of, kind=kind, **values)


def session(of: Partner, starts_at: datetime | None = None, **fields: Any) -> Session:
    """A coming session (in three days at the same hour unless told), through the real action."""
    now = timezone.now()
    start = starts_at or now + timedelta(days=3)
    values: dict[str, Any] = {
        "service": service(),
        "venue": fields.pop("venue", None) or of.venues.first() or venue(of),
        "label": "Groupe B",
        "ends_at": start + timedelta(hours=2),
        "capacity": 8,
        **fields,
    }
    return actions.open_session(by=None, now=now, partner=of, starts_at=start, **values)
