from __future__ import annotations

from datetime import datetime

from booking import access, journal, waiting
from booking.holding import hold
from booking.locking import writing
from booking.models import HiddenFrom, JournalEntry, Participant, Partner
from booking.models.journal import Verb
from booking.once import once


@once
def show_to(
    *,
    by: access.Actor,
    now: datetime,
    participant: Participant,
    partner: Partner,
    key: str = "",
) -> None:
    """A partner may see this person again; a place for which they wait there is offered. Doing it
    again changes nothing. Raises NotAllowed, Busy."""
    access.must_coordinate(by)
    with writing():
        held = hold(now=now, people=[participant.pk])
        hidden = HiddenFrom.objects.filter(participant=participant, partner=partner)
        if not hidden.delete()[0]:
            return
        held.seatmap.hidden.discard((partner.pk, participant.pk))
        facts = {"rule": "hidden", "from": partner.pk, "lifted": True}
        verb = Verb.SAFETY_CHANGED
        entry = JournalEntry(at=now, actor=by, verb=verb, participant=participant, facts=facts)
        journal.write([entry, *waiting.serve(held, now=now)])
