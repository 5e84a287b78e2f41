from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, contradictions, filling, journal, merging, waiting
from booking.errors import Busy, Invalid, Merged, TooMuchForOne
from booking.holding import Held, hold
from booking.locking import writing
from booking.models import JournalEntry, Participant, Seat
from booking.models.journal import Verb
from booking.once import once

_RULE = "apart_merged"


@once
def merge(
    *,
    by: access.Actor,
    now: datetime,
    keep: Participant,
    absorb: Participant,
    key: str = "",
) -> Participant:
    """Make one record of two: everything that points at `absorb` goes over to `keep`, which also
    gains what it lacked. The absorbed row stays as it was, and points at the other one; so
    `unmerge` can give everything back for 30 days. For the coordination.

    Past rows that one person cannot have (two seats at the same time, the same referral twice) stay
    with the absorbed record; its history in the journal stays too, which is append-only.

    Raises NotAllowed, Invalid for one record twice, Merged, NotPossibleHere when the two must not
    meet, TooMuchForOne for what is still to come and cannot stand together, Busy.
    """
    access.must_coordinate(by)
    if keep.pk == absorb.pk:
        raise Invalid(_("This is one record: choose two."))
    by_id = by.pk if by else None
    with writing():
        held = hold_both(keep, absorb, now)
        kept, absorbed = held.people[keep.pk], held.people[absorb.pk]
        if kept.merged_into_id is not None or absorbed.merged_into_id is not None:
            raise Merged
        found = contradictions.look(kept, absorbed, now)
        if found.rivals:
            raise TooMuchForOne(found.rivals)
        facts = merging.move(kept, absorbed, found)
        filled = filling.fill(kept, absorbed)
        kept.save()
        absorbed.merged_into = kept
        absorbed.save(update_fields=["merged_into"])
        entries = [
            JournalEntry(
                at=now,
                actor_id=by_id,
                verb=Verb.PEOPLE_MERGED,
                participant=kept,
                facts={**facts, **filled.facts()},
            ),
            *_about_avoidance(now, by_id, absorbed, merging.move_avoidance(kept, absorbed)),
        ]
        # An interview of the one may open to the other what it waits for.
        again = hold_both(kept, absorbed, now)
        journal.write([*entries, *waiting.serve(again, now=now)])
    return kept


def avoidance_moved(entry: JournalEntry) -> list[int]:
    """The avoidance pairs that went over in this merge."""
    absorbed = entry.facts["absorbed"]
    written = JournalEntry.objects.filter(
        verb=Verb.SAFETY_CHANGED, at=entry.at, facts__rule=_RULE, facts__absorbed=absorbed
    ).first()
    return list(written.facts["pairs"]) if written else []


def _about_avoidance(
    now: datetime, by_id: int | None, absorbed: Participant, moved: list[int]
) -> list[JournalEntry]:
    """An entry of its own, and about no participant: see booking.merging."""
    if not moved:
        return []
    facts = {"rule": _RULE, "absorbed": absorbed.pk, "pairs": moved}
    return [JournalEntry(at=now, actor_id=by_id, verb=Verb.SAFETY_CHANGED, facts=facts)]


def hold_both(one: Participant, other: Participant, now: datetime) -> Held:
    """Lock the sessions in which they are expected and what they wait for, then the two. Raises
    Busy when somebody was quicker."""
    held = hold(now=now, sessions=_coming(one, other, now), people=[one.pk, other.pk])
    if not _coming(one, other, now) <= held.sessions.keys():
        raise Busy
    return held


def _coming(one: Participant, other: Participant, now: datetime) -> set[int]:
    seats = Seat.objects.active().filter(participant__in=[one, other], starts_at__gt=now)
    return set(seats.order_by().values_list("session_id", flat=True))
