from __future__ import annotations

from datetime import datetime

from booking import access, journal, offers, seating, waiting
from booking.errors import OfferOver
from booking.holding import hold
from booking.locking import writing
from booking.models import Seat, WaitingEntry
from booking.models.journal import Verb
from booking.models.programme import EnrolmentState
from booking.models.seat import SeatState
from booking.models.waiting import WaitingState
from booking.once import once


@once
def confirm_offer(
    *, by: access.Actor, now: datetime, waiting_entry: WaitingEntry, key: str = ""
) -> WaitingEntry:
    """Whoever was offered a place takes it: the held seats are booked.

    A safety rule that was made since the offer still counts. Raises NotAllowed, OfferOver (answered
    before, or too late), Busy, and what `seating.unfit` gives.
    """
    access.must_manage(by, waiting_entry.target.partner_id)
    access.must_know(by, waiting_entry.participant)
    by_id = by.pk if by else None
    with writing():
        held = hold(now=now, people=[waiting_entry.participant_id])
        current = offers.read(held, waiting_entry.pk)
        if current.state != WaitingState.OFFERED or not current.held_until:
            raise OfferOver
        if current.held_until <= now:
            raise OfferOver
        seats = offers.offered_seats(current, held)
        for seat in seats:
            unfit = seating.unfit(held.seatmap, seat.session, held.people[seat.participant_id])
            if unfit is not None:
                raise unfit
            seat.state = SeatState.BOOKED
        Seat.objects.bulk_update(seats, ["state"])
        if current.enrolment is not None:
            current.enrolment.state = EnrolmentState.ACTIVE
            current.enrolment.save(update_fields=["state"])
        current.state = WaitingState.SEATED
        current.save(update_fields=["state"])
        waiting.answered(held, waiting.same_wish(held, current, seats))
        first = waiting.about(current, Verb.OFFER_CONFIRMED, now, by_id)
        booked = [
            seating.entry(seat, Verb.SEAT_BOOKED, at=now, by_id=by_id, waiting=current.pk)
            for seat in seats
        ]
        # An interview that is now booked may be what this person's other lists waited for.
        journal.write([first, *booked, *waiting.serve(held, now=now)])
    return current
