from __future__ import annotations

from datetime import datetime

from django.db.models import Max

from booking import access, journal, offers, seating, waiting
from booking.errors import NotActive
from booking.holding import hold
from booking.locking import writing
from booking.models import WaitingEntry
from booking.models.journal import Verb
from booking.models.waiting import WaitingState
from booking.once import once


@once
def move_up(
    *,
    by: access.Actor,
    now: datetime,
    waiting_entry: WaitingEntry,
    reason: str,
    key: str = "",
) -> WaitingEntry:
    """Put somebody who waits first in their list, before the order of deadlines, with a reason.

    Raises NotAllowed, Invalid without a reason, NotActive, Busy.
    """
    access.must_manage(by, waiting_entry.target.partner_id)
    access.must_know(by, waiting_entry.participant)
    reason = seating.needed_reason(reason)
    by_id = by.pk if by else None
    with writing():
        held = hold(now=now, people=[waiting_entry.participant_id])
        current = offers.read(held, waiting_entry.pk)
        if current.state != WaitingState.WAITING:
            raise NotActive
        same = waiting.beside(current).exclude(pk=current.pk)
        before = current.lift
        current.lift = (same.aggregate(top=Max("lift"))["top"] or 0) + 1
        current.lift_reason = reason
        current.save(update_fields=["lift", "lift_reason"])
        facts = {"before": before, "after": current.lift}
        journal.write([waiting.about(current, Verb.WAITING_MOVED_UP, now, by_id, **facts)])
    return current
