from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from booking import access
from booking.models import Partner, Seat
from booking.models.person import PhoneState
from booking.models.seat import SeatState
from booking.reach import Reason, Task, what_to_do, why_no_text

__all__ = ["Call", "Reason", "Task", "to_call", "why_no_text"]

#: How far ahead a missing number matters today.
AHEAD = timedelta(days=14)

# Numbers of mainland France that receive texts, as the database can tell without loading them.
_FRENCH_MOBILE = Q(participant__phone__startswith="+336") | Q(participant__phone__startswith="+337")


@dataclass(frozen=True)
class Call:
    """Somebody to call or write to, for their next seat."""

    seat: Seat
    reason: Reason
    #: What to do, the best first.
    tasks: tuple[Task, ...]


def to_call(
    user: access.Reader,
    now: datetime,
    *,
    partner: Partner | None = None,
    untold: Collection[int] = (),
    told: Collection[int] = (),
) -> list[Call]:
    """The people whom this account may see, who are awaited within 14 days, and whom no text can
    reach: each once, for their next seat, the soonest first. One query.

    `untold` are seats for which a text was tried and did not arrive, `told` those of which somebody
    noted that the person knows; where a seat is both, the text came later. The core knows no texts.
    """
    seats = Seat.objects.visible_to(user).filter(
        ~Q(participant__phone_state=PhoneState.CONFIRMED)
        | Q(participant__texts_refused=True)
        | ~_FRENCH_MOBILE
        | Q(pk__in=untold),
        Q(state=SeatState.BOOKED) | Q(state=SeatState.CANCELLED, pk__in=untold),
        starts_at__gt=now,
        starts_at__lte=now + AHEAD,
    )
    if known := set(told).difference(untold):
        seats = seats.exclude(pk__in=known)
    if partner is not None:
        seats = seats.filter(session__partner=partner)
    tried = set(untold)
    calls: dict[int, Call] = {}
    for seat in seats.select_related("participant", "session__partner").order_by("starts_at", "pk"):
        reason = why_no_text(seat.participant)
        if reason is None and seat.pk in tried:
            reason = Reason.UNTOLD
        if reason is not None and seat.participant_id not in calls:
            tasks = what_to_do(seat.participant, reason)
            calls[seat.participant_id] = Call(seat, reason, tasks)
    return list(calls.values())
