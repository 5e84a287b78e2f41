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


def no_text() -> Q:
    """The seats of people whom no text can reach, and some whom one can: why_no_text tells."""
    return (
        ~Q(participant__phone_state=PhoneState.CONFIRMED)
        | Q(participant__texts_refused=True)
        | ~_FRENCH_MOBILE
    )


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
    reach: each once for their next seat, and once for their next of which they know nothing, or what
    is no longer so. The soonest first. One query.

    `untold` are seats of which the person does not know how they are now, however far ahead: a text
    was tried and did not arrive, or none can be; `told` those of which somebody noted that the person
    knows; where a seat is both, the text came later. The core knows no texts.
    """
    seats = Seat.objects.visible_to(user).filter(
        no_text() | Q(pk__in=untold),
        Q(state=SeatState.BOOKED) | Q(state=SeatState.CANCELLED, pk__in=untold),
        Q(starts_at__lte=now + AHEAD) | Q(pk__in=untold),
        starts_at__gt=now,
    )
    if known := set(told).difference(untold):
        seats = seats.exclude(pk__in=known)
    if partner is not None:
        seats = seats.filter(session__partner=partner)
    tried = set(untold)
    calls: dict[tuple[int, bool], Call] = {}
    for seat in seats.select_related("participant", "session__partner").order_by("starts_at", "pk"):
        reason = why_no_text(seat.participant)
        if reason is None and seat.pk in tried:
            reason = Reason.UNTOLD
        which = (seat.participant_id, seat.pk in tried)
        if reason is not None and which not in calls:
            calls[which] = Call(seat, reason, what_to_do(seat.participant, reason))
    return list(calls.values())
