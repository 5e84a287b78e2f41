"""A place that is offered to somebody who waits, and one that somebody left empty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from booking.models import Seat
from booking.models.seat import SeatState
from sms import in_hand
from sms.models import Step, Text
from sms.wanted.wish import Wanted, wish

if TYPE_CHECKING:
    from sms.wanted.people import Together

#: After so long somebody who did not come is called, or not at all.
MISSED_UNTIL = timedelta(days=7)


def held(together: Together) -> list[Seat]:
    """The seats that are offered to them, while the offer stands."""
    until = together.facts.offered_until
    return [
        seat
        for seat in together.ahead()
        if seat.state == SeatState.HELD
        and not seat.session.cancelled
        and seat.pk in until
        and until[seat.pk] > together.now
    ]


def offers(together: Together) -> Iterator[Wanted]:
    """One for the whole of what is offered, at once; once more if it moves before they answer."""
    for seat in held(together)[:1]:
        offered = any(_offered(text, seat, together) for text in together.texts)
        if together.rules(seat).offers and not offered:
            yield wish(seat, Step.OFFER, seat.created_at, together.facts.offered_until[seat.pk])


def _offered(text: Text, seat: Seat, together: Together) -> bool:
    if text.step != Step.OFFER:
        return False
    was = in_hand.last(seat, [text], offered=True)
    return together.failed(text) or (was is not None and was.holds(seat))


def missed(together: Together) -> Iterator[Wanted]:
    """Some time after it was noted: a click that was a mistake is undone by then."""
    for seat in together.seats:
        noted_at = together.facts.noted_at.get(seat.pk)
        starts_at = seat.session.starts_at
        rules = together.rules(seat)
        if (
            seat.state == SeatState.UNEXCUSED
            and noted_at is not None
            and starts_at <= together.now < starts_at + MISSED_UNTIL
            and rules.missed
        ):
            due_at = noted_at + timedelta(minutes=rules.missed_after_minutes)
            yield wish(seat, Step.MISSED, due_at, starts_at + MISSED_UNTIL)
