"""What a closure that was noted or lifted changes in the rhythms: at once, or left to a worker."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from booking import access
from booking.errors import BookingError, Busy
from calendars import tasks
from calendars.models import Rhythm
from calendars.publish import horizon, publish


def at_once(rhythms: Collection[Rhythm], *, by: access.Actor, now: datetime) -> int:
    """How many sessions were opened. A rhythm that cannot be published stops nothing: people must be
    told that somebody is ill, whatever else is wrong. It is tried again by a worker, who says so in
    the log. Raises Busy."""
    ends, opened = horizon(now), 0
    failed = []
    for one in rhythms:
        until = max(ends, one.published_until or ends)
        try:
            # A savepoint of its own: of one that fails nothing is written.
            opened += len(publish(rhythm=one, now=now, by=by, until=until).opened)
        except Busy:
            raise
        except BookingError:
            failed.append(one)
    for one in failed:
        tasks.ring(one)
    _to_do(failed)
    return opened


def later(rhythms: Collection[Rhythm]) -> None:
    """By a worker, soon after."""
    _to_do(rhythms)
    tasks.ring_all()


def _to_do(rhythms: Collection[Rhythm]) -> None:
    if rhythms:
        ids = [one.pk for one in rhythms]
        Rhythm.objects.filter(pk__in=ids).update(published_until=None)
