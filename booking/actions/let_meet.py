from __future__ import annotations

from datetime import datetime

from booking import access, journal, waiting
from booking.holding import hold
from booking.locking import writing
from booking.models import AvoidancePair, JournalEntry
from booking.models.journal import Verb
from booking.once import once


@once
def let_meet(*, by: access.Actor, now: datetime, pair: AvoidancePair, key: str = "") -> None:
    """Two people no longer need to be kept apart; whoever of them waited for a place beside the
    other is offered it. Doing it again changes nothing. Raises NotAllowed, Busy."""
    access.must_coordinate(by)
    with writing():
        # Held while the pair still stands: it tells whose lists are concerned.
        held = hold(now=now, people=[pair.first_id, pair.second_id])
        current = AvoidancePair.objects.filter(pk=pair.pk).first()
        if current is None:
            return
        held.refuse_other(current.first_id)
        held.refuse_other(current.second_id)
        facts = {"rule": "apart", "pair": current.pk, "lifted": True}
        held.seatmap.apart[current.first_id].discard(current.second_id)
        held.seatmap.apart[current.second_id].discard(current.first_id)
        current.delete()
        entry = JournalEntry(at=now, actor=by, verb=Verb.SAFETY_CHANGED, facts=facts)
        journal.write([entry, *waiting.serve(held, now=now)])
