"""Getting up: a seat is given back, and ranks are closed. Call with the session held."""

from __future__ import annotations

from collections.abc import Iterable

from booking.models import Seat, Session
from booking.models.seat import SeatState
from booking.seatmap import SeatMap


def vacate(seatmap: SeatMap, seats: Iterable[Seat], state: SeatState) -> None:
    """Take these seats back, and close ranks: while somebody sits beyond the capacity, a place
    within it that becomes free is theirs, so that a low number is never free in a full session."""
    for seat in seats:
        seat.state = state
        seat.save(update_fields=["state"])
        seatmap.rise(seat.session_id, seat.participant_id)
        close_ranks(seatmap, seatmap.sessions[seat.session_id])


def close_ranks(seatmap: SeatMap, session: Session) -> None:
    """Give free low numbers to those whose number is beyond the capacity, and beyond the number of
    people where more than that sit there."""
    seated = seatmap.seated[session.pk]
    limit = max(session.capacity, len(seated))
    taken = set(seated.values())
    free = (n for n in range(1, limit + 1) if n not in taken)
    for who in [who for who, number in seated.items() if number > limit]:
        seated[who] = next(free)
        Seat.objects.active().filter(session=session, participant=who).update(number=seated[who])
