"""Whether anything may leave: people pause it, and the provider's refusal of us all halts it.

While it is halted, one text is tried at `probe_at`, by whoever gets there first: after 1 minute,
then after as long again as it has lasted and a minute more, at most 15 (1, 2, 4, 8, 15 minutes).
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from enum import Enum

from sms.models import Sending

log = logging.getLogger(__name__)

_FIRST_PROBE = timedelta(minutes=1)
_LONGEST_PROBE = timedelta(minutes=15)


class Gate(Enum):
    OPEN = "open"
    #: The caller, and nobody else, tries one text.
    PROBE = "probe"
    PAUSED = "paused"
    HALTED = "halted"


def state() -> Sending:
    """The switch as it is; open where nobody ever touched it. One query, writes nothing."""
    return Sending.objects.filter(pk=1).first() or Sending(pk=1)


def locked() -> Sending:
    """The row, made where there is none, and locked. Call inside a transaction."""
    Sending.objects.bulk_create([Sending(pk=1)], ignore_conflicts=True)
    return Sending.objects.select_for_update(no_key=True).get(pk=1)


def gate(now: datetime) -> Gate:
    """What the caller may do now. A probe is given to one caller only: the next one comes later."""
    row = state()
    if row.paused_at is not None or row.halted_at is None:
        return Gate.PAUSED if row.paused_at is not None else Gate.OPEN
    if row.probe_at is not None and row.probe_at > now:
        return Gate.HALTED
    won = Sending.objects.filter(pk=1, halted_at__isnull=False, probe_at=row.probe_at).update(
        probe_at=now + _wait(now - row.halted_at)
    )
    return Gate.PROBE if won else Gate.HALTED


def _wait(lasted: timedelta) -> timedelta:
    return min(max(lasted, timedelta()) + _FIRST_PROBE, _LONGEST_PROBE)


def halt(code: str, now: datetime) -> None:
    """The provider refuses us as a whole: nobody asks it again before the probe. From when it
    began, however many workers hear it."""
    Sending.objects.bulk_create([Sending(pk=1)], ignore_conflicts=True)
    first = Sending.objects.filter(pk=1, halted_at=None).update(
        halted_at=now, halted_code=code, probe_at=now + _FIRST_PROBE
    )
    if first:
        log.error("the provider refuses our texts (%s): sending is halted", code)
    else:
        Sending.objects.filter(pk=1).update(halted_code=code)


def proved() -> None:
    """The probe was taken: everything leaves again."""
    ended = Sending.objects.filter(pk=1, halted_at__isnull=False).update(
        halted_at=None, halted_code="", probe_at=None
    )
    if ended:
        log.warning("the provider takes our texts again")


def not_probed(now: datetime) -> None:
    """There was no text to try: the next caller may, at once."""
    Sending.objects.filter(pk=1, halted_at__isnull=False, probe_at__gt=now).update(probe_at=now)


def gate_now() -> Gate:
    """What keeps texts from leaving at this moment. Gives nobody a probe."""
    row = state()
    if row.paused_at is not None:
        return Gate.PAUSED
    return Gate.OPEN if row.halted_at is None else Gate.HALTED
