"""What django-q2 runs. Its truth is in our tables: a task carries nothing, and may run twice."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.utils import timezone
from django_q.tasks import async_task

from booking.models import Seat
from booking.models.seat import SeatState
from sms import dispatch, planner

_SWEEP_BATCH = 200


def dispatch_due() -> dict[str, int]:
    """Send what is due. Same as `manage.py dispatch_due`."""
    return asdict(dispatch.dispatch_due())


@dataclass(slots=True)
class Swept:
    seats: int = 0
    added: int = 0
    voided: int = 0


def sweep() -> dict[str, int]:
    """Reconcile every seat to come: the net under the signal. Same as `manage.py plan_texts`."""
    now = timezone.now()
    swept = Swept()
    coming = Seat.objects.filter(
        starts_at__gt=now, state__in=(SeatState.BOOKED, SeatState.CANCELLED)
    ).order_by("pk")
    last = 0
    while ids := list(coming.filter(pk__gt=last).values_list("pk", flat=True)[:_SWEEP_BATCH]):
        changes = planner.reconcile(ids, now)
        swept.seats += len(ids)
        swept.added += changes.added
        swept.voided += changes.voided
        last = ids[-1]
    return asdict(swept)


def ring() -> None:
    """Ask a worker to look now instead of at the next minute."""
    async_task("sms.tasks.dispatch_due")
