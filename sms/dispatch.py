"""Claim, check again, send, record.

Checking and marking as handed over is one short transaction (sms.handover); sending is outside of
any. Two dispatchers never hold one text, and what may have been sent is never sent again from here.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import OperationalError
from django.utils import timezone

from sms import faults, leases, pace, problems, recording, sending
from sms.foresight import Foreseen
from sms.handover import Closed, Handed, hand_over
from sms.leases import Claim
from sms.models import TextState
from sms.sending import Gate
from sms.transports import (
    Halted,
    NotSent,
    Receipt,
    Refused,
    Transport,
    Unknown,
    get_transport,
)
from sms.turns import Turns

log = logging.getLogger(__name__)

#: After so many texts in a row that did not get through, the rest waits for the next run.
_STREAK = 5
#: When somebody else works on the same person: as long as a person's click takes.
_BUSY = timedelta(seconds=10)
#: "Too fast": how long the sender rests, beside the back-off of the text itself.
_TOO_FAST = timedelta(seconds=2)


@dataclass(slots=True)
class Counts:
    """What became of the texts that were due. `waiting`: not at this hour, or enough for today;
    `retrying`: the carrier did not take it; `freed`: leases that had run out. `stopped` says why
    the rest was left: "paused", "halted" (the carrier refuses us), "streak"."""

    sent: int = 0
    waiting: int = 0
    retrying: int = 0
    uncertain: int = 0
    failed: int = 0
    expired: int = 0
    void: int = 0
    freed: int = 0
    stopped: str = ""

    def add(self, name: str) -> None:
        setattr(self, name, getattr(self, name) + 1)


_COUNTED = {
    TextState.PLANNED: "waiting",
    TextState.VOID: "void",
    TextState.EXPIRED: "expired",
    TextState.FAILED: "failed",
    TextState.UNCERTAIN: "uncertain",
    TextState.SENT: "sent",
    TextState.DELIVERED: "sent",
}


def dispatch_due(
    now: datetime | None = None,
    limit: int = 500,
    *,
    seconds: float = 60,
    transport: Transport | None = None,
    told: Callable[[Counts], None] | None = None,
) -> Counts:
    """Send what is due: at most `limit` texts, and none is begun after `seconds`, because a task
    that outlasts Q_CLUSTER's timeout is killed in the middle of a send. `now` freezes the clock;
    `told` hears how far it is, text by text."""

    def clock() -> datetime:
        return now or timezone.now()

    carrier = transport or get_transport()
    freed = leases.free(clock(), repeatable=carrier.repeatable)
    counts = Counts(freed=freed, expired=leases.expire(clock()))
    try:
        gate = sending.gate(clock())
        if gate in {Gate.PAUSED, Gate.HALTED}:
            counts.stopped = gate.value
            return counts
        run = _Run(carrier, clock, counts, probing=gate is Gate.PROBE)
        run.send_all(Turns(clock, time.monotonic() + seconds), limit, told)
    finally:
        if transport is None:
            carrier.close()
    return counts


class _Run:
    """One dispatcher at work. `probing`: the carrier refused us, and this run has yet to see whether
    it still does."""

    def __init__(
        self, carrier: Transport, clock: Callable[[], datetime], counts: Counts, *, probing: bool
    ) -> None:
        self._carrier, self._clock, self._counts = carrier, clock, counts
        self._probing = probing
        self._lost_in_a_row = 0

    def send_all(self, turns: Turns, limit: int, told: Callable[[Counts], None] | None) -> None:
        try:
            for n in range(limit):
                if self._counts.stopped:
                    break
                claim = turns.take(1 if self._probing else limit - n)
                if claim is None:
                    break
                self._one(claim, turns.foreseen(claim))
                if told is not None:
                    told(self._counts)
        finally:
            turns.end()
            if self._probing:
                sending.not_probed(self._clock())

    def _one(self, claim: Claim, foreseen: Foreseen | None) -> None:
        """Check, send and record one claimed text."""
        now = self._clock()
        try:
            handed = hand_over(claim, now, foreseen=foreseen, probing=self._probing)
        except Closed:
            self._closed(claim)
            return
        except OperationalError:
            log.warning("text %s: its person is locked by somebody else, left for now", claim.pk)
            leases.give_back([claim], now + _BUSY)
            self._counts.waiting += 1
            return
        except Exception as error:  # noqa: BLE001 - one text must not keep the others here
            handed = faults.put_aside(claim, error, now)
        if isinstance(handed, Handed):
            self._handed(handed, claim.paced_by)
        elif handed is not None:
            self._counts.add(_COUNTED[handed])
        else:
            leases.give_back([claim])

    def _closed(self, claim: Claim) -> None:
        leases.give_back([claim])
        gate = sending.gate_now()
        if gate is Gate.OPEN:
            self._counts.waiting += 1  # Resumed meanwhile: for the next run.
        else:
            self._counts.stopped = gate.value

    def _handed(self, handed: Handed, paced_by: str) -> None:
        try:
            self._send(handed, paced_by)
        except Exception as error:  # noqa: BLE001 - nor what happens to one that may have left
            # The row stays as it was handed over: its lease runs out, and it is looked up.
            log.error("text %s is left open: %s", handed.message.text_id, faults.where(error))  # noqa: TRY400 - frames may hold its body
            self._counts.uncertain += 1
            self._lost(paced_by, "fault")

    def _send(self, handed: Handed, paced_by: str) -> None:
        try:
            receipt = self._asked(handed)
        except Halted as error:
            sending.halt(error.code, self._clock())
            recording.halted(handed, error.code)
            self._counts.retrying += 1
            self._stop("halted")
        except NotSent as error:
            recording.not_sent(handed, error.code, self._clock())
            self._counts.retrying += 1
            self._lost(paced_by, error.code)
        except Unknown as error:
            recording.unknown(handed, error.code)
            self._counts.uncertain += 1
            self._lost(paced_by, error.code)
        except Refused as error:
            recording.refused(handed, error.code, self._clock())
            self._counts.failed += 1
            self._answered(proof=problems.blames_the_number(error.code))
        else:
            self._counts.add(_COUNTED[recording.taken(handed, receipt, self._clock())])
            self._answered(proof=True)

    def _asked(self, handed: Handed) -> Receipt:
        if handed.overslept(self._clock()):
            raise NotSent("asleep")
        return self._carrier.send(handed.message)

    def _answered(self, *, proof: bool) -> None:
        """`proof`: the carrier works for us, whatever it says of this text."""
        self._lost_in_a_row = 0
        if self._probing and proof:
            self._probing = False
            sending.proved()

    def _lost(self, paced_by: str, code: str) -> None:
        if code == "429":
            pace.hold(paced_by, self._clock() + _TOO_FAST)
        self._lost_in_a_row += 1
        if self._probing:
            self._stop("halted")
        elif self._lost_in_a_row == _STREAK:
            self._stop("streak")

    def _stop(self, why: str) -> None:
        self._counts.stopped = why
        self._probing = False
