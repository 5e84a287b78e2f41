"""Which texts ought to exist for a seat, compared with those that do.

It reconciles, it does not fire: twice, late, or after a crash it leaves the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from booking.inserting import insert
from booking.models import Seat
from sms.models import Step, Text, TextState
from sms.wanted import Wanted, wanted_texts

_NEWS = frozenset({Step.CHANGED, Step.CANCELLED})
#: A change that is undone within it leaves the reminders as they would have been.
_UNDONE = timedelta(hours=1)
#: A seat, a step, and when it is due.
_Promise = tuple[int, str, datetime]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a reconciliation wrote. `due` tells that something may leave at once."""

    added: int = 0
    voided: int = 0
    due: bool = False


def reconcile(
    seat_ids: Iterable[int], now: datetime, *, moved: Mapping[int, int] | None = None
) -> Changes:
    """Add the texts that are missing for these seats and void those that are obsolete.

    The seats of an enrolment are looked at together, whichever of them is named. `moved`: whoever
    had the one seat has the other now, and what they were told goes with them. Four queries,
    whatever the number of seats, and one more where somebody was moved. Runs inside the caller's
    transaction, or in its own.
    """
    ids = set(seat_ids)
    if not ids:
        return Changes()
    with transaction.atomic(savepoint=False):
        # Locked before the seats are read: of two cancellations at once, the second to get here
        # sees both. Locked in primary-key order, so that a text that is being claimed is waited for and seen
        # as claimed: what follows from it (a cancellation) is then not forgotten.
        texts = list(
            Text.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk__in=_texts_of(ids))
            .order_by("pk")
        )
        _carry(texts, moved or {})
        seats = list(_with_siblings(ids).select_related("session", "participant"))
        wanted = {one.key: one for one in wanted_texts(seats, texts, now)}
        return _write(wanted, texts, now)


def plan_new(seats: list[Seat], now: datetime) -> Changes:
    """The same for seats that this very transaction made, none of an enrolment: nothing can have
    been planned for them, so nothing is read. Each comes with its session and person as locked."""
    return _write({one.key: one for one in wanted_texts(seats, [], now)}, [], now)


def _with_siblings(ids: set[int]) -> QuerySet[Seat]:
    enrolments = Seat.objects.filter(pk__in=ids, enrolment__isnull=False).values("enrolment")
    return Seat.objects.filter(Q(pk__in=ids) | Q(enrolment__in=enrolments)).order_by(
        "starts_at", "pk"
    )


def _texts_of(ids: set[int]) -> QuerySet[Text, Any]:
    """A union, because an OR of the two would read the whole outbox."""
    own = Text.objects.filter(seat__in=_with_siblings(ids).values("pk")).order_by().values("pk")
    # Whoever was moved to a seat: it belongs to no enrolment, so it has no siblings.
    carried = Text.objects.filter(carried_to__in=ids).order_by().values("pk")
    return own.union(carried)


def _carry(texts: list[Text], moved: Mapping[int, int]) -> None:
    """Write down whose texts these are now. A row, not only the signal: whoever looks at the new
    seat later finds what was said about the old one, and about the one before."""
    for old, new in moved.items():
        for text in texts:
            if (text.carried_to_id or text.seat_id) == old:
                text.carried_to_id = new
    if carried := [text for text in texts if text.carried_to_id in moved.values()]:
        Text.objects.bulk_update(carried, ["carried_to"])


def _write(wanted: dict[tuple[int, str, int], Wanted], texts: list[Text], now: datetime) -> Changes:
    there = {
        (text.seat_id, text.step, text.revision) for text in texts if text.state != TextState.VOID
    }
    obsolete = [
        text.pk
        for text in texts
        if text.state == TextState.PLANNED
        and (text.seat_id, text.step, text.revision) not in wanted
        # What only became too late is not obsolete: dispatch calls it expired, for a human.
        and text.expires_at > now
    ]
    given_up = _given_up(texts, obsolete)
    missing = [
        one for key, one in wanted.items() if key not in there and _worth_a_row(one, now, given_up)
    ]
    voided = 0
    if obsolete:
        voided = Text.objects.filter(pk__in=obsolete, state=TextState.PLANNED).update(
            state=TextState.VOID, problem="obsolete"
        )
    insert(
        [
            Text(
                seat_id=one.seat_id,
                step=one.step,
                revision=one.revision,
                due_at=one.due_at,
                expires_at=one.expires_at,
                **({} if _in_time(one, now) else _TOO_LATE),
            )
            for one in missing
        ],
        # Somebody who reconciles the same seat at once has written the same row.
        skip_conflicts=True,
    )
    due = any(one.due_at <= now and _in_time(one, now) for one in missing)
    return Changes(len(missing), voided, due)


#: News that no text brings in time is written down all the same: it is a task for a human.
_TOO_LATE: dict[str, Any] = {"state": TextState.EXPIRED, "problem": "late"}


def _in_time(one: Wanted, now: datetime) -> bool:
    return max(one.due_at, now) < one.expires_at


def _worth_a_row(one: Wanted, now: datetime, given_up: set[_Promise]) -> bool:
    if one.step in _NEWS:
        return True
    if not _in_time(one, now):
        return False
    if one.step == Step.SUMMONS or one.due_at > now:
        return True
    return now - one.due_at < _UNDONE and (one.seat_id, one.step, one.due_at) in given_up


def _given_up(texts: list[Text], obsolete: list[int]) -> set[_Promise]:
    """The reminders that were given up for a change, perhaps in their very minute, and after whose
    time nothing was said: if the change is undone soon they are still owed."""
    heard = {(text.seat_id, text.sent_at) for text in texts if text.sent_at}
    return {
        (text.seat_id, text.step, text.due_at)
        for text in texts
        if text.state == TextState.VOID or text.pk in obsolete
        if not any(seat == text.seat_id and at >= text.due_at for seat, at in heard)
    }
