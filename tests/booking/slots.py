"""Slots that may be used for several services, and places at another partner."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from booking.models import Partner, Service, Session
from booking.models.partner import ServiceFamily
from booking.purposes import purpose_of
from tests import factories


def service(family: ServiceFamily, **fields: Any) -> Service:
    return factories.service(family, **fields)


def slot(
    of: Partner, *families: ServiceFamily, starts_at: datetime | None = None, **fields: Any
) -> Session:
    """One seat, for the first of these until somebody decides."""
    services = [factories.service(family) for family in families]
    made = factories.session(
        of, starts_at, **{"capacity": 1, "service": services[0], "label": "RDV", **fields}
    )
    made.purpose = purpose_of(services)
    made.save(update_fields=["purpose"])
    return made
