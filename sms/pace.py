"""No sender sends faster than its carrier takes: settings.SMS_RATE texts a second, over all workers
and machines. A worker reserves the next free moments of a sender in the database, and waits for
each outside of any transaction."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from sms.models import SenderPace

#: Nobody reserves further ahead: what is checked must be sent soon, and others want to send too.
AHEAD = timedelta(seconds=2)


def at_once() -> int:
    """How many texts of one sender fit into what may be reserved; at least one."""
    return max(1, int(settings.SMS_RATE * AHEAD.total_seconds()))


def reserve(sender: str, wanted: int, now: datetime) -> tuple[list[datetime], datetime]:
    """Up to so many moments at which this sender may send, none further ahead than `AHEAD`; and
    when the next one would be. They are the caller's own; one that is not used is lost."""
    apart = timedelta(seconds=1 / settings.SMS_RATE)
    with transaction.atomic():
        pace = _locked(sender, now)
        start = max(pace.free_at, now)
        fit = math.floor((now + AHEAD - start) / apart) + 1
        taken = min(wanted, max(0, fit))
        free_at = start + taken * apart
        if taken:
            SenderPace.objects.filter(pk=pace.pk).update(free_at=free_at)
    return [start + n * apart for n in range(taken)], free_at


def hold(sender: str, until: datetime) -> None:
    """The carrier said that this was too fast: nothing more of this sender before then."""
    with transaction.atomic():
        pace = _locked(sender, until)
        if pace.free_at < until:
            SenderPace.objects.filter(pk=pace.pk).update(free_at=until)


def _locked(sender: str, now: datetime) -> SenderPace:
    paces = SenderPace.objects.select_for_update(no_key=True)
    found = paces.filter(sender=sender).first()
    if found is None:
        SenderPace.objects.bulk_create(
            [SenderPace(sender=sender, free_at=now)], ignore_conflicts=True
        )
        found = paces.get(sender=sender)
    return found
