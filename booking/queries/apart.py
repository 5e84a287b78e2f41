"""Where two people who must not meet are expected together. For the coordination's eyes alone: see
booking.queries.conflicts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

from django.conf import settings

from booking.addresses import same_address
from booking.models import AvoidancePair, Seat


@dataclass(frozen=True)
class Meeting:
    """Two seats of two people who must not meet, one of them at least still to come."""

    one: Seat
    other: Seat

    @property
    def in_one_session(self) -> bool:
        return self.one.session_id == self.other.session_id


def meetings(now: datetime) -> Iterator[Meeting]:
    """In one session, or at one address within `AVOIDANCE_MINUTES` of each other (domain rule 4),
    whichever partners receive them. Two queries; one when there is no pair at all."""
    pairs = list(AvoidancePair.objects.order_by("pk").values_list("first_id", "second_id"))
    if not pairs:
        return
    margin = timedelta(minutes=settings.AVOIDANCE_MINUTES)
    expected: dict[int, list[Seat]] = defaultdict(list)
    seats = Seat.objects.active().filter(
        participant__in={person for pair in pairs for person in pair},
        # Somebody who comes soon may meet somebody who is there now, or has just left.
        ends_at__gt=now - margin,
    )
    rows = seats.select_related("participant", "session__partner", "session__venue")
    for seat in rows.order_by("starts_at", "pk"):
        expected[seat.participant_id].append(seat)
    for first, second in pairs:
        for one, other in product(expected.get(first, ()), expected.get(second, ())):
            if max(one.starts_at, other.starts_at) > now and _meet(one, other, margin):
                yield Meeting(one, other)


def _meet(one: Seat, other: Seat, margin: timedelta) -> bool:
    if one.session_id == other.session_id:
        return True
    venues = one.session.venue, other.session.venue
    return (
        one.starts_at < other.ends_at + margin
        and other.starts_at < one.ends_at + margin
        and venues[0] is not None
        and venues[1] is not None
        and same_address(venues[0], venues[1])
    )
