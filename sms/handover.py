"""Checking a claimed text once more, and writing down what is about to leave: one short
transaction. From its end on the text may have been sent."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Q

from booking.prepared import prepare
from sms import fingerprint, leases
from sms.foresight import Foreseen
from sms.foresight import message as message_of
from sms.leases import Claim
from sms.models import Text, TextState
from sms.recheck import Verdict, recheck
from sms.transports import Message

_FACTS = (
    "seat__participant",
    "seat__referral",
    "seat__session__partner",
    "seat__session__service",
    "seat__session__venue",
)


class Closed(Exception):
    """Sending was paused, or halted, since the text was claimed."""


@dataclass(frozen=True, slots=True)
class Handed:
    """`together`: whether other texts leave in the same message. `began`: the reading of
    time.monotonic() at `at`."""

    message: Message
    at: datetime
    together: bool
    began: float

    def overslept(self, now: datetime) -> bool:
        """Whether so much of the lease has passed that the request, which takes a while itself, might
        end after it: then somebody else may have looked this text up and sent it. A process that was
        stopped shows on the one clock, a machine that slept on the other."""
        passed = max(time.monotonic() - self.began, (now - self.at).total_seconds())
        return passed > leases.lease_time().total_seconds() / 3


def hand_over(
    claim: Claim, now: datetime, *, foreseen: Foreseen | None = None, probing: bool = False
) -> Handed | TextState | None:
    """With the person locked: check the text against the seat as it is now, and write what is about
    to leave: what was `foreseen`, if nothing changed since. Otherwise, what the text is now; None where it is no longer the caller's: its lease ran
    out, it left in another one, or its seat is a merged record's.

    Raises Closed; `probing` passes while sending is halted.
    """
    began = time.monotonic()
    if foreseen is not None and _alone(foreseen):
        marked = _in_two_trips(claim, foreseen, now, probing=probing)
        if marked is not None:
            return Handed(foreseen.message, now, together=False, began=began) if marked else None
    with transaction.atomic():
        locked = fingerprint.lock(claim.person_id, foreseen.at if foreseen else None)
        if locked.paused or (locked.halted and not probing):
            raise Closed
        if foreseen is not None and foreseen.still_true(locked, now):
            verdict, message = foreseen.verdict, foreseen.message
        else:
            decided = _look_again(claim, now)
            if not isinstance(decided, tuple):
                return decided
            verdict, message = decided
        if not _mark(claim, message, verdict, now):
            transaction.set_rollback(True)
            return None
    return Handed(message, now, bool(verdict.followers), began)


def _alone(foreseen: Foreseen) -> bool:
    """Whether this is the usual case: PostgreSQL, one text a message, no transaction around it."""
    plain = connection.vendor == "postgresql" and not connection.in_atomic_block
    return plain and not foreseen.verdict.followers


def _in_two_trips(claim: Claim, foreseen: Foreseen, now: datetime, *, probing: bool) -> bool | None:
    """What `hand_over` does where nothing changed since: begin, lock and read in one round trip, mark
    and commit in another. None where something changed, and nothing was written."""
    lease = now + leases.lease_time()
    prepare(_PREPARED)
    with connection.cursor() as cursor:
        try:
            locked = fingerprint.begin(cursor, claim.person_id, foreseen.at)
            closed = locked.paused or (locked.halted and not probing)
            if closed or not foreseen.still_true(locked, now):
                cursor.execute("ROLLBACK")
                if closed:
                    raise Closed
                return None
            values = _values(claim, foreseen.message, foreseen.verdict, now, lease)
            cursor.execute(f"{_EXECUTE}; COMMIT", values)
            return bool(cursor.rowcount == 1)
        except DatabaseError:
            with suppress(
                DatabaseError
            ):  # The connection may be gone, and the transaction with it.
                cursor.execute("ROLLBACK")
            raise


def _look_again(claim: Claim, now: datetime) -> tuple[Verdict, Message] | TextState | None:
    text = leases.held(claim.pk, claim.lease).select_related(*_FACTS).first()
    if text is None or text.seat.participant_id != claim.person_id:
        return None
    verdict = recheck(text, now)
    if verdict.state != TextState.CLAIMED:
        return _put_aside(text, claim, verdict, now)
    return verdict, message_of(text, text.seat, verdict)


#: Written out because every text does it while its person is locked.
_MARK = """
    UPDATE sms_text SET sender = {}, "to" = {}, body = {}, told = {}, segments = {}, sent_at = {},
        lease_until = {}, attempts = attempts + 1, problem = ''
    WHERE id = {} AND state = 'claimed' AND lease_until = {}
"""
_MARKS = ["%s"] * 9
_TYPES = "text, text, text, jsonb, smallint, timestamptz, timestamptz, bigint, timestamptz"
_EXECUTE = f"EXECUTE sms_mark({', '.join(_MARKS)})"
_PREPARED = {f"sms_mark({_TYPES})": _MARK.format(*(f"${n + 1}" for n in range(9)))}


def _mark(claim: Claim, message: Message, verdict: Verdict, now: datetime) -> bool:
    """Whether all of it is still there to be written: the words speak of the followers too."""
    lease = now + leases.lease_time()
    if verdict.followers and not _take_along(claim.pk, message, verdict, now, lease):
        return False
    statement = _MARK.format(*_MARKS)
    if connection.vendor == "postgresql":
        prepare(_PREPARED)
        statement = _EXECUTE
    with connection.cursor() as cursor:
        cursor.execute(statement, _values(claim, message, verdict, now, lease))
        return bool(cursor.rowcount == 1)


def _values(
    claim: Claim, message: Message, verdict: Verdict, now: datetime, lease: datetime
) -> tuple[Any, ...]:
    at, until, held = map(connection.ops.adapt_datetimefield_value, (now, lease, claim.lease))
    told = connection.ops.adapt_json_value(list(verdict.told), None)
    said = (message.sender, message.to, message.body, told, message.segments)
    return (*said, at, until, claim.pk, held)


def _take_along(
    leader: int, message: Message, verdict: Verdict, now: datetime, lease: datetime
) -> bool:
    free = Q(state=TextState.PLANNED) | Q(state=TextState.CLAIMED, to="")
    # All of them in primary-key order, as the planner locks them.
    rows = Text.objects.select_for_update(no_key=True).filter(pk__in=(leader, *verdict.followers))
    list(rows.order_by("pk").values_list("pk", flat=True))
    taken = Text.objects.filter(free, pk__in=verdict.followers).update(
        state=TextState.CLAIMED,
        leader=leader,
        sender=message.sender,
        to=message.to,
        body="",
        segments=0,
        told=verdict.told,
        sent_at=now,
        lease_until=lease,
        problem="",
    )
    return taken == len(verdict.followers)


def _put_aside(text: Text, claim: Claim, verdict: Verdict, now: datetime) -> TextState:
    ended = verdict.state in {TextState.FAILED, TextState.EXPIRED}
    leases.held(text.pk, claim.lease).update(
        state=verdict.state,
        problem=verdict.problem,
        due_at=verdict.due_at or text.due_at,
        lease_until=None,
        ended_at=now if ended else None,
    )
    return verdict.state
