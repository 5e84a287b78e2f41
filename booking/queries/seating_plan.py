from __future__ import annotations

from dataclasses import dataclass

from booking import access
from booking.models import JournalEntry, Participant, Seat, Session
from booking.models.seat import SeatState


@dataclass(frozen=True)
class SeatingPlan:
    """Who sits in a session, as one reader may see it."""

    #: The active seats whose person the reader may see, in seat order.
    seats: list[Seat]
    #: Active seats whose person is not shown to this reader. They count in the fill.
    hidden: int
    #: What happened to the session, the latest first.
    journal: list[JournalEntry]

    @property
    def tells_states(self) -> bool:
        """Whether any seat is in another state than booked: otherwise a column says nothing."""
        return any(seat.state != SeatState.BOOKED for seat in self.seats)


def seating_plan(session: Session, user: access.Reader, *, journal: int = 30) -> SeatingPlan:
    """Four queries, however many sit there: the seats shown, the number of seats, the last
    `journal` entries and the people whom they name. An entry's `participant` is None when the reader
    may not see the person, and so is the `actor` of what was done from outside (`facts["outside"]`):
    it would tell the partner where else somebody is followed."""
    shown = list(
        Seat.objects.visible_to(user)
        .filter(session=session)
        .select_related("participant")
        .order_by("number", "pk")
    )
    active = [seat for seat in shown if seat.active]
    taken = Seat.objects.active().filter(session=session).count()
    entries = list(
        JournalEntry.objects.filter(session=session)
        .select_related("actor")
        .order_by("-pk")[:journal]
    )
    # Also those who only wait, or no longer sit there.
    named = {entry.participant_id for entry in entries if entry.participant_id is not None}
    people = Participant.objects.visible_to(user).in_bulk(named)
    network = access.scope(user).network
    for entry in entries:
        entry.participant = people.get(entry.participant_id or 0)
        if entry.facts.get("outside") and not network:
            entry.actor = None
    return SeatingPlan(seats=active, hidden=taken - len(active), journal=entries)
