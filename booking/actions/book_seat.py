from __future__ import annotations

from datetime import datetime

from booking import access, journal, purposes, rights, seating, waiting
from booking.errors import Busy, EnrolsAsAWhole
from booking.holding import Held, hold
from booking.holding_one import hold_one
from booking.inserting import insert
from booking.locking import writing
from booking.models import Participant, Referral, Seat, Service, Session
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
    service: Service | None = None,
    overbook: str = "",
    anyway: bool = False,
    key: str = "",
) -> Seat:
    """Take one seat in an appointment or in an evening of an open group; at another partner where
    the session is open to the network (docs/decisions/0011).

    `service` is what for, where a slot may be used for several; left out, it is the referral's if
    the slot serves it, else the session's own. In an empty slot the session's service becomes it.
    `referral` may be to another partner of the actor's, for that very service.

    `overbook` is the reason for a seat beyond the capacity, within the session's allowance; it
    needs the right to do so. Whoever waited for this session is off its list.

    Raises NotAllowed, Invalid (somebody else’s referral, a service that the slot does not serve),
    EnrolsAsAWhole, SessionCancelled, TooLate, SessionFull, OtherPurpose, Busy, what
    `seating.refusal` gives, and NotAdvised unless `anyway`, which is not for somebody from outside.
    """
    rights.must_place(by, session.partner_id, [session])
    if overbook:
        access.must_overbook(by, session.partner_id)
        overbook = seating.needed_reason(overbook)
    access.must_know(by, participant)
    wanted = purposes.chosen(session, service, referral)
    rights.refuse_foreign(by, referral, participant, session.partner_id, wanted.pk)
    by_id = by.pk if by else None
    with writing(), rights.hearing(by, session.partner_id):
        held = _hold(session, wanted, participant, now)
        locked, person = held.sessions[session.pk], held.people[participant.pk]
        rights.must_place(by, locked.partner_id, [locked])
        if locked.programme is not None and locked.programme.enrols:
            raise EnrolsAsAWhole
        seating.refuse_wrong_moment(locked, now)
        wanted = _still(wanted, purposes.chosen(locked, service, referral))
        seat = seating.take(
            held.seatmap,
            locked,
            person,
            referral=referral,
            beyond=locked.allowance if overbook else 0,
            over_reason=overbook,
            anyway=anyway and access.may_manage(by, locked.partner_id),
            service=wanted,
        )
        facts = {**purposes.follow(locked, wanted), **rights.facts(by, locked.partner_id)}
        insert([seat])
        waiting.answered(held, held.seatmap.waits(person, locked), seat=seat)
        journal.write(
            [
                seating.entry(seat, Verb.SEAT_BOOKED, at=now, by_id=by_id, **facts),
                *(waiting.serve(held, now=now) if held.waiting else ()),
            ]
        )
    return seat


def _hold(session: Session, wanted: Service, participant: Participant, now: datetime) -> Held:
    """An interview opens what comes after it: its person may wait for just that."""
    if wanted.family == ServiceFamily.INTERVIEW:
        return hold(now=now, sessions=[session.pk], people=[participant.pk])
    return hold_one(session.pk, participant.pk)


def _still(before: Service, now: Service) -> Service:
    """What the seat is for, as the locked session says. Raises Busy when the slot became one for
    interviews meanwhile: then more has to be held."""
    if now.family == ServiceFamily.INTERVIEW != before.family:
        raise Busy
    return now
