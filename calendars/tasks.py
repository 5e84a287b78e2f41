"""What django-q2 runs of the rhythms. A task carries a primary key or nothing, and may run twice:
its truth is in our tables. Same as `manage.py publish_rhythms`."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from datetime import datetime, time

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_q.tasks import async_task

from booking.errors import BookingError, Busy
from calendars.models import Rhythm
from calendars.publish import Published, horizon, publish
from calendars.recurrence import PARIS

log = logging.getLogger(__name__)

#: Paris wall-clock: the hours in which a clock change may take or repeat one. The clock leaves them
#: alone; what it leaves is done at the next hour.
_QUIET = (time(1), time(4))


@dataclass(slots=True)
class Done:
    rhythms: int = 0
    opened: int = 0
    taken_back: int = 0
    to_settle: int = 0
    #: Somebody was changing the same thing: next time.
    busy: int = 0
    failed: int = 0

    def add(self, published: Published) -> None:
        self.rhythms += 1
        self.opened += len(published.opened)
        self.taken_back += len(published.discarded)
        self.to_settle += len(published.to_settle)


def publish_rhythm(pk: int) -> dict[str, int]:
    """One that was opened or changed just now."""
    done = Done()
    for rhythm in Rhythm.objects.filter(pk=pk):
        attempt(rhythm, timezone.now(), done)
    return asdict(done)


def publish_all() -> dict[str, int]:
    """Every rhythm that is not published as far as the horizon: once a day each, whenever the day's
    first hour comes that is not quiet. A night that was missed is made good by the next hour."""
    now = timezone.now()
    done = Done()
    for rhythm in due(now):
        attempt(rhythm, now, done)
    return asdict(done)


def due(now: datetime) -> list[Rhythm]:
    """One query. In the quiet hours only what was never published."""
    wanted = Q(published_until=None)
    if not _QUIET[0] <= now.astimezone(PARIS).time() < _QUIET[1]:
        wanted |= Q(published_until__lt=horizon(now))
    return list(running(now).filter(wanted))


def running(now: datetime) -> QuerySet[Rhythm]:
    """Those that have not ended."""
    ended = Q(ended_on__lte=now.astimezone(PARIS).date())
    return Rhythm.objects.exclude(ended | Q(event__end_recurring_period__lte=now)).order_by("pk")


def attempt(rhythm: Rhythm, now: datetime, done: Done) -> None:
    """In a transaction of its own: one that fails stops no other. The log has numbers only."""
    try:
        done.add(publish(rhythm=rhythm, now=now))
    except Busy:
        done.busy += 1
    except BookingError as refusal:
        log.error("rhythm %s cannot be published: %s", rhythm.pk, type(refusal).__name__)  # noqa: TRY400
        done.failed += 1
    except Exception:  # whatever it is, the others must be published
        log.exception("rhythm %s cannot be published", rhythm.pk)
        done.failed += 1


@dataclass(frozen=True, slots=True)
class _Bell:
    pk: int

    def __call__(self) -> None:
        async_task("calendars.tasks.publish_rhythm", self.pk)


def ring(rhythm: Rhythm) -> None:
    """Once what is being written is there, ask a worker to publish this rhythm now instead of at the
    next hour: one bell, however often it is rung in one transaction."""
    bell = _Bell(rhythm.pk)
    if any(callback[1] == bell for callback in transaction.get_connection().run_on_commit):
        return
    # Robust: without a queue it is published at the next hour; the action must not fail.
    transaction.on_commit(bell, robust=True)


def ring_all() -> None:
    """The same for all that are to do: after a closure that concerns many."""
    transaction.on_commit(_all, robust=True)


def _all() -> None:
    async_task("calendars.tasks.publish_all")
