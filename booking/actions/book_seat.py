from __future__ import annotations

from datetime import datetime

from booking import access, journal, seating, waiting
from booking.errors import EnrolsAsAWhole
from booking.holding import Held, hold
from booking.holding_one import hold_one
from booking.inserting import insert
from booking.locking import writing
from booking.models import Participant, Referral, Seat, Session
from booking.models.journal import Verb
from booking.models.partner import ServiceFamily
from booking.once import once


@once
def book_seat(
    *,
    by: access.Actor,
    now: datetime,
    session: Session,
    participant: Participant,
    referral: Referral | None = None,
    overbook: str = "",
    anyway: bool = False,
    key: str = "",
) -> Seat:
    """Take one seat in an appointment or in an evening of an open group.

    `overbook` is the reason for a seat beyond the capacity, within the session's allowance; it
    needs the right to do so. Whoever waited for this session is off its list.

    Raises NotAllowed, Invalid (somebody else’s referral), EnrolsAsAWhole, SessionCancelled, TooLate,
    SessionFull, Busy, what `seating.refusal` gives, and NotAdvised unless `anyway`.
    """
    access.must_manage(by, session.partner_id)
    if overbook:
        access.must_overbook(by, session.partner_id)
        overbook = seating.needed_reason(overbook)
    access.must_know(by, participant)
    seating.refuse_foreign(referral, participant, session.partner_id)
    by_id = by.pk if by else None
    with writing():
        held = _hold(session, participant, now)
        locked, person = held.sessions[session.pk], held.people[participant.pk]
        if locked.programme is not None and locked.programme.enrols:
            raise EnrolsAsAWhole
        seating.refuse_wrong_moment(locked, now)
        seat = seating.take(
            held.seatmap,
            locked,
            person,
            referral=referral,
            beyond=locked.allowance if overbook else 0,
            over_reason=overbook,
            anyway=anyway,
        )
        insert([seat])
        waiting.answered(held, held.seatmap.waits(person, locked), seat=seat)
        journal.write(
            [
                seating.entry(seat, Verb.SEAT_BOOKED, at=now, by_id=by_id),
                *(waiting.serve(held, now=now) if held.waiting else ()),
            ]
        )
    return seat


def _hold(session: Session, participant: Participant, now: datetime) -> Held:
    """An interview opens what comes after it: its person may wait for just that."""
    if session.service.family == ServiceFamily.INTERVIEW:
        return hold(now=now, sessions=[session.pk], people=[participant.pk])
    return hold_one(session.pk, participant.pk)
