from __future__ import annotations

from datetime import datetime

from booking import access, journal
from booking.locking import lock_records, writing
from booking.models import JournalEntry, Participant
from booking.models.journal import Verb
from booking.once import once


@once
def share_phone(
    *,
    by: access.Actor,
    now: datetime,
    participant: Participant,
    shared: bool,
    key: str = "",
) -> Participant:
    """Note whether somebody else may read this person's phone: texts to it then say day, time and a
    number to call, and no place. From the next text on, those that wait included.

    For whoever may open the record. Raises NotAllowed, Merged, Busy.
    """
    access.must_know(by, participant)
    with writing():
        [person] = lock_records([participant.pk])
        if person.phone_shared == shared:
            return person
        person.phone_shared = shared
        person.save(update_fields=["phone_shared"])
        facts = {"changed": ["phone_shared"], "shared": shared}
        verb = Verb.PARTICIPANT_CHANGED
        journal.write([JournalEntry(at=now, actor=by, verb=verb, participant=person, facts=facts)])
    return person
