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
    person waits and now can come is offered.

    For the coordination, and the admins who may open the record: it moves places at every partner,
    which is not a practitioner's to do. Raises NotAllowed, Merged, Busy.
    """
    if by is not None and not (access.scope(by).network or access.scope(by).admin_of):
        raise NotAllowed
    access.must_know(by, participant)
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
        journal.write([entry, *waiting.serve(held, now=now)])
    return person
