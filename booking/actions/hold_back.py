from __future__ import annotations

from datetime import date, datetime

from booking import access, journal, waiting
from booking.errors import Merged, NotAllowed
from booking.holding import hold
from booking.locking import writing
from booking.models import JournalEntry, Participant
from booking.models.journal import Verb
from booking.once import once


@once
def hold_back(
    *,
    by: access.Actor,
    now: datetime,
    participant: Participant,
    until: date | None,
    key: str = "",
) -> Participant:
    """The person cannot come before this Paris day (release from prison, for example); None lifts
    it. Seats before that day stay and are listed by `queries.conflicts`; a place for which the
    person waits and now can come is offered. Raises NotAllowed, Merged, Busy.
    """
    if by is not None and not access.reveals(participant, by):
        raise NotAllowed
    by_id = by.pk if by else None
    with writing():
        held = hold(now=now, people=[participant.pk])
        person = held.people[participant.pk]
        if person.merged_into_id is not None:
            raise Merged
        if person.not_before == until:
            return person
        before, person.not_before = person.not_before, until
        person.save(update_fields=["not_before"])
        facts = {
            "rule": "not_before",
            "before": before.isoformat() if before else None,
            "after": until.isoformat() if until else None,
        }
        verb = Verb.SAFETY_CHANGED
        entry = JournalEntry(at=now, actor=by, verb=verb, participant=person, facts=facts)
        journal.write([entry, *waiting.serve(held, now=now, by_id=by_id)])
    return person
