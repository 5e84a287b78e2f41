from __future__ import annotations

from datetime import datetime

from booking import access, journal
from booking.locking import lock_records, writing
from booking.models import HiddenFrom, JournalEntry, Participant, Partner
from booking.models.journal import Verb
from booking.once import once


@once
def hide_from(
    *,
    by: access.Actor,
    now: datetime,
    participant: Participant,
    partner: Partner,
    key: str = "",
) -> None:
    """A partner must not see this person: a victim or a relative works there (domain rule 5). Only
    the coordination may say so. From now on the person is not seated there.

    Seats that they have there are not given back by themselves: `queries.conflicts` lists them.
    Saying it again changes nothing. Raises NotAllowed, Merged, Busy.
    """
    access.must_coordinate(by)
    with writing():
        lock_records([participant.pk])
        _row, new = HiddenFrom.objects.get_or_create(participant=participant, partner=partner)
        if new:
            # The partner stands in the facts only: what names it can be read there.
            facts = {"rule": "hidden", "from": partner.pk}
            verb = Verb.SAFETY_CHANGED
            journal.write(
                [JournalEntry(at=now, actor=by, verb=verb, participant=participant, facts=facts)]
            )
