from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, journal
from booking.errors import Invalid
from booking.locking import lock_records, writing
from booking.models import AvoidancePair, JournalEntry, Participant
from booking.models.journal import Verb
from booking.once import once


@once
def keep_apart(
    *,
    by: access.Actor,
    now: datetime,
    first: Participant,
    second: Participant,
    key: str = "",
) -> AvoidancePair:
    """Two people must not meet: from now on they are never seated in one session. Only the
    coordination may say so, and only it can read it (domain rule 4).

    Where both sit in one session already, nothing is changed: `queries.conflicts` lists it.
    Saying it again changes nothing. Raises NotAllowed, Merged, Invalid for one person, Busy.
    """
    access.must_coordinate(by)
    if first.pk == second.pk:
        raise Invalid(_("Choose two different people."))
    lower, higher = sorted((first.pk, second.pk))
    with writing():
        lock_records([lower, higher])
        pair, new = AvoidancePair.objects.get_or_create(first_id=lower, second_id=higher)
        if new:
            # No participant: whoever reads one person's history must not learn of the other.
            facts = {"rule": "apart", "pair": pair.pk}
            journal.write([JournalEntry(at=now, actor=by, verb=Verb.SAFETY_CHANGED, facts=facts)])
    return pair
