from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, journal, phones
from booking.errors import Busy, Invalid
from booking.locking import lock_records, writing
from booking.models import JournalEntry, Participant
from booking.models.journal import Verb
from booking.models.person import PhoneState
from booking.numbers import inherit_refusal, lock_number, warn_of_others
from booking.once import once


@once
def confirm_phone(
    *,
    by: access.Actor,
    now: datetime,
    participant: Participant,
    number: str = "",
    shared: bool = False,
    anyway: bool = False,
    key: str = "",
) -> Participant:
    """Record that the number was confirmed by voice: no text leaves before that.

    `number` is the one that was read out, in any shape: what somebody else wrote down since is not
    confirmed with it. `shared` marks a phone that somebody else may read; its texts say no place.
    Raises NotAllowed, Merged, Invalid when there is no usable number or another one by now, Busy, and
    unless `anyway`, what other records know of it: NumberRefusesTexts, NumberInUse, NumberWasWrong.
    The system itself is not asked: a refusal of texts holds for this record then too.
    """
    access.must_know(by, participant)
    with writing():
        known = _number(participant)
        lock_number(known)
        [person] = lock_records([participant.pk])
        if not person.phone:
            raise Invalid(_("There is no usable number to confirm: write the number first."))
        if number and _parsed(number) != person.phone:
            raise Invalid(_("The number of this record was changed meanwhile. Reload the page."))
        if person.phone != known:  # Changed while this one waited for its turn.
            raise Busy
        warn_of_others(
            by=by, person=person, e164=person.phone, doing="confirm_phone", anyway=anyway
        )
        person.phone_state = PhoneState.CONFIRMED
        person.phone_shared = shared
        person.save(update_fields=["phone_state", "phone_shared"])
        facts = {"shared": shared}
        verb = Verb.PHONE_CONFIRMED
        journal.write([JournalEntry(at=now, actor=by, verb=verb, participant=person, facts=facts)])
        inherit_refusal(by=by, now=now, person=person)
    return person


def _number(participant: Participant) -> str:
    """As it is in the record now."""
    numbers = Participant.objects.filter(pk=participant.pk).values_list("phone", flat=True)
    return numbers.first() or ""


def _parsed(read_out: str) -> str:
    """What is no number is not the one on record either."""
    try:
        return phones.parse(read_out)
    except ValueError:
        return ""
