from __future__ import annotations

from datetime import datetime

from booking import access, cancelling, changing, journal, seating, vacating, waiting
from booking.errors import BelowSeated
from booking.holding import hold
from booking.locking import writing
from booking.models import Session
from booking.models.journal import Verb
from booking.once import once


@once
def change_seats(
    *,
    by: access.Actor,
    now: datetime,
    session: Session,
    capacity: int | None = None,
    allowance: int | None = None,
    reason: str = "",
    anyway: bool = False,
    key: str = "",
) -> Session:
    """Change how many seats a session has, and how many more may be taken if need be; what is None
    stays. Places that become free are offered to those who wait.

    Lowering the capacity below the people seated drops nobody: it warns first (BelowSeated unless
    `anyway`) and then shows "over". Raising the allowance is a deliberate overbooking: it needs the
    right and a reason, and offers so many places more, now and only now.

    Raises NotAllowed, Invalid, SessionCancelled, TooLate, BelowSeated, Busy.
    """
    access.must_manage(by, session.partner_id)
    by_id = by.pk if by else None
    with writing():
        held = hold(now=now, sessions=[session.pk])
        locked = held.sessions[session.pk]
        seating.refuse_wrong_moment(locked, now)
        before = _facts(locked)
        taken = held.seatmap.taken(locked)
        more = 0 if allowance is None else max(0, allowance - locked.allowance)
        if more:
            access.must_overbook(by, locked.partner_id)
            locked.allowance_reason = seating.needed_reason(reason)
        if capacity is not None and capacity < min(taken, locked.capacity) and not anyway:
            raise BelowSeated
        locked.capacity = locked.capacity if capacity is None else capacity
        locked.allowance = locked.allowance if allowance is None else allowance
        changing.refuse_size(locked.capacity, locked.allowance)
        after = _facts(locked)
        if after == before:
            return locked
        locked.save(update_fields=["capacity", "allowance", "allowance_reason"])
        vacating.close_ranks(held.seatmap, locked)
        beyond = min(locked.allowance, max(0, taken - locked.capacity) + more) if more else 0
        facts = {"before": before, "after": after, "seated": taken}
        journal.write(
            [
                cancelling.of_session(locked, Verb.SEATS_CHANGED, now, by_id, **facts),
                *waiting.serve(held, now=now, beyond={locked.pk: beyond}),
            ]
        )
    return locked


def _facts(session: Session) -> dict[str, int]:
    return {"capacity": session.capacity, "allowance": session.allowance}
