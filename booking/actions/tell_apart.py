from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, journal
from booking.errors import Invalid, Merged
from booking.locking import lock_participants, writing
from booking.models import JournalEntry, Participant, TwoPeople
from booking.models.journal import Verb
from booking.once import once


@once
def tell_apart(
    *,
    by: access.Actor,
    now: datetime,
    first: Participant,
    second: Participant,
    key: str = "",
) -> TwoPeople:
    """Record that two records that look alike are two people: nobody is warned of them any more.
    Told again, the first answer stands. For the coordination.

    Raises NotAllowed, Invalid for one record twice, Merged, Busy.
    """
    access.must_coordinate(by)
    if first.pk == second.pk:
        raise Invalid(_("This is one record: choose two."))
    with writing():
        lower, higher = lock_participants([first.pk, second.pk])
        if lower.merged_into_id is not None or higher.merged_into_id is not None:
            raise Merged
        told, created = TwoPeople.objects.get_or_create(first=lower, second=higher)
        if created:
            # About two people, so about neither alone: the facts name both.
            facts = {"two_people": told.pk, "first": lower.pk, "second": higher.pk}
            journal.write(
                [JournalEntry(at=now, actor=by, verb=Verb.PEOPLE_TOLD_APART, facts=facts)]
            )
    return told
