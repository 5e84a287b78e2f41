"""How often the worker does what, as django-q2's schedules. Only names and times: what a task does is
written in its own room, and every task has a command that does the same without a worker."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django_q.models import Schedule

from booking.locking import lock_name

#: Name → task, minutes.
SCHEDULES: Final = {
    "texts: send what is due": ("sms.tasks.dispatch_due", 1),
    "texts: plan what is missing": ("sms.tasks.sweep", 10),
    "texts: act upon what came back": ("sms.tasks.take_in", 1),
    "texts: watch over them": ("sms.tasks.watch", 1),
    "waiting lists: end and make offers": ("booking.tasks.serve_waiting_lists", 1),
    "rhythms: publish the coming dates": ("calendars.tasks.publish_all", 60),
    "answers: forget the old ones": ("booking.tasks.forget_answers", 60),
}
#: Name → task, Europe/Paris wall-clock: never between 1 and 4, where the clock change leaves an hour
#: out or has it twice.
DAILY: Final = {
    "texts: erase the old ones": ("sms.tasks.erase", time(5, 20)),
}
NAMES: Final = frozenset({*SCHEDULES, *DAILY})


def ensure_schedules() -> None:
    """Write the schedules: as often as wanted, from several machines at once."""
    with transaction.atomic():
        # The library's table knows no unique name.
        lock_name("portal.clock")
        for name, (func, minutes) in SCHEDULES.items():
            row = _only(name)
            row.func, row.minutes, row.schedule_type = func, minutes, Schedule.MINUTES
            row.save()
        for name, (func, at) in DAILY.items():
            row = _only(name)
            if row.schedule_type != Schedule.DAILY or timezone.localtime(row.next_run).time() != at:
                row.next_run = _next(at)
            row.func, row.minutes, row.schedule_type = func, None, Schedule.DAILY
            row.save()


def _only(name: str) -> Schedule:
    rows = Schedule.objects.filter(name=name).order_by("pk")
    kept = rows.first() or Schedule(name=name)
    rows.exclude(pk=kept.pk).delete()
    kept.repeats = -1
    return kept


def _next(at: time) -> datetime:
    now = timezone.localtime()
    today = datetime.combine(now.date(), at, now.tzinfo)
    return (
        today if today > now else datetime.combine(now.date() + timedelta(days=1), at, now.tzinfo)
    )
