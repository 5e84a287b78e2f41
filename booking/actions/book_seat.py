from __future__ import annotations

from datetime import datetime

from booking import access, journal, seating
from booking.errors import EnrolsAsAWhole
from booking.locking import lock_participants, lock_sessions, writing
from booking.models import Participant, Referral, Seat, Session
from booking.models.journal import Verb


def book_seat(
    *,
    by: access.Actor,
    now: datetime,
    session: Session,
    participant: Participant,
    referral: Referral | None = None,
) -> Seat:
    """Take one seat in an appointment or in an evening of an open group.

    Raises NotAllowed, Invalid (somebody else’s referral), EnrolsAsAWhole, SessionCancelled, TooLate, VictimsOnly, NotPossibleHere,
    TooEarly, AlreadySeated, Overlaps, SessionFull, Busy.
    """
    access.must_manage(by, session.partner_id)
    access.must_know(by, participant)
    seating.refuse_foreign(referral, participant, session.partner_id)
    with writing():
        [locked] = lock_sessions([session.pk])
        [person] = lock_participants([participant.pk])
        if locked.programme is not None and locked.programme.enrols:
            raise EnrolsAsAWhole
        seating.refuse_wrong_moment(locked, now)
        seat = seating.take(locked, person, referral=referral)
        by_id = by.pk if by else None
        journal.write([seating.entry(seat, Verb.SEAT_BOOKED, at=now, by_id=by_id)])
    return seat
