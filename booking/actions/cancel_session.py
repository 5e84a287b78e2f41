from __future__ import annotations

from datetime import datetime

from booking import access, cancelling, journal, waiting
from booking.holding import hold
from booking.locking import writing
from booking.models import Session
from booking.once import once


@once
def cancel_session(*, by: access.Actor, now: datetime, session: Session, key: str = "") -> Session:
    """Cancel a session that has not started: its seats are cancelled, its practitioners are free.

    An enrolment stays: one evening less is not the end of a programme, and may be what somebody who
    waits for a place in the whole of it needed.
    Raises NotAllowed, SessionCancelled, TooLate, Busy.
    """
    access.must_manage(by, session.partner_id)
    by_id = by.pk if by else None
    with writing():
        held = hold(now=now, sessions=[session.pk], seated_there=True)
        locked = held.sessions[session.pk]
        _seats, entries = cancelling.cancel(held, locked, now=now, by_id=by_id)
        held.read_waiting()
        journal.write([*entries, *waiting.serve(held, now=now)])
    return locked
