"""Who holds which text. A claim is a compare-and-swap with a lease; one that dies lets it run out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from sms.models import Text, TextState


def lease_time() -> timedelta:
    """Far longer than one send. A lease that runs out early costs nothing but a second look."""
    return timedelta(seconds=settings.SMS_LEASE)


#: Few at once: what one dispatcher has claimed, no other one sends.
BATCH = 20

# What a text is before it is handed over: it follows the person's number until then.
UNTOUCHED = {"sender": "", "to": "", "body": "", "told": None, "segments": 0, "sent_at": None}


def claimed(limit: int, clock: Callable[[], datetime]) -> Iterator[tuple[int, datetime]]:
    """Texts that are now the caller's own, batch after batch, each at most once."""
    seen: set[int] = set()
    while len(seen) < limit:
        ids, lease = _claim(min(BATCH, limit - len(seen)), clock())
        yield from ((pk, lease) for pk in ids)
        if not ids or not seen.isdisjoint(ids):
            return
        seen.update(ids)


def _claim(size: int, now: datetime) -> tuple[list[int], datetime]:
    lease = now + lease_time()
    with transaction.atomic():
        # PostgreSQL passes over what another dispatcher is claiming; SQLite has one writer.
        ids = list(
            Text.objects.select_for_update(skip_locked=True)
            .filter(state=TextState.PLANNED, due_at__lte=now)
            .order_by("due_at", "pk")
            .values_list("pk", flat=True)[:size]
        )
        Text.objects.filter(pk__in=ids, state=TextState.PLANNED).update(
            state=TextState.CLAIMED, lease_until=lease
        )
    return ids, lease


def held(pk: int, lease: datetime) -> QuerySet[Text]:
    """This text while the caller's claim on it stands: filter, update, and look at the count."""
    return Text.objects.filter(pk=pk, state=TextState.CLAIMED, lease_until=lease)


def give_back(pk: int, lease: datetime) -> None:
    """Claimed, but not looked at: for the next one."""
    held(pk, lease).update(state=TextState.PLANNED, lease_until=None)


def free(now: datetime, *, repeatable: bool) -> int:
    """Texts whose dispatcher died. One that was not handed over waits again; one that was may have
    been sent and is uncertain, unless the transport may repeat it. Returns how many."""
    dead = Text.objects.filter(state=TextState.CLAIMED, lease_until__lte=now)
    again = dead if repeatable else dead.filter(to="")
    freed = again.update(state=TextState.PLANNED, lease_until=None, **UNTOUCHED)
    return freed + dead.update(
        state=TextState.UNCERTAIN, lease_until=None, problem="dispatcher_died"
    )
