from __future__ import annotations

from dataclasses import dataclass

from booking.models import Partner, Venue
from booking.models.partner import Department


@dataclass(frozen=True)
class PublicPartner:
    """What anybody may know of a partner."""

    name: str
    towns: tuple[str, ...]
    phone: str


def partners_by_department() -> list[tuple[Department, list[PublicPartner]]]:
    """The network as the public sees it, departments in the order of their numbers.

    The towns are those of venues that receive the people whom this page is for. A venue kept for
    victims is never named: someone could look for somebody there (domain rule 3).
    """
    towns: dict[int, set[str]] = {}
    venues = Venue.objects.filter(victims_only=False)
    for partner_id, city in venues.values_list("partner_id", "city").distinct():
        towns.setdefault(partner_id, set()).add(city)
    network: dict[Department, list[PublicPartner]] = {}
    for partner in Partner.objects.order_by("department", "name"):
        network.setdefault(Department(partner.department), []).append(
            PublicPartner(partner.name, tuple(sorted(towns.get(partner.pk, ()))), partner.phone)
        )
    return list(network.items())
