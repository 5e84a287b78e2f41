"""What django-q2 runs. Its truth is in our tables: a task carries nothing, and may run twice."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone
from django_q.models import Schedule
from django_q.tasks import async_task

from booking.locking import lock_name
from booking.models import Seat
from booking.models.seat import SeatState
from sms import dispatch, planner

_SWEEP_BATCH = 200
_SCHEDULES = {
    "texts: send what is due": ("sms.tasks.dispatch_due", 1),
    "texts: plan what is missing": ("sms.tasks.sweep", 10),
}


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


def ensure_schedules() -> None:
    """Write the schedules that texts need: as often as wanted, from several machines at once."""
    with transaction.atomic():
        # The library's table knows no unique name.
        lock_name("sms.tasks.schedules")
        for name, (func, minutes) in _SCHEDULES.items():
            rows = Schedule.objects.filter(name=name).order_by("pk")
            kept = rows.first() or Schedule(name=name)
            rows.exclude(pk=kept.pk).delete()
            kept.func, kept.minutes = func, minutes
            kept.schedule_type, kept.repeats = Schedule.MINUTES, -1
            kept.save()
