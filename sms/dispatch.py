"""Claim, check again, send, record.

Checking and marking as handed over is one short transaction; sending is outside of any. Two
dispatchers never hold one text, and what may have been sent is never sent again from here.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import OperationalError, transaction
from django.utils import timezone

from booking.models import Participant
from sms import leases
from sms.gsm import segments
from sms.models import Text, TextState
from sms.recheck import Verdict, recheck
from sms.transports import Message, NotSent, Refused, Transport, Unknown, get_transport

log = logging.getLogger(__name__)

_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=1)


@dataclass(slots=True)
class Counts:
    """What became of the texts that were due. `waiting`: not at this hour, or enough for today;
    `retrying`: the carrier did not take it; `freed`: leases that had run out."""

    sent: int = 0
    waiting: int = 0
    retrying: int = 0
    uncertain: int = 0
    failed: int = 0
    expired: int = 0
    void: int = 0
    freed: int = 0

    def add(self, name: str) -> None:
        setattr(self, name, getattr(self, name) + 1)


def dispatch_due(
    now: datetime | None = None,
    limit: int = 500,
    *,
    seconds: float = 60,
    transport: Transport | None = None,
) -> Counts:
    """Send what is due: at most `limit` texts, and none is begun after `seconds`, because a task
    that outlasts Q_CLUSTER's timeout is killed in the middle of a send. `now` freezes the clock."""

    def clock() -> datetime:
        return now or timezone.now()

    carrier = transport or get_transport()
    counts = Counts(freed=leases.free(clock(), repeatable=carrier.repeatable))
    ends = time.monotonic() + seconds
    try:
        for pk, lease in leases.claimed(limit, clock):
            if time.monotonic() < ends:
                counts.add(_one(pk, lease, carrier, clock))
            else:
                leases.give_back(pk, lease)
    finally:
        if transport is None:
            carrier.close()
    return counts


def _one(pk: int, lease: datetime, carrier: Transport, clock: Callable[[], datetime]) -> str:
    """Check, send and record one claimed text. Returns the name of the count it belongs to."""
    try:
        handed = _hand_over(pk, lease, clock())
    except OperationalError:
        log.warning("text %s: its person is locked by somebody else, left until its lease ends", pk)
        return "waiting"
    if isinstance(handed, str):
        return handed
    try:
        receipt = carrier.send(handed)
    except NotSent as error:
        return _retry(pk, error.code, clock())
    except Refused as error:
        return _record(pk, TextState.FAILED, problem=error.code)
    except Unknown as error:
        return _record(pk, TextState.UNCERTAIN, problem=error.code)
    return _record(pk, TextState.SENT, provider_id=receipt.provider_id)


def _hand_over(pk: int, lease: datetime, now: datetime) -> Message | str:
    """With the person locked: check the text against the seat as it is now, and write what is about
    to leave. From then on it may have been sent. Otherwise, the name of the count."""
    with transaction.atomic():
        whose = Text.objects.filter(pk=pk).values("seat__participant")
        list(Participant.objects.select_for_update(no_key=True).filter(pk__in=whose))
        text = leases.held(pk, lease).select_related(*_FACTS).first()
        if text is None:
            return "waiting"  # The lease ran out, and somebody else has the text now.
        verdict = recheck(text, now)
        if verdict.state != TextState.CLAIMED:
            return _put_aside(text, lease, verdict)
        session = text.seat.session
        message = Message(
            text_id=pk,
            sender=session.partner.sms_sender,
            to=text.seat.participant.phone,
            body=verdict.body,
            segments=segments(verdict.body),
        )
        won = leases.held(pk, lease).update(
            sender=message.sender,
            to=message.to,
            body=message.body,
            told=verdict.told,
            segments=message.segments,
            attempts=text.attempts + 1,
            sent_at=now,
            problem="",
            lease_until=now + leases.lease_time(),
        )
    return message if won else "waiting"


_FACTS = (
    "seat__participant",
    "seat__referral",
    "seat__session__partner",
    "seat__session__service",
    "seat__session__venue",
)
_COUNTED = {
    TextState.PLANNED: "waiting",
    TextState.VOID: "void",
    TextState.EXPIRED: "expired",
    TextState.FAILED: "failed",
    TextState.UNCERTAIN: "uncertain",
    TextState.SENT: "sent",
}


def _put_aside(text: Text, lease: datetime, verdict: Verdict) -> str:
    leases.held(text.pk, lease).update(
        state=verdict.state,
        problem=verdict.problem,
        due_at=verdict.due_at or text.due_at,
        lease_until=None,
    )
    return _COUNTED[verdict.state]


def _record(pk: int, state: TextState, **facts: str) -> str:
    """What the carrier said. Forward also from UNCERTAIN: the lease may have run out meanwhile."""
    Text.objects.filter(pk=pk, state__in=(TextState.CLAIMED, TextState.UNCERTAIN)).update(
        state=state, lease_until=None, **facts
    )
    if state != TextState.SENT:
        log.warning("text %s is %s: %s", pk, state.value, facts["problem"])
    return _COUNTED[state]


def _retry(pk: int, problem: str, now: datetime) -> str:
    """Wait twice as long each time, up to an hour; jitter, so that a crowd does not come back at
    once; and not past its end, where it is called expired."""
    text = Text.objects.only("attempts", "expires_at").get(pk=pk)
    longest = min(_FIRST_WAIT * 2 ** min(text.attempts - 1, 10), _LONGEST_WAIT)
    wait = longest * (0.5 + secrets.randbelow(501) / 1000)
    Text.objects.filter(pk=pk, state=TextState.CLAIMED).update(
        state=TextState.PLANNED,
        due_at=min(now + wait, text.expires_at),
        lease_until=None,
        problem=problem,
        **leases.UNTOUCHED,
    )
    log.warning("text %s was not sent (%s): again in %.0f s", pk, problem, wait.total_seconds())
    return "retrying"
