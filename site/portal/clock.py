"""How often the worker does what, as django-q2's schedules. Only names and minutes: what a task
does is written in its own room, and every task has a command that does the same without a worker."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django_q.models import Schedule

from booking.locking import lock_name

#: Name → task, minutes.
SCHEDULES: Final = {
    "texts: send what is due": ("sms.tasks.dispatch_due", 1),
    "texts: plan what is missing": ("sms.tasks.sweep", 10),
    "waiting lists: end and make offers": ("booking.tasks.serve_waiting_lists", 1),
    "rhythms: publish the coming dates": ("calendars.tasks.publish_all", 60),
    "answers: forget the old ones": ("booking.tasks.forget_answers", 60),
}


def ensure_schedules() -> None:
    """Write the schedules: as often as wanted, from several machines at once."""
    with transaction.atomic():
        # The library's table knows no unique name.
        lock_name("portal.clock")
        for name, (func, minutes) in SCHEDULES.items():
            rows = Schedule.objects.filter(name=name).order_by("pk")
            kept = rows.first() or Schedule(name=name)
            rows.exclude(pk=kept.pk).delete()
            kept.func, kept.minutes = func, minutes
            kept.schedule_type, kept.repeats = Schedule.MINUTES, -1
            kept.save()
