"""Who would have to be told."""

from __future__ import annotations

from collections.abc import Iterable

from booking.models import Participant, Seat, Session


class People:
    """Who sits in these sessions. One query."""

    def __init__(self, sessions: Iterable[Session]) -> None:
        there = Seat.objects.active().filter(session__in=[one.pk for one in sessions])
        self.seats = list(there.select_related("participant").order_by("pk"))

    def of(self, sessions: Iterable[Session]) -> list[Participant]:
        """Each once."""
        ids = {one.pk for one in sessions}
        found = (seat for seat in self.seats if seat.session_id in ids)
        return list({seat.participant_id: seat.participant for seat in found}.values())

    def number(self, session: Session) -> int:
        return sum(seat.session_id == session.pk for seat in self.seats)
