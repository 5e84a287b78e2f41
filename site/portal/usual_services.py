"""The services that centres of this kind offer, to begin a network's catalogue with. It is data from
then on: nothing reads this list again."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from booking import actions
from booking.models import Service
from booking.models.partner import ServiceFamily


class ServiceFact(NamedTuple):
    name: str
    family: ServiceFamily
    letter: str
    minutes: int
    capacity: int


SERVICES: Final = (
    ServiceFact("Entretien d'accueil", ServiceFamily.INTERVIEW, "E", 45, 1),
    ServiceFact("Stage de responsabilisation", ServiceFamily.COURSE, "S", 360, 9),
    ServiceFact("Groupe de parole", ServiceFamily.GROUP, "G", 120, 10),
    ServiceFact("Suivi psychologique", ServiceFamily.PSYCHOLOGY, "P", 45, 1),
    ServiceFact("Soin en addictologie", ServiceFamily.ADDICTION, "A", 45, 1),
    ServiceFact("Accompagnement socio-éducatif", ServiceFamily.SOCIAL, "D", 60, 1),
    ServiceFact("Accompagnement socio-professionnel", ServiceFamily.WORK, "W", 60, 1),
    ServiceFact("Hébergement", ServiceFamily.HOUSING, "H", 60, 1),
)


def add_usual_services(*, now: datetime) -> list[Service]:
    """Write them all, on behalf of the system. Raises Invalid when one of a name is there."""
    return [
        actions.add_service(
            by=None,
            now=now,
            name=fact.name,
            family=fact.family,
            letter=fact.letter,
            default_minutes=fact.minutes,
            default_capacity=fact.capacity,
            # Code pénal R131-36: an individual interview comes before a course.
            interview_first=fact.family == ServiceFamily.COURSE,
        )
        for fact in SERVICES
    ]
