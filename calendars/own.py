"""What was decided for one date alone, and that no change of its rhythm undoes.

Whoever moves one session, hands it over or gives it other seats has decided that for this date: the
row says so from then on, in the same transaction, also where the rhythm comes to say the same
later. A change of the whole rhythm goes through the same actions, and puts right afterwards what it
did itself (calendars.actions.change_rhythm). A session that was cancelled says so itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from booking.models import JournalEntry
from booking.models.journal import Verb
from calendars.models import RhythmDate

#: What an entry says has changed → which aspect of the date that is.
ASPECTS = {
    "starts_at": "own_time",
    "ends_at": "own_time",
    "venue": "own_place",
    "practitioners": "own_leaders",
    "capacity": "own_seats",
    "allowance": "own_seats",
}
FLAGS = tuple(dict.fromkeys(ASPECTS.values()))
_DECISIONS = (Verb.SESSION_MOVED, Verb.SEATS_CHANGED)


def follow(sender: object, entries: Iterable[JournalEntry], **kwargs: Any) -> None:
    """Receiver of booking.journal.written. One query for each aspect, none where nothing was moved."""
    decided: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        if entry.verb in _DECISIONS and entry.session_id is not None:
            for aspect in aspects(entry.facts):
                decided[aspect].add(entry.session_id)
    for aspect, sessions in decided.items():
        dates = RhythmDate.objects.filter(session__in=sessions, **{aspect: False})
        dates.update(**{aspect: True})


def aspects(facts: dict[str, Any]) -> set[str]:
    """Which aspects differ between the `before` and the `after` of an entry."""
    before, after = facts.get("before", {}), facts.get("after", {})
    return {aspect for name, aspect in ASPECTS.items() if before.get(name) != after.get(name)}


def flags(row: RhythmDate) -> tuple[bool, ...]:
    return tuple(getattr(row, flag) for flag in FLAGS)
