"""What texts do when something happened: the outbox is written in the action's own transaction."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from booking.models import JournalEntry, Seat
from booking.models.journal import Verb
from sms import planner, tasks

# After these, who can be reached by text may have changed.
_ABOUT_A_NUMBER = frozenset(
    {Verb.PHONE_CONFIRMED, Verb.PARTICIPANT_CHANGED, Verb.PEOPLE_MERGED, Verb.MERGE_UNDONE}
)


def follow(sender: object, entries: list[JournalEntry], **kwargs: Any) -> None:
    """Receiver of booking.journal.written: plan the texts of the seats that these entries touch,
    and once committed ring for a worker if one may leave at once."""
    if not entries:
        return
    # Never before the real clock: an action that is dated back plans nothing for the past.
    now = max(timezone.now(), *(entry.at for entry in entries))
    people = {entry.participant_id for entry in entries if entry.verb in _ABOUT_A_NUMBER}
    # The other of two records that were taken apart has its own number again.
    people |= {e.facts["absorbed"] for e in entries if e.verb == Verb.MERGE_UNDONE}
    # History never sends a text, and an import writes thousands of entries of it.
    ids = {
        entry.seat_id
        for entry in entries
        if entry.seat_id is not None and not entry.facts.get("history")
    }
    # Somebody who was moved left a seat elsewhere; a session that was moved took its people along.
    moved = {
        entry.facts["before"]["seat"]: entry.seat_id
        for entry in entries
        if entry.verb == Verb.SEAT_MOVED and entry.seat_id is not None
    }
    ids.update(moved)
    elsewhere = {entry.session_id for entry in entries if entry.verb == Verb.SESSION_MOVED}
    if elsewhere:
        ids.update(Seat.objects.filter(session__in=elsewhere).values_list("pk", flat=True))
    if people:
        theirs = Seat.objects.filter(participant__in=people, starts_at__gt=now)
        ids.update(theirs.values_list("pk", flat=True))
    if planner.reconcile(ids, now, moved=moved).due:
        _ring_once()


def _ring_once() -> None:
    waiting = transaction.get_connection().run_on_commit
    if not any(callback[1] is tasks.ring for callback in waiting):
        # Robust: without a queue the texts leave at the next minute; the action must not fail.
        transaction.on_commit(tasks.ring, robust=True)
