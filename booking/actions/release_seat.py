from __future__ import annotations

from datetime import datetime

from booking import access, journal, seating
from booking.errors import EnrolsAsAWhole, NotActive
from booking.locking import lock_sessions, writing
from booking.models import Seat
from booking.models.journal import Verb
from booking.models.seat import SeatState


def release_seat(*, by: access.Actor, now: datetime, seat: Seat) -> Seat:
    """Give one seat back before the session starts. A seat of an enrolment goes with the whole:
    see `withdraw`.

    Raises NotAllowed, NotActive, EnrolsAsAWhole, SessionCancelled, TooLate, Busy.
    """
    access.must_manage(by, seat.session.partner_id)
    with writing():
        [session] = lock_sessions([seat.session_id])
        current = Seat.objects.get(pk=seat.pk)
        current.session = session
        if current.enrolment_id is not None:
            raise EnrolsAsAWhole
        seating.refuse_wrong_moment(session, now)
        if not current.active:
            raise NotActive
        current.state = SeatState.RELEASED
        current.save(update_fields=["state"])
        by_id = by.pk if by else None
        journal.write([seating.entry(current, Verb.SEAT_RELEASED, at=now, by_id=by_id)])
    return current
