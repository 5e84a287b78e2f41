from __future__ import annotations

from booking.models import Service
from booking.models.partner import ServiceFamily


def families_offered() -> set[ServiceFamily]:
    """The kinds of service that at least one partner of the network offers."""
    offered = Service.objects.filter(partners__isnull=False).order_by()
    return {ServiceFamily(family) for family in offered.values_list("family", flat=True).distinct()}
