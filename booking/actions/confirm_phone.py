from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, journal
from booking.errors import Invalid
from booking.locking import lock_records, writing
from booking.models import JournalEntry, Participant
from booking.models.journal import Verb
from booking.models.person import PhoneState
from booking.numbers import refuse_in_use
from booking.once import once


@once
def confirm_phone(
    *,
    by: access.Actor,
    now: datetime,
    participant: Participant,
    shared: bool = False,
    anyway: bool = False,
    key: str = "",
) -> Participant:
    """Record that the number was confirmed by voice: no text leaves before that.

    `shared` marks a phone that somebody else may read; its texts say no place.
    Raises NotAllowed, Merged, Invalid when there is no usable number, Busy, and unless `anyway`,
    NumberInUse when another record has this number; the system itself is not asked.
    """
    access.must_know(by, participant)
    with writing():
        [person] = lock_records([participant.pk])
        if not person.phone:
            raise Invalid(_("There is no usable number to confirm: write the number first."))
        refuse_in_use(by=by, person=person, e164=person.phone, anyway=anyway)
        person.phone_state = PhoneState.CONFIRMED
        person.phone_shared = shared
        person.save(update_fields=["phone_state", "phone_shared"])
        journal.write(
            [
                JournalEntry(
                    at=now,
                    actor=by,
                    verb=Verb.PHONE_CONFIRMED,
                    participant=person,
                    facts={"shared": shared},
                )
            ]
        )
    return person
