from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, journal, phones
from booking.errors import Invalid
from booking.locking import lock_records, writing
from booking.models import JournalEntry, Participant
from booking.models.journal import Verb
from booking.models.person import PhoneState
from booking.numbers import inherit_refusal, lock_number, warn_of_others
from booking.once import once
from booking.storable import refuse_unstorable


@once
def change_phone(
    *,
    by: access.Actor,
    now: datetime,
    participant: Participant,
    phone: str,
    anyway: bool = False,
    key: str = "",
) -> Participant:
    """Write down this person's number, in any shape; empty when they have none any more.

    It is to be confirmed by voice before a text leaves, and what waits for the person follows it
    then. The number that is on record already, and not known to be wrong, changes nothing. A
    landline is taken as it is: the person is called.

    For whoever may open the record. Raises NotAllowed, Merged, Busy, Invalid when it is no number,
    and unless `anyway`, what other records know of it: NumberRefusesTexts, NumberInUse,
    NumberWasWrong. The system itself is not asked: a refusal of texts holds for this record then too.
    """
    access.must_know(by, participant)
    number = _parsed(phone)
    with writing():
        lock_number(number)
        [person] = lock_records([participant.pk])
        if person.phone == number and person.phone_state != PhoneState.WRONG:
            return person
        warn_of_others(by=by, person=person, e164=number, doing="change_phone", anyway=anyway)
        person.phone, person.phone_as_typed = number, ""
        person.phone_state = PhoneState.UNCONFIRMED if number else PhoneState.NONE
        person.save(update_fields=["phone", "phone_as_typed", "phone_state"])
        # Whether there is one, never which: the journal outlives the record.
        facts = {"number": bool(number)}
        verb = Verb.PHONE_CHANGED
        journal.write([JournalEntry(at=now, actor=by, verb=verb, participant=person, facts=facts)])
        inherit_refusal(by=by, now=now, person=person)
    return person


def _parsed(typed: str) -> str:
    refuse_unstorable(typed)
    if not typed.strip():
        return ""
    try:
        return phones.parse(typed)
    except ValueError:
        raise Invalid(
            _(
                "This is no telephone number. Write its ten digits, or the whole number with + and "
                "the prefix of the country."
            )
        ) from None
