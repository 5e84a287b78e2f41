from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, journal
from booking.errors import Invalid
from booking.locking import lock_records, writing
from booking.models import JournalEntry, Participant
from booking.models.journal import Verb
from booking.once import once
from booking.storable import refuse_unstorable

#: What a window envelope shows; La Poste asks for six lines at most, the name not among ours.
_MOST_LINES = 6
_LONGEST = 240


@once
def change_address(
    *,
    by: access.Actor,
    now: datetime,
    participant: Participant,
    postal_address: str,
    key: str = "",
) -> Participant:
    """Write down where letters reach this person, one line below the other; empty when nowhere.

    For whoever may open the record. Raises NotAllowed, Merged, Busy, Invalid when it does not fit
    an envelope.
    """
    access.must_know(by, participant)
    address = _tidy(postal_address)
    with writing():
        [person] = lock_records([participant.pk])
        if person.postal_address == address:
            return person
        person.postal_address = address
        person.save(update_fields=["postal_address"])
        facts = {"lines": len(address.splitlines())}
        verb = Verb.ADDRESS_CHANGED
        journal.write([JournalEntry(at=now, actor=by, verb=verb, participant=person, facts=facts)])
    return person


def _tidy(typed: str) -> str:
    """Lines without blanks around them, and no empty ones."""
    refuse_unstorable(typed)
    lines = [" ".join(line.split()) for line in typed.splitlines()]
    kept = [line for line in lines if line]
    if len(kept) > _MOST_LINES:
        raise Invalid(_("An address has at most 6 lines: put two of them together."))
    address = "\n".join(kept)
    if len(address) > _LONGEST:
        raise Invalid(_("An address has at most 240 letters: make it shorter."))
    return address
