from __future__ import annotations

from datetime import datetime

from booking import access, journal, purposes, seating, vacating, waiting
from booking.errors import EnrolsAsAWhole, NotActive
from booking.holding import hold
from booking.locking import writing
from booking.models import Referral, Seat, Service, Session
from booking.models.journal import Verb
from booking.models.seat import SeatState
from booking.once import once


@once
def move_seat(
    *,
    by: access.Actor,
    now: datetime,
    seat: Seat,
    to: Session,
    overbook: str = "",
    anyway: bool = False,
    key: str = "",
) -> Seat:
    """Move somebody to another session: the old seat is given back only if the new one is had, in
    one transaction. The new seat is returned; the place left goes to whoever waits for it. An empty
    slot that may be used for the same service becomes one for it.

    Raises what `book_seat` and `release_seat` raise.
    """
    for partner_id in {seat.session.partner_id, to.partner_id}:
        access.must_manage(by, partner_id)
    access.must_know(by, seat.participant)
    if overbook:
        access.must_overbook(by, to.partner_id)
        overbook = seating.needed_reason(overbook)
    by_id = by.pk if by else None
    with writing():
        held = hold(now=now, sessions=[seat.session_id, to.pk], people=[seat.participant_id])
        old, target = Seat.objects.get(pk=seat.pk), held.sessions[to.pk]
        held.refuse_other(old.participant_id)
        old.session = held.sessions[old.session_id]
        whole = target.programme is not None and target.programme.enrols
        if old.enrolment_id is not None or whole:
            raise EnrolsAsAWhole
        if old.state != SeatState.BOOKED:
            raise NotActive
        seating.refuse_wrong_moment(old.session, now)
        seating.refuse_wrong_moment(target, now)
        person = held.people[old.participant_id]
        service = purposes.carried(old, target)
        new = seating.take(
            held.seatmap,
            target,
            person,
            referral=kept_referral(old, target, service),
            beyond=target.allowance if overbook else 0,
            over_reason=overbook,
            anyway=anyway,
            leaving=old.session_id,
            service=service,
        )
        followed = purposes.follow(target, service)
        vacating.vacate(held.seatmap, [old], SeatState.RELEASED)
        new.save(force_insert=True)
        waiting.answered(held, held.seatmap.waits(person, target), seat=new)
        facts = {"before": where(old), "after": where(new), **followed}
        entries = [seating.entry(new, Verb.SEAT_MOVED, at=now, by_id=by_id, **facts)]
        journal.write([*entries, *waiting.serve(held, now=now)])
    return new


def kept_referral(seat: Seat, to: Session, service: Service) -> Referral | None:
    """The referral for which somebody sat, if the seat that they get now is for it too: at the same
    partner, at the one to which it was made, or for its very service."""
    referral = seat.referral
    if referral is None or to.partner_id in (seat.session.partner_id, referral.partner_id):
        return referral
    return referral if referral.service_id == service.pk else None


def where(seat: Seat) -> dict[str, int]:
    """What the journal says of where somebody sat. `sms.following` reads `seat`."""
    return {"session": seat.session_id, "seat": seat.pk, "number": seat.number}
