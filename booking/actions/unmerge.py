from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from booking import access, filling, journal, merging, waiting
from booking.actions.merge import avoidance_moved, hold_both
from booking.errors import Invalid
from booking.locking import writing
from booking.models import JournalEntry, Participant
from booking.models.journal import Verb
from booking.once import once

#: For so long a merge can be undone (choice).
UNDONE_WITHIN = timedelta(days=30)


@once
def unmerge(*, by: access.Actor, now: datetime, entry: JournalEntry, key: str = "") -> Participant:
    """Take the two records of this merge apart again, and return the one that had been absorbed.

    Every row that was moved goes back if it is still the kept record's, with what was made for it
    since; what was filled in is taken out where it is still the same. Whatever else was made since
    stays with the kept record. For the coordination.

    Raises NotAllowed, Invalid (no merge, undone already, more than 30 days ago, or the kept record
    was itself merged since), Overlaps when a seat no longer fits, Busy.
    """
    access.must_coordinate(by)
    if entry.verb != Verb.PEOPLE_MERGED or entry.participant_id is None:
        raise Invalid(_("This entry is not about a merge."))
    if now - entry.at > UNDONE_WITHIN:
        raise Invalid(_("A merge can be undone for 30 days: this one is older."))
    by_id = by.pk if by else None
    pks = (entry.participant_id, entry.facts["absorbed"])
    with writing():
        kept, absorbed = Participant.objects.get(pk=pks[0]), Participant.objects.get(pk=pks[1])
        held = hold_both(kept, absorbed, now)
        kept, absorbed = held.people[kept.pk], held.people[absorbed.pk]
        _refuse_undone(entry, kept, absorbed)
        facts = merging.give_back(kept, absorbed, entry.facts)
        merging.give_back_avoidance(kept, absorbed, avoidance_moved(entry))
        emptied = filling.empty(kept, absorbed, entry.facts)
        kept.save()
        absorbed.merged_into = None
        absorbed.save(update_fields=["merged_into"])
        undone = JournalEntry(
            at=now,
            actor_id=by_id,
            verb=Verb.MERGE_UNDONE,
            participant=kept,
            facts={"merge": entry.pk, "absorbed": absorbed.pk, "emptied": emptied, **facts},
        )
        # Each has only its own safety rules again: somebody may fit who did not.
        again = hold_both(kept, absorbed, now)
        journal.write([undone, *waiting.serve(again, now=now)])
    return absorbed


def _refuse_undone(entry: JournalEntry, kept: Participant, absorbed: Participant) -> None:
    if kept.merged_into_id is not None:
        raise Invalid(_("The record that was kept was merged itself since: undo that merge first."))
    undone = JournalEntry.objects.filter(
        verb=Verb.MERGE_UNDONE, participant=kept, facts__merge=entry.pk
    )
    if absorbed.merged_into_id != kept.pk or undone.exists():
        raise Invalid(_("This merge was undone already."))
