from __future__ import annotations

from datetime import datetime

from booking import access, journal, seating
from booking.locking import lock_sessions, writing
from booking.models import Assignment, JournalEntry, Seat, Session
from booking.models.journal import Verb
from booking.models.seat import SeatState
from booking.models.session import SessionState


def cancel_session(*, by: access.Actor, now: datetime, session: Session) -> Session:
    """Cancel a session that has not started: its seats are cancelled, its practitioners are free.

    An enrolment stays: one evening less is not the end of a programme.
    Raises NotAllowed, SessionCancelled, TooLate, Busy.
    """
    access.must_manage(by, session.partner_id)
    with writing():
        [locked] = lock_sessions([session.pk])
        seating.refuse_wrong_moment(locked, now)
        locked.state = SessionState.CANCELLED
        locked.revision += 1
        locked.changed_at = now
        locked.save(update_fields=["state", "revision", "changed_at"])
        Assignment.objects.filter(session=locked).update(active=False)
        by_id = by.pk if by else None
        seats = list(Seat.objects.active().filter(session=locked))
        entries = [
            JournalEntry(
                at=now,
                actor_id=by_id,
                verb=Verb.SESSION_CANCELLED,
                partner_id=locked.partner_id,
                programme_id=locked.programme_id,
                session=locked,
                facts={"revision": locked.revision, "seats": len(seats)},
            )
        ]
        for seat in seats:
            seat.session = locked
            seat.state = SeatState.CANCELLED
            entries.append(seating.entry(seat, Verb.SEAT_CANCELLED, at=now, by_id=by_id))
        Seat.objects.bulk_update(seats, ["state"])
        journal.write(entries)
    return locked
