from __future__ import annotations

from datetime import datetime

from booking import access, journal, offers, rights, waiting
from booking.errors import NotActive
from booking.holding import hold
from booking.locking import writing
from booking.models import WaitingEntry
from booking.models.journal import Verb
from booking.models.waiting import WaitingState
from booking.once import once


@once
def leave_waiting_list(
    *, by: access.Actor, now: datetime, waiting_entry: WaitingEntry, key: str = ""
) -> WaitingEntry:
    """Take somebody off a waiting list; an open offer is declined instead, a lapsed one may be
    cleared away. At another partner only the account that put them there may do so.

    Raises NotAllowed, NotActive, Busy."""
    rights.must_leave(by, waiting_entry)
    access.must_know(by, waiting_entry.participant)
    by_id = by.pk if by else None
    with writing():
        held = hold(now=now, people=[waiting_entry.participant_id])
        current = offers.read(held, waiting_entry.pk)
        if current.state not in {WaitingState.WAITING, WaitingState.LAPSED}:
            raise NotActive
        current.state = WaitingState.LEFT
        current.save(update_fields=["state"])
        outside = rights.facts(by, current.target.partner_id)
        journal.write([waiting.about(current, Verb.WAITING_LEFT, now, by_id, **outside)])
    return current
