"""What django-q2 runs. Its truth is in our tables: a task carries nothing, and may run twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django_q.tasks import async_task

from booking.models import Seat
from sms import alerts, dispatch, erasing, looking_up, planner, taking_in
from sms.picture import sweepable

_SWEEP_BATCH = 200


def dispatch_due() -> dict[str, object]:
    """Send what is due, and find out about what is uncertain. Same as `manage.py dispatch_due`."""
    sent = dispatch.dispatch_due()
    return {**asdict(sent), "looked_up": asdict(looking_up.look_up())}


@dataclass(slots=True)
class Swept:
    seats: int = 0
    added: int = 0
    voided: int = 0


def sweep(told: Callable[[int], None] | None = None) -> dict[str, int]:
    """Reconcile every seat about which a text may be wanted: the net under the signal. Same as
    `manage.py plan_texts`. `told` hears how many seats are done."""
    now = timezone.now()
    return asdict(_reconcile(sweepable(now), now, told))


def _reconcile(
    seats: QuerySet[Seat], now: datetime, told: Callable[[int], None] | None = None
) -> Swept:
    swept = Swept()
    last = 0
    in_order = seats.order_by("pk").values_list("pk", flat=True)
    while ids := list(in_order.filter(pk__gt=last)[:_SWEEP_BATCH]):
        changes = planner.reconcile(ids, now)
        swept.seats += len(ids)
        swept.added += changes.added
        swept.voided += changes.voided
        last = ids[-1]
        if told is not None:
            told(swept.seats)
    return swept


def ring() -> None:
    """Ask a worker to look now instead of at the next minute."""
    async_task("sms.tasks.dispatch_due")


def take_in() -> dict[str, int]:
    """Act upon what the provider told us. Same as `manage.py take_in`."""
    taken = taking_in.take_in()
    if taken.answers:
        ring()
    return asdict(taken)


def watch() -> dict[str, int]:
    """Begin and end alerts. `manage.py texts_health` does the same."""
    return {"open": len(alerts.watch(timezone.now()))}


def erase() -> dict[str, int]:
    """Erase numbers and bodies of closed cases. Same as `manage.py erase_texts`."""
    return asdict(erasing.erase(timezone.now()))


def follow_rules(partner_id: int) -> dict[str, int]:
    """The rules of texts changed: what waits for this partner's people follows. The sweep does it too."""
    now = timezone.now()
    return asdict(_reconcile(sweepable(now).filter(session__partner=partner_id), now))


def ring_rules(partner_id: int) -> None:
    """Ask a worker to let what waits follow the new rules."""
    async_task("sms.tasks.follow_rules", partner_id)
