"""Whom no text reaches, for whoever calls them or writes to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from booking import access
from booking.models import Partner
from booking.queries.to_call import AHEAD, Call, to_call
from sms.by_hand import gone_unsaid, told_seats
from sms.models import Text


def out_of_reach(
    user: access.Reader,
    now: datetime,
    *,
    partner: Partner | None = None,
    listed: Iterable[Text] = (),
) -> list[Call]:
    """Who is awaited within 14 days and cannot be texted, until somebody told them; and who was told
    to come within them, and can no longer be texted that it was cancelled or moved. Those of the texts
    that are `listed` already are left out. Five queries."""
    until = now + AHEAD
    calls = to_call(
        user,
        now,
        partner=partner,
        untold=gone_unsaid(now, until),
        told=told_seats(now, until),
    )
    there = {text.seat_id for text in listed}
    return [call for call in calls if call.seat.pk not in there]
