"""The network's partners and services, found by the names that people type."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.utils.translation import gettext as _

from booking.identity import fold
from booking.imports.errors import Unreadable
from booking.models import Partner, Service

T = TypeVar("T", Partner, Service)


@dataclass(frozen=True)
class Directory:
    """By folded name, and what each partner offers. Read once for a whole file."""

    partners: dict[str, Partner]
    services: dict[str, Service]
    offered: frozenset[tuple[int, int]]

    @classmethod
    def load(cls) -> Directory:
        offered = Partner.services.through.objects.values_list("partner_id", "service_id")
        return cls(
            {fold(partner.name): partner for partner in Partner.objects.order_by("-pk")},
            {fold(service.name): service for service in Service.objects.order_by("-pk")},
            frozenset(offered),
        )

    def partner(self, name: str) -> Partner:
        """Raises Unreadable."""
        return _find(
            name,
            self.partners,
            _("No partner of the network has this name. Correct it, or add the partner first."),
        )

    def service(self, name: str, *, at: Partner) -> Service:
        """A service of the catalogue that this partner offers. Raises Unreadable."""
        found = _find(
            name, self.services, _("The catalogue has no service of this name. Correct it.")
        )
        if (at.pk, found.pk) not in self.offered:
            raise Unreadable(
                _("%(partner)s does not offer this service. Correct it, or add it to the partner.")
                % {"partner": at.name}
            )
        return found


def _find(name: str, known: Mapping[str, T], reason: str) -> T:
    """The one of that name, or the reason with the nearest name: most are slips of the finger."""
    folded = fold(name)
    if folded in known:
        return known[folded]
    for near in difflib.get_close_matches(folded[:80], known, n=1, cutoff=0.85):
        hint = _("Is it “%s”?") % known[near].name
        reason = f"{reason} {hint}"
    raise Unreadable(reason)
