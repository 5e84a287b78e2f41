from __future__ import annotations

from datetime import datetime

from booking import access, journal, offers, rights, waiting
from booking.errors import OfferOver
from booking.holding import hold
from booking.locking import writing
from booking.models import WaitingEntry
from booking.models.journal import Verb
from booking.models.waiting import WaitingState
from booking.once import once


@once
def decline_offer(
    *, by: access.Actor, now: datetime, waiting_entry: WaitingEntry, key: str = ""
) -> WaitingEntry:
    """Whoever was offered a place does not take it: it goes to the next, and they leave the list.
    At another partner only the account that put them on it may say so.

    Raises NotAllowed, OfferOver when it was answered or lapsed before, Busy."""
    rights.must_leave(by, waiting_entry)
    access.must_know(by, waiting_entry.participant)
    by_id = by.pk if by else None
    with writing():
        offered = offers.offered_sessions(waiting_entry.pk)
        held = hold(now=now, sessions=offered, people=[waiting_entry.participant_id])
        current = offers.read(held, waiting_entry.pk)
        if current.state != WaitingState.OFFERED:
            raise OfferOver
        entries = offers.take_back(
            held,
            current,
            now=now,
            by_id=by_id,
            state=WaitingState.DECLINED,
            verb=Verb.OFFER_DECLINED,
            **rights.facts(by, current.target.partner_id),
        )
        journal.write([*entries, *waiting.serve(held, now=now)])
    return current
