"""Seats as rows, whatever the rules of sitting down say: for tests of what comes after."""

from __future__ import annotations

from typing import Any

from booking.models import Participant, Seat, Session
from booking.models.seat import SeatState


def seat(person: Participant, session: Session, **fields: Any) -> Seat:
    """A booked seat; its number is the next one unless told."""
    values = {
        "number": Seat.objects.filter(session=session).count() + 1,
        "state": SeatState.BOOKED,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        **fields,
    }
    return Seat.objects.create(session=session, participant=person, **values)
