"""What became of texts that may have left: the provider is asked before anything is sent again.

Its list lags behind what it accepts, so a text counts as never sent only when it was not in the
list at two looks, of which the first came settings.SMS_LOOKUP_AFTER (120 s) after the send and the
second as long again after the first: 240 s in all. One look is enough ten times as late (20 min).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from booking.errors import Busy
from booking.locking import lock_name
from sms import faults, leases, outcomes, sending
from sms.models import Text, TextState
from sms.sending import Gate
from sms.transports import Found, Transport, TransportError, get_transport

log = logging.getLogger(__name__)

#: The provider's clock is not ours, and ours may be wrong by more than anybody notices: what is taken
#: for never sent is sent again. The same words to the same number within this time are another text's,
#: and that one holds its number.
_MARGIN = timedelta(hours=2)
#: So many times as late, one look is enough.
_LONG_AGO = 10
#: Not in the list at the first look: what `Text.problem` says until the second.
_NOT_FOUND = "not_found"
#: After so many that could not be asked for, the others wait for the next run.
_STREAK = 3


@dataclass(slots=True)
class Looked:
    """`again`: certainly never sent, so it waits once more; `expired`: the same, but too late;
    `open`: to be looked up once more; `unasked`: the provider could not be asked."""

    found: int = 0
    again: int = 0
    expired: int = 0
    open: int = 0
    unasked: int = 0


def look_up(
    now: datetime | None = None,
    limit: int = 200,
    *,
    seconds: float = 30,
    transport: Transport | None = None,
    told: Callable[[Looked], None] | None = None,
) -> Looked:
    """Find out what became of uncertain texts: at most `limit`, and none is begun after `seconds`.
    `now` freezes the clock; `told` hears how far it is."""

    def clock() -> datetime:
        return now or timezone.now()

    looked = Looked()
    waiting = _waiting(clock(), limit)
    if not waiting or sending.gate_now() is Gate.HALTED:
        return looked
    carrier = transport or get_transport()
    ends = time.monotonic() + seconds
    try:
        for text in waiting:
            if time.monotonic() >= ends or looked.unasked >= _STREAK:
                break
            if (mine := _claimed(text, clock())) is not None:
                name = _tried(mine, carrier, clock)
                setattr(looked, name, getattr(looked, name) + 1)
                if told is not None:
                    told(looked)
    finally:
        if transport is None:
            carrier.close()
    return looked


def _after() -> timedelta:
    return timedelta(seconds=settings.SMS_LOOKUP_AFTER)


def _waiting(now: datetime, limit: int) -> list[Text]:
    """Those never looked up first, then those that were longest ago. A follower is found with its
    leader; by the leader's words where that one is settled already, because somebody called."""
    rested = Q(looked_up_at=None) | Q(looked_up_at__lte=now - _after())
    alone = Q(leader=None) | (~Q(leader__state=TextState.UNCERTAIN) & ~Q(leader__body=""))
    texts = Text.objects.filter(
        rested, alone, state=TextState.UNCERTAIN, sent_at__lte=now - _after()
    ).exclude(to="")  # Erased: nobody can tell any more.
    order = (F("looked_up_at").asc(nulls_first=True), "sent_at", "pk")
    found = list(texts.select_related("leader").order_by(*order)[:limit])
    for text in found:
        text.body = text.leader.body if text.leader else text.body
    return found


def _claimed(text: Text, now: datetime) -> Text | None:
    """The text, if nobody else looks it up at this moment."""
    won = Text.objects.filter(
        pk=text.pk, state=TextState.UNCERTAIN, looked_up_at=text.looked_up_at
    ).update(looked_up_at=now)
    text.looked_up_at = now
    return text if won else None


def _tried(text: Text, carrier: Transport, clock: Callable[[], datetime]) -> str:
    """One that our own code stumbles over must not keep the others open."""
    try:
        return _one(text, carrier, clock)
    except Exception as error:  # noqa: BLE001 - its words and frames may hold the body
        log.error("text %s could not be looked up: %s", text.pk, faults.where(error))  # noqa: TRY400
        return "unasked"


def _one(text: Text, carrier: Transport, clock: Callable[[], datetime]) -> str:
    """Ask, and write down the answer. Returns the name of the count it belongs to."""
    sent_at = text.sent_at or clock()
    try:
        candidates = carrier.look_up(text.to, text.body, sent_at - _MARGIN)
    except TransportError as error:
        # Also where it refuses us: a key may be allowed to send, and not to read.
        log.warning("text %s could not be looked up: %s", text.pk, error.code)
        return "unasked"
    found = _ours(text, sorted(candidates, key=lambda one: abs(one.at - sent_at)))
    if found is not None:
        return _told(text, found, clock())
    late = clock() - sent_at >= _LONG_AGO * _after()
    if text.problem != _NOT_FOUND and not late:
        _still_mine(text).update(problem=_NOT_FOUND)
        return "open"
    return _never_sent(text, clock())


def _ours(text: Text, candidates: list[Found]) -> Found | None:
    """The nearest that is no other text's: two people on one number may be told the same. Its
    number is written down at once, so that whoever looks up the other one passes over it. Those that
    left in one message share it."""
    leader = text.leader_id or text.pk
    for one in candidates:
        with transaction.atomic():
            lock_name(f"sms.looking_up {one.provider_id}")
            others = Text.objects.filter(provider_id=one.provider_id).exclude(
                Q(pk=leader) | Q(leader=leader)
            )
            if not others.exists():
                Text.objects.filter(pk=text.pk, provider_id="").update(provider_id=one.provider_id)
                return one
    return None


def _told(text: Text, found: Found, now: datetime) -> str:
    try:
        outcomes.apply(
            text_id=text.pk,
            provider_id=found.provider_id,
            state=found.state,
            code=found.code,
            at=found.at if found.state == TextState.SENT else now,
            now=now,
        )
    except Busy:
        return "open"  # Still uncertain, and found again at the next look.
    return "found"


def _never_sent(text: Text, now: datetime) -> str:
    """It waits again, with those that were to leave in it: whether it is still true is asked at the
    hand-over. Nothing is written where the provider was heard meanwhile."""
    counted = "open"
    with transaction.atomic():
        together = Text.objects.select_for_update(no_key=True).filter(
            Q(pk=text.pk) | Q(leader=text.pk), state=TextState.UNCERTAIN
        )
        rows = list(together.order_by("pk").only("pk", "expires_at", "looked_up_at"))
        if not any(one.pk == text.pk and one.looked_up_at == text.looked_up_at for one in rows):
            return counted
        for one in rows:
            late = one.expires_at <= now
            ended = {"state": TextState.EXPIRED, "problem": "late", "ended_at": now}
            again = {"state": TextState.PLANNED, "problem": "", "due_at": now}
            values = {**leases.UNTOUCHED, **(ended if late else again)}
            Text.objects.filter(pk=one.pk).update(looked_up_at=None, **values)
            if one.pk == text.pk:
                counted = "expired" if late else "again"
    log.warning("text %s was never sent", text.pk)
    return counted


def _still_mine(text: Text) -> QuerySet[Text]:
    return Text.objects.filter(
        pk=text.pk, state=TextState.UNCERTAIN, looked_up_at=text.looked_up_at
    )
