"""What is no longer as somebody was told: held for some minutes, so that a mistake undone says
nothing (domain.md)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from booking.models import Seat
from booking.models.seat import SeatState
from sms import in_hand
from sms.models import Step
from sms.wanted.coming import awaited
from sms.wanted.wish import Wanted, wish

if TYPE_CHECKING:
    from sms.wanted.people import Together

_TELLING = in_hand.TELLING | {Step.OFFER}


def changes(together: Together) -> Iterator[Wanted]:
    """While the person has another time or place in hand, from the last change of the session or of
    their seat."""
    for seat in awaited(together):
        was = in_hand.last(seat, together.texts)
        if was is not None and not was.holds(seat):
            held = together.rules(seat).held
            due_at = max(seat.session.changed_at, seat.created_at) + held
            yield wish(seat, Step.CHANGED, due_at, _until(seat, was, due_at))


def cancellations(together: Together) -> Iterator[Wanted]:
    """To whoever was told of any of these seats. An offer counts: they may have said yes by
    telephone, and a seat that is cancelled no longer shows it."""
    if not any(text.step in _TELLING and in_hand.arrived(text) for text in together.texts):
        return
    for seat in together.ahead():
        if seat.state == SeatState.CANCELLED and seat.session.cancelled:
            due_at = seat.session.changed_at + together.rules(seat).held
            was = in_hand.last(seat, together.texts, offered=True)
            yield wish(seat, Step.CANCELLED, due_at, _until(seat, was, due_at))


def _until(seat: Seat, was: in_hand.Told | None, due_at: datetime) -> datetime:
    """Not after the hour at which the person would come for nothing: then somebody must call."""
    start = seat.session.starts_at
    if was is None or was.starts_at is None or was.starts_at <= due_at:
        return start
    return min(start, was.starts_at)
