"""Open offers: what is held for whom, until when, and how an offer ends. Call with everything held
(booking.holding). Making one is in booking.waiting."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from booking import seating, vacating
from booking.holding import Held
from booking.models import JournalEntry, Seat, Session, WaitingEntry
from booking.models.journal import Verb
from booking.models.programme import EnrolmentState
from booking.models.seat import SeatState
from booking.models.waiting import WaitingState
from booking.waiting import LAST_CALL, about


def end_in_time(session: Session) -> None:
    """Open offers of which this session is part, since it starts earlier or was added to them, end
    a day before it all the same. One that should have ended already does so at the next round."""
    latest = session.starts_at - LAST_CALL
    here = Seat.objects.filter(session=session, state=SeatState.HELD)
    offers = WaitingEntry.objects.filter(state=WaitingState.OFFERED, held_until__gt=latest)
    part = Q(seat__in=here) | Q(enrolment__in=here.values("enrolment"))
    offers.filter(part).update(held_until=latest)


def read(held: Held, pk: int) -> WaitingEntry:
    """One entry as it is now. Raises Busy when it went to another person than is held."""
    now = WaitingEntry.objects.select_related("session", "programme", "enrolment").get(pk=pk)
    held.refuse_other(now.participant_id)
    return now


def offered_sessions(pk: int) -> set[int]:
    """Where seats are held for this entry: what has to be locked besides its person to end the
    offer, because an offer that nobody ended in time may speak of sessions that have begun."""
    seats = Seat.objects.filter(Q(offers=pk) | Q(enrolment__offers=pk), state=SeatState.HELD)
    return set(seats.order_by().values_list("session_id", flat=True))


def offered_seats(waiting: WaitingEntry, held: Held) -> list[Seat]:
    """The held seats of an open offer, each with its locked session."""
    seats = Seat.objects.filter(state=SeatState.HELD)
    if waiting.enrolment_id is not None:
        seats = seats.filter(enrolment=waiting.enrolment_id)
    else:
        seats = seats.filter(offers=waiting)
    found = [seat for seat in seats.order_by("pk") if seat.session_id in held.sessions]
    for seat in found:
        seat.session = held.sessions[seat.session_id]
    return found


def take_back(
    held: Held,
    waiting: WaitingEntry,
    *,
    now: datetime,
    by_id: int | None,
    state: WaitingState,
    verb: Verb,
    **facts: bool,
) -> list[JournalEntry]:
    """End an open offer: its seats are free again. Returns the journal's part."""
    seats = offered_seats(waiting, held)
    vacating.vacate(held.seatmap, seats, SeatState.RELEASED)
    if waiting.enrolment is not None:
        waiting.enrolment.state = EnrolmentState.WITHDRAWN
        waiting.enrolment.save(update_fields=["state"])
    waiting.state = state
    waiting.save(update_fields=["state"])
    released = [
        seating.entry(seat, Verb.SEAT_RELEASED, at=now, by_id=by_id, waiting=waiting.pk, **facts)
        for seat in seats
    ]
    return [about(waiting, verb, now, by_id, **facts), *released]
