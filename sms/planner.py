"""Which texts ought to exist for a seat, compared with those that do.

It reconciles, it does not fire: twice, late, or after a crash it leaves the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from booking.inserting import insert
from booking.models import Seat
from sms.comparing import Difference, compare
from sms.models import Text, TextState
from sms.picture import Picture, picture, texts_of, with_siblings
from sms.policies import rules_for

#: What a text is before it has left: only such rows are ever given up.
_NOT_TOLD = (TextState.PLANNED, TextState.EXPIRED, TextState.FAILED)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a reconciliation wrote: `moved` wait for another time than before. `due` tells that
    something may leave at once."""

    added: int = 0
    voided: int = 0
    moved: int = 0
    due: bool = False


def reconcile(
    seat_ids: Iterable[int], now: datetime, *, moved: Mapping[int, int] | None = None
) -> Changes:
    """Add the texts that are missing for these seats and void those that are obsolete.

    The seats of an enrolment are looked at together, whichever of them is named. `moved`: whoever
    had the one seat has the other now, and what they were told goes with them. Five queries,
    whatever the number of seats; one more each where somebody was moved, where a place is offered,
    where somebody was absent, and where a text now waits for another time. Runs inside the caller's
    transaction, or in its own.
    """
    ids = set(seat_ids)
    if not ids:
        return Changes()
    with transaction.atomic(savepoint=False):
        # Locked before the seats are read: of two cancellations at once, the second to get here
        # sees both. Locked in primary-key order, so that a text that is being handed over is waited
        # for and seen as it left: what follows from it (a cancellation) is then not forgotten.
        theirs = with_siblings(ids)
        texts = list(
            Text.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk__in=texts_of(theirs.order_by().values("pk"), ids))
            .order_by("pk")
        )
        _carry(texts, moved or {})
        seats = list(theirs.select_related("session", "participant"))
        return _write(compare(picture(seats, texts, now), now), now)


def plan_new(seats: list[Seat], now: datetime) -> Changes:
    """The same for seats that this very transaction made, none of an enrolment: nothing can have
    been planned for them, so only the rules are read. Each comes with its session and person as
    locked."""
    if not seats:
        return Changes()
    book = rules_for(seat.session.partner_id for seat in seats)
    return _write(compare(Picture(seats, [], book), now), now)


def _carry(texts: list[Text], moved: Mapping[int, int]) -> None:
    """Write down whose texts these are now. A row, not only the signal: whoever looks at the new
    seat later finds what was said about the old one, and about the one before."""
    for old, new in moved.items():
        for text in texts:
            if (text.carried_to_id or text.seat_id) == old:
                text.carried_to_id = new
    if carried := [text for text in texts if text.carried_to_id in moved.values()]:
        Text.objects.bulk_update(carried, ["carried_to"])


def _write(difference: Difference, now: datetime) -> Changes:
    if difference.obsolete:
        waiting = Text.objects.filter(pk__in=difference.obsolete, state__in=_NOT_TOLD)
        waiting.update(state=TextState.VOID, problem="obsolete")
    if difference.moved:
        waiting = Text.objects.filter(state=TextState.PLANNED)
        waiting.bulk_update(difference.moved, ["wanted_at", "due_at", "expires_at", "problem"])
    # Somebody who reconciles the same seat at once has written the same row.
    insert(difference.missing, skip_conflicts=True)
    return Changes(
        added=len(difference.missing),
        voided=len(difference.obsolete),
        moved=len(difference.moved),
        due=difference.due(now),
    )
