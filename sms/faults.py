"""A text that our own code stumbles over: a fault of ours, which must not keep the others here.

It is tried again, because the fault may be mended within the hour, and given to a human in the end.
Of the error only type and place are logged: its words, and its frames, may hold a body.
"""

from __future__ import annotations

import logging
import traceback
from datetime import datetime
from pathlib import Path

from sms import leases, recording
from sms.leases import Claim
from sms.models import TextState

log = logging.getLogger(__name__)

#: Within about half an hour; then somebody must call.
_TRIES = 6


def put_aside(claim: Claim, error: Exception, now: datetime) -> TextState | None:
    """A claimed text that could not be checked: PLANNED again, or FAILED. None where it is no longer
    the caller's."""
    held = leases.held(claim.pk, claim.lease).filter(to="")
    row = held.values_list("attempts", "expires_at").first()
    if row is None:
        return None
    attempts, expires_at = row[0] + 1, row[1]
    due_at = now + recording.wait(attempts)
    if attempts >= _TRIES or due_at >= expires_at:
        log.error("text %s is given up: %s", claim.pk, where(error))
        ended = {"state": TextState.FAILED, "ended_at": now}
        held.update(lease_until=None, attempts=attempts, problem="fault", **ended)
        return TextState.FAILED
    say = log.error if attempts == 1 else log.warning
    say("text %s could not be checked: %s", claim.pk, where(error))
    again = {"state": TextState.PLANNED, "due_at": due_at}
    held.update(lease_until=None, attempts=attempts, problem="fault", **again)
    return TextState.PLANNED


def where(error: BaseException) -> str:
    """Type and place of an error."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
