"""How many texts left for each partner, and how many did not arrive."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from booking.models import Partner
from sms.models import Text, TextState

#: Over so many days back.
OVER = timedelta(days=30)

_FAILED = Q(state=TextState.FAILED)


@dataclass(frozen=True)
class Tally:
    """Messages handed to the provider in those days; two sessions in one text are one."""

    partner: Partner
    left: int
    delivered: int
    failed: int

    @property
    def failed_percent(self) -> int:
        return round(100 * self.failed / self.left) if self.left else 0


def tally(now: datetime, partners: Collection[Partner]) -> list[Tally]:
    """In the order of the partners, those for whom nothing left included. One query."""
    rows = (
        Text.objects.filter(
            seat__session__partner__in=partners, sent_at__gt=now - OVER, leader=None
        )
        .exclude(state=TextState.BY_HAND)
        .order_by()
        .values("seat__session__partner")
        .annotate(
            left=Count("pk"),
            delivered=Count("pk", filter=Q(state=TextState.DELIVERED)),
            failed=Count("pk", filter=_FAILED),
        )
    )
    by_partner = {row["seat__session__partner"]: row for row in rows}
    return [
        Tally(one, row["left"], row["delivered"], row["failed"])
        if (row := by_partner.get(one.pk))
        else Tally(one, 0, 0, 0)
        for one in partners
    ]
