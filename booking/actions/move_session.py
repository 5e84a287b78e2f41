from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from booking import access
from booking.models import Practitioner, Session, Venue
from booking.moving import Move, move
from booking.once import once


@once
def move_session(
    *,
    by: access.Actor,
    now: datetime,
    session: Session,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    venue: Venue | None = None,
    practitioners: Iterable[Practitioner] | None = None,
    anyway: bool = False,
    key: str = "",
) -> Session:
    """Give a session another time, venue or practitioners; what is None stays. A new start alone
    keeps the length. Everybody who sits there comes along, or CannotCarry says who could not and
    why, and nothing is moved. A rule that somebody's seat there breaks already, because it was made
    later, does not stand in the way: `queries.conflicts` lists it.

    Raises NotAllowed, SessionCancelled, TooLate, Invalid, PractitionerBusy, CannotCarry, Busy;
    somebody for whom it is only not advised counts as a misfit unless `anyway`.
    """
    access.must_manage(by, session.partner_id)
    leaders = None if practitioners is None else tuple(set(practitioners))
    to = Move(session, starts_at, ends_at, venue, leaders)
    return move([to], by=by, now=now, anyway=anyway)[0]
