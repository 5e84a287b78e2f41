"""What texts do when something happened: the outbox is written in the action's own transaction."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from booking.models import JournalEntry, Seat
from booking.models.journal import Verb
from sms import planner, tasks
from sms.picture import sweepable

# After these, who can be reached by text may have changed.
_ABOUT_A_NUMBER = frozenset(
    {
        Verb.PHONE_CONFIRMED,
        Verb.PHONE_CHANGED,
        Verb.PHONE_WRONG,
        Verb.TEXTS_REFUSED,
        Verb.TEXTS_ALLOWED,
        Verb.PARTICIPANT_CHANGED,
        Verb.PEOPLE_MERGED,
        Verb.MERGE_UNDONE,
    }
)


def follow(sender: object, entries: list[JournalEntry], **kwargs: Any) -> None:
    """Receiver of booking.journal.written: plan the texts of the seats that these entries touch,
    and once committed ring for a worker if one may leave at once."""
    if not entries:
        return
    # Never before the real clock: an action that is dated back plans nothing for the past.
    now = max(timezone.now(), *(entry.at for entry in entries))
    # Somebody who was moved left a seat elsewhere.
    moved = {
        entry.facts["before"]["seat"]: entry.seat_id
        for entry in entries
        if entry.verb == Verb.SEAT_MOVED and entry.seat_id is not None
    }
    ids = _touched(entries, now) | set(moved)
    new = {entry.seat_id: entry.seat for entry in entries if _is_new(entry)}
    planned = planner.plan_new([seat for seat in new.values() if seat is not None], now)
    reconciled = planner.reconcile(ids - set(new), now, moved=moved)
    if planned.due or reconciled.due:
        _ring_once(ids, now)
    _ring_for_rules(entries)


def _touched(entries: list[JournalEntry], now: datetime) -> set[int]:
    # History never sends a text, and an import writes thousands of entries of it.
    ids = {
        entry.seat_id
        for entry in entries
        if entry.seat_id is not None and not entry.facts.get("history")
    }
    # A session that was moved took its people along.
    elsewhere = {entry.session_id for entry in entries if entry.verb == Verb.SESSION_MOVED}
    if elsewhere:
        ids.update(Seat.objects.filter(session__in=elsewhere).values_list("pk", flat=True))
    people = {entry.participant_id for entry in entries if _about_reaching(entry)}
    # The other of two records that were taken apart has its own number again.
    people |= {e.facts["absorbed"] for e in entries if e.verb == Verb.MERGE_UNDONE}
    if people:
        theirs = sweepable(now).filter(participant__in=people)
        ids.update(theirs.values_list("pk", flat=True))
    return ids


def _about_reaching(entry: JournalEntry) -> bool:
    """Whether and from which day on texts reach somebody may be another matter now."""
    if entry.verb == Verb.SAFETY_CHANGED:
        return bool(entry.facts.get("rule") == "not_before")
    return entry.verb in _ABOUT_A_NUMBER


def _ring_for_rules(entries: list[JournalEntry]) -> None:
    """Thousands of seats may follow from one rule: not while its form waits."""
    for entry in entries:
        if entry.verb == Verb.TEXT_POLICY_CHANGED and entry.partner_id is not None:
            ring = partial(tasks.ring_rules, entry.partner_id)
            transaction.on_commit(ring, robust=True)


def _is_new(entry: JournalEntry) -> bool:
    """Whether the action that wrote this has just made the seat: booked without an offer before it,
    and not as one of an enrolment, whose other seats count too."""
    return (
        entry.verb == Verb.SEAT_BOOKED
        and "waiting" not in entry.facts
        and not entry.facts.get("history")
        and entry.seat is not None
        and entry.seat.enrolment_id is None
    )


def _ring_once(ids: set[int], now: datetime) -> None:
    """Not while an earlier text is still due: its bell has rung, and whoever comes takes this one
    too, or finds it at the next minute. In a rush there is one task, not thousands."""
    waiting = transaction.get_connection().run_on_commit
    if any(callback[1] is tasks.ring for callback in waiting):
        return
    if not _others_due(ids, now):
        # Robust: without a queue the texts leave at the next minute; the action must not fail.
        transaction.on_commit(tasks.ring, robust=True)


def _others_due(ids: set[int], now: datetime) -> bool:
    """By the index of what is due; written out because every booking asks."""
    marks = ", ".join(["%s"] * len(ids))
    at = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM sms_text WHERE state = 'planned' AND due_at <= %s"  # noqa: S608
            f" AND seat_id NOT IN ({marks}) LIMIT 1",
            [at, *ids],
        )
        return cursor.fetchone() is not None
