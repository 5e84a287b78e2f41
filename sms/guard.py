"""Whether a text may leave as it is worded. What it never may say is sms.discretion's."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from booking.models import Partner, Seat
from booking.phones import callable_number
from sms.discretion import refuse
from sms.models import Manner
from sms.neutral import tells
from sms.wording import manner_of


def unfit(body: str, seats: Collection[Seat]) -> str:
    """The problem that keeps it here; "" when it may leave. Who cannot call back cannot say that they
    are ill, and an absence is reported: without the partner's number nothing leaves."""
    if not all(callable_number(seat.session.partner.phone) for seat in seats):
        return "no_callback"
    sessions = [seat.session for seat in seats]
    venues = [session.venue for session in sessions if session.venue is not None]
    for seat in seats:
        discreet = manner_of(seat, sessions) == Manner.DISCREET
        if refuse(body, seat, discreet=discreet, venues=venues):
            return "wording"
    return "sender" if any(_sender_tells(seat.session.partner) for seat in seats) else ""


def _sender_tells(partner: Partner) -> bool:
    """The name above the text was looked at when it was chosen; people have come since."""
    people = tuple(one.name for one in partner.practitioners.all())
    return not partner.messaging_service and _tells(partner.sms_sender, partner.name, people)


_tells = lru_cache(maxsize=512)(tells)
