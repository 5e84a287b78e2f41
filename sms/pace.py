"""No sender sends faster than its carrier takes: settings.SMS_RATE texts a second, over all workers
and machines. A worker reserves the next free moments of its senders in the database, and waits for
each outside of any transaction."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from sms.models import SenderPace
from sms.storing import hasty

#: Nobody reserves further ahead: what is checked must be sent soon, and others want to send too.
AHEAD = timedelta(seconds=2)
#: What is reserved further ahead, nobody reserved: the clock of some machine was wrong.
_NOBODY = timedelta(seconds=5)


class Reserved(NamedTuple):
    """Moments at which a sender may send, the caller's own; one that is not used is lost. `free_at`:
    when the next one would be."""

    moments: list[datetime]
    free_at: datetime


def at_once() -> int:
    """How many texts of one sender fit into what may be reserved; at least one."""
    return max(1, int(settings.SMS_RATE * AHEAD.total_seconds()))


def reserve(wanted: Mapping[str, int], now: datetime) -> dict[str, Reserved]:
    """Up to so many moments of each sender, none further ahead than `AHEAD`. The same few queries
    for one sender as for many."""
    with transaction.atomic():
        hasty()
        paces = _locked(wanted, now)
        reserved = {sender: _next(paces[sender], wanted[sender], now) for sender in wanted}
        _write({sender: one.free_at for sender, one in reserved.items() if one.moments})
    return reserved


def hold(sender: str, until: datetime) -> None:
    """The carrier said that this was too fast: nothing more of this sender before then."""
    with transaction.atomic():
        if _locked([sender], until)[sender] < until:
            _write({sender: until})


def _next(free_at: datetime, wanted: int, now: datetime) -> Reserved:
    apart = timedelta(seconds=1 / settings.SMS_RATE)
    if free_at > now + _NOBODY:
        free_at = now + AHEAD
    start = max(free_at, now)
    fit = math.floor((now + AHEAD - start) / apart) + 1
    taken = min(wanted, max(0, fit))
    return Reserved([start + n * apart for n in range(taken)], start + taken * apart)


def _locked(senders: Collection[str], now: datetime) -> dict[str, datetime]:
    """Since when each is free, made where there is no row yet; locked in order of name."""
    rows = SenderPace.objects.select_for_update(no_key=True).filter(sender__in=senders)
    found = dict(rows.order_by("sender").values_list("sender", "free_at"))
    if missing := sorted(set(senders) - found.keys()):
        SenderPace.objects.bulk_create(
            [SenderPace(sender=sender, free_at=now) for sender in missing], ignore_conflicts=True
        )
        found = dict(rows.order_by("sender").values_list("sender", "free_at"))
    return found


def _write(free: Mapping[str, datetime]) -> None:
    if free:
        SenderPace.objects.bulk_create(
            [SenderPace(sender=sender, free_at=at) for sender, at in sorted(free.items())],
            update_conflicts=True,
            unique_fields=["sender"],
            update_fields=["free_at"],
        )
