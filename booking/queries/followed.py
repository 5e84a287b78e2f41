"""Who is expected where, and for what kind of service."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from booking.models import Enrolment, Seat
from booking.models.programme import STANDING_STATES
from booking.models.session import SessionState

#: person → kind of service → the partners at which they are expected.
Followed = dict[int, dict[str, set[int]]]


def followed_at(now: datetime) -> Followed:
    """Everybody who has a seat or an enrolment with something to come. Two queries."""
    seats = (
        Seat.objects.active()
        .filter(starts_at__gt=now, session__state=SessionState.PLANNED)
        .order_by()
        .values_list("participant_id", "session__service__family", "session__partner_id")
    )
    enrolments = (
        Enrolment.objects.filter(
            state__in=STANDING_STATES,
            programme__sessions__starts_at__gt=now,
            programme__sessions__state=SessionState.PLANNED,
        )
        .order_by()
        .values_list("participant_id", "programme__service__family", "programme__partner_id")
    )
    found: defaultdict[int, defaultdict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for person, family, partner in [*seats.distinct(), *enrolments.distinct()]:
        found[person][family].add(partner)
    return {person: dict(families) for person, families in found.items()}
