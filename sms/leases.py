"""Who holds which text. A claim is a compare-and-swap with a lease; one that dies lets it run out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, DateTimeField, F, QuerySet, Value, When
from django.db.models.functions import Least

from sms.models import Text, TextState
from sms.storing import hasty


def lease_time() -> timedelta:
    """Far longer than one send. A lease that runs out early costs nothing but a second look."""
    return timedelta(seconds=settings.SMS_LEASE)


#: Few at once: what one dispatcher has claimed, no other one sends.
BATCH = 40
#: At once, where nothing has to be asked of each.
_MANY = 500

# What a text is before it is handed over: it follows the person's number until then.
UNTOUCHED: dict[str, Any] = {
    "sender": "",
    "to": "",
    "body": "",
    "told": None,
    "segments": 0,
    "sent_at": None,
    "leader": None,
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A text that is the holder's own until `lease`, and what is needed to take its turn: whose it
    is, and who sends it."""

    pk: int
    lease: datetime
    person_id: int
    sender: str
    messaging_service: str

    @property
    def paced_by(self) -> str:
        return self.messaging_service or self.sender


def claim(size: int, now: datetime) -> list[Claim]:
    """Up to so many due texts, the longest due first, that are now the caller's own."""
    lease = now + lease_time()
    with transaction.atomic():
        hasty()
        # PostgreSQL passes over what another dispatcher is claiming; SQLite has one writer.
        ids = list(
            Text.objects.select_for_update(skip_locked=True, no_key=True)
            .filter(state=TextState.PLANNED, due_at__lte=now)
            .order_by("due_at", "pk")
            .values_list("pk", flat=True)[:size]
        )
        if not ids:
            return []
        Text.objects.filter(pk__in=ids, state=TextState.PLANNED).update(
            state=TextState.CLAIMED, lease_until=lease
        )
    # Outside: who sends it is looked at again with the person locked.
    whose = Text.objects.filter(pk__in=ids).values_list(
        "pk",
        "seat__participant_id",
        "seat__session__partner__sms_sender",
        "seat__session__partner__messaging_service",
    )
    claims = {pk: Claim(pk, lease, person, sender, pool) for pk, person, sender, pool in whose}
    return [claims[pk] for pk in ids]


def held(pk: int, lease: datetime) -> QuerySet[Text]:
    """This text while the caller's claim on it stands: filter, update, and look at the count."""
    return Text.objects.filter(pk=pk, state=TextState.CLAIMED, lease_until=lease)


#: What a text that waits for its sender may have waited for before.
_WAITED_FOR = ("", "hours", "pace")


def give_back(
    claims: Iterable[Claim], due_at: datetime | None = None, *, paced: bool = False
) -> None:
    """Claimed, but not handed over: for the next one, not before `due_at`, and never so late that it
    is not seen to be useless. `paced`: its sender was not free; a text that is put off so again and
    again is late all the same (sms.lateness)."""
    later: dict[str, Any] = {}
    if due_at is not None:
        later["due_at"] = Least(Value(due_at, DateTimeField()), F("expires_at"))
    if paced:
        waited = When(problem__in=_WAITED_FOR, then=Value("pace"))
        later["problem"] = Case(waited, default=F("problem"))
    for lease, ids in _by_lease(claims).items():
        Text.objects.filter(pk__in=ids, state=TextState.CLAIMED, lease_until=lease, to="").update(
            state=TextState.PLANNED, lease_until=None, **later
        )


def _by_lease(claims: Iterable[Claim]) -> dict[datetime, list[int]]:
    found: dict[datetime, list[int]] = {}
    for one in claims:
        found.setdefault(one.lease, []).append(one.pk)
    return found


def free(now: datetime, *, repeatable: bool) -> int:
    """Texts whose dispatcher died. One that was not handed over waits again; one that was may have
    been sent and is uncertain, unless the transport may repeat it. Returns how many."""
    dead = Text.objects.filter(state=TextState.CLAIMED, lease_until__lte=now)
    again = {"state": TextState.PLANNED, "lease_until": None, **UNTOUCHED}
    if repeatable:
        return _write_all(dead, again)
    lost = {"state": TextState.UNCERTAIN, "lease_until": None, "problem": "dispatcher_died"}
    return _write_all(dead.filter(to=""), again) + _write_all(dead.exclude(to=""), lost)


def expire(now: datetime) -> int:
    """Texts that became useless while nobody looked: while sending was paused, or no worker ran.
    They are a human's task. Returns how many. By the index of what is due: what is useless was."""
    late = Text.objects.filter(state=TextState.PLANNED, due_at__lte=now, expires_at__lte=now)
    return _write_all(late, {"state": TextState.EXPIRED, "problem": "late", "ended_at": now})


def _write_all(texts: QuerySet[Text], values: dict[str, Any]) -> int:
    """Batch after batch. What somebody else has in hand at this moment is left for the next time."""
    written = 0
    while texts.exists():
        with transaction.atomic():
            ids = list(
                texts.select_for_update(skip_locked=True, no_key=True)
                .order_by("pk")
                .values_list("pk", flat=True)[:_MANY]
            )
            if ids:
                written += Text.objects.filter(pk__in=ids).update(**values)
        if len(ids) < _MANY:
            break
    return written
