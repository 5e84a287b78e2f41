from __future__ import annotations

from datetime import datetime

from booking import access, journal, rights, seating, vacating, waiting
from booking.errors import EnrolsAsAWhole, NotActive
from booking.holding import hold
from booking.locking import writing
from booking.models import Seat
from booking.models.journal import Verb
from booking.models.seat import SeatState
from booking.once import once


@once
def release_seat(*, by: access.Actor, now: datetime, seat: Seat, key: str = "") -> Seat:
    """Give one seat back before the session starts; it is offered to the next who waits. A seat of
    an enrolment goes with the whole (see `withdraw`), an offered one with `decline_offer`. At another
    partner only the account that took this very seat may do so.

    Raises NotAllowed, NotActive, EnrolsAsAWhole, SessionCancelled, TooLate, Busy.
    """
    rights.must_release(by, seat)
    access.must_know(by, seat.participant)
    by_id = by.pk if by else None
    with writing():
        held = hold(now=now, sessions=[seat.session_id], people=[seat.participant_id])
        current = Seat.objects.get(pk=seat.pk)
        held.refuse_other(current.participant_id)
        current.session = held.sessions[seat.session_id]
        if current.enrolment_id is not None:
            raise EnrolsAsAWhole
        seating.refuse_wrong_moment(current.session, now)
        if not current.active or current.state == SeatState.HELD:
            raise NotActive
        vacating.vacate(held.seatmap, [current], SeatState.RELEASED)
        facts = rights.facts(by, current.session.partner_id)
        entries = [seating.entry(current, Verb.SEAT_RELEASED, at=now, by_id=by_id, **facts)]
        journal.write([*entries, *waiting.serve(held, now=now)])
    return current
