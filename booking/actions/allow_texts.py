from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, journal
from booking.errors import NotAllowed
from booking.locking import lock_records, writing
from booking.models import JournalEntry, Participant
from booking.models.journal import Verb
from booking.once import once


@once
def allow_texts(
    *,
    by: access.Actor,
    now: datetime,
    participant: Participant,
    key: str = "",
) -> Participant:
    """Note that this person takes texts again, and said so by voice: a text that says so may come
    from whoever holds the phone, so it is never enough.

    Where the refusal was a STOP to a number of ours, the provider too has written it down, and lets
    texts pass again only once the person has sent START to that number.

    For whoever may open the record, never for the system itself. Raises NotAllowed, Merged, Busy.
    """
    if by is None:
        raise NotAllowed(_("Only somebody who spoke with the person may do this: say who."))
    access.must_know(by, participant)
    with writing():
        [person] = lock_records([participant.pk])
        if not person.texts_refused:
            return person
        person.texts_refused = False
        person.save(update_fields=["texts_refused"])
        verb = Verb.TEXTS_ALLOWED
        journal.write([JournalEntry(at=now, actor=by, verb=verb, participant=person)])
    return person
