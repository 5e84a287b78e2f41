from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking import access, journal
from booking.errors import Busy, Invalid
from booking.locking import lock_participants, lock_records, writing
from booking.models import JournalEntry, Participant
from booking.models.journal import Verb
from booking.models.person import PhoneState
from booking.numbers import lock_number
from booking.once import once


@once
def report_wrong_number(
    *,
    by: access.Actor,
    now: datetime,
    participant: Participant,
    key: str = "",
) -> Participant:
    """Note that this person's number is somebody else's, or nobody's: no text goes to it any more,
    whoever else has it on record. The number stays, so that nobody writes it down a second time.

    For whoever may open this one record; the others are told nothing, and nothing about them is
    told. Raises NotAllowed, Merged, Invalid when there is no number, Busy.
    """
    access.must_know(by, participant)
    with writing():
        number = _number(participant)
        lock_number(number)
        # Also the records that were merged: the one that is taken apart again has this number.
        alike = Participant.objects.filter(Q(phone=number) | Q(pk=participant.pk))
        people = lock_participants(alike.values_list("pk", flat=True))
        [person] = lock_records([participant.pk])
        if person.phone != number:  # Changed while this one waited for its turn.
            raise Busy
        wrong = [
            one for one in people if one.phone == number and one.phone_state != PhoneState.WRONG
        ]
        pks = [one.pk for one in wrong]
        Participant.objects.filter(pk__in=pks).update(phone_state=PhoneState.WRONG)
        verb = Verb.PHONE_WRONG
        if wrong:
            journal.write(
                [JournalEntry(at=now, actor=by, verb=verb, participant=one) for one in wrong]
            )
    person.phone_state = PhoneState.WRONG
    return person


def _number(participant: Participant) -> str:
    """As it is in the record now: whoever reported it may have read the page a while ago."""
    number = Participant.objects.filter(pk=participant.pk).values_list("phone", flat=True).first()
    if not number:
        raise Invalid(_("There is no number in this record. Reload the page."))
    return number
