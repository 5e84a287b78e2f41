"""People taken in charge: those whose first attended seat, in the whole network, falls in the
period. Each person counts once, in the period in which they first came (COPIL's definition), also
where some of their seats stayed with a record that was merged into theirs."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import TruncQuarter
from django.utils import timezone

from booking.models import Participant, Seat
from booking.queries.agenda import midnight


def taken_in_charge(start: date, end: date) -> int:
    """From `start` to `end`, both days included, as Paris counts days."""
    return (
        Participant.objects.filter(merged_into=None)
        .annotate(first_time=_first_time())
        .filter(first_time__gte=midnight(start), first_time__lt=midnight(end + timedelta(days=1)))
        .count()
    )


def taken_in_charge_by_quarter() -> dict[date, int]:
    """The first day of each quarter in which somebody first came → how many did."""
    quarters = (
        Participant.objects.filter(merged_into=None)
        .annotate(first_time=_first_time())
        .filter(first_time__isnull=False)
        .annotate(
            quarter=TruncQuarter("first_time", tzinfo=timezone.get_default_timezone()),
        )
        .values("quarter")
        .annotate(people=Count("pk"))
        .order_by("quarter")
    )
    return {row["quarter"].date(): row["people"] for row in quarters}


def _first_time() -> Subquery:
    theirs = Q(participant=OuterRef("pk")) | Q(participant__merged_into=OuterRef("pk"))
    attended = Seat.objects.attended().filter(theirs).order_by("starts_at")
    return Subquery(attended.values("starts_at")[:1])
