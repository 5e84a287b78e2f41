from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from booking import access
from booking.models import Partner, Seat, WaitingEntry
from booking.models.seat import SeatQuerySet, SeatState
from booking.models.waiting import ON_THE_LIST, WaitingQuerySet
from booking.queries.to_call import Reason, why_no_text
from booking.queries.waiting import not_begun

#: Who was not rebooked in so long is a matter for the deadlines.
BEHIND = timedelta(days=30)


@dataclass(frozen=True)
class ToRebook:
    """Somebody whose seat was cancelled with its session, and who has no other yet."""

    seat: Seat
    #: None when a text can reach them.
    no_text: Reason | None


def to_rebook(
    user: access.Reader, now: datetime, *, partner: Partner | None = None
) -> list[ToRebook]:
    """The people whom this account may see, whose session was cancelled in the last 30 days, and
    who neither sit in another of the same service at that partner (or, for the same referral, at
    any other) nor wait for one that has not begun: each once, for the seat that was to come soonest.
    One query.

    Another seat is one that is to come, was taken since, or came after the cancelled one."""
    seats = Seat.objects.visible_to(user).filter(
        ~Exists(_another(now)),
        ~Exists(_waits(now)),
        state=SeatState.CANCELLED,
        starts_at__gt=now - BEHIND,
        session__changed_at__gt=now - BEHIND,
        participant__merged_into=None,
    )
    if partner is not None:
        seats = seats.filter(session__partner=partner)
    found: dict[int, ToRebook] = {}
    rows = seats.select_related("participant", "session__partner", "session__service")
    for seat in rows.order_by("starts_at", "pk"):
        found.setdefault(seat.participant_id, ToRebook(seat, why_no_text(seat.participant)))
    return list(found.values())


def _another(now: datetime) -> SeatQuerySet:
    there = Q(session__partner_id=OuterRef("session__partner_id"))
    return Seat.objects.active().filter(
        there | Q(referral_id=OuterRef("referral_id")),
        Q(starts_at__gt=now)
        | Q(starts_at__gte=OuterRef("starts_at"))
        | Q(created_at__gte=OuterRef("session__changed_at")),
        participant_id=OuterRef("participant_id"),
        session__service_id=OuterRef("session__service_id"),
    )


def _waits(now: datetime) -> WaitingQuerySet:
    its = {
        "service_id": OuterRef("session__service_id"),
        "partner_id": OuterRef("session__partner_id"),
    }
    return WaitingEntry.objects.filter(
        not_begun(now),
        Q(**{f"session__{k}": v for k, v in its.items()})
        | Q(**{f"programme__{k}": v for k, v in its.items()})
        | Q(referral_id=OuterRef("referral_id")),
        participant_id=OuterRef("participant_id"),
        state__in=ON_THE_LIST,
    )
