from __future__ import annotations

from datetime import datetime

from booking import access, journal
from booking.locking import lock_records, writing
from booking.models import JournalEntry, Participant
from booking.models.journal import Verb
from booking.once import once


@once
def refuse_texts(
    *,
    by: access.Actor,
    now: datetime,
    participant: Participant,
    key: str = "",
) -> Participant:
    """Note that this person wants no more texts: those that wait are given up, and somebody calls
    or writes instead. To come stays compulsory.

    For whoever may open the record. Noted twice, it is noted once. Raises NotAllowed, Merged, Busy.
    """
    access.must_know(by, participant)
    with writing():
        [person] = lock_records([participant.pk])
        if person.texts_refused:
            return person
        person.texts_refused = True
        person.save(update_fields=["texts_refused"])
        verb = Verb.TEXTS_REFUSED
        journal.write([JournalEntry(at=now, actor=by, verb=verb, participant=person)])
    return person
