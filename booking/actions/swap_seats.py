from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, journal, purposes, seating, waiting
from booking.actions.move_seat import kept_referral, where
from booking.errors import EnrolsAsAWhole, Invalid, NotActive, NotAdvised
from booking.holding import Held, hold
from booking.locking import writing
from booking.models import Seat, Service
from booking.models.journal import Verb
from booking.models.seat import SeatState
from booking.once import once


@once
def swap_seats(
    *,
    by: access.Actor,
    now: datetime,
    first: Seat,
    second: Seat,
    anyway: bool = False,
    key: str = "",
) -> tuple[Seat, Seat]:
    """Two people exchange their sessions, both or neither; each takes the number of the other, and
    a slot that may be used for what they came for becomes one for it. Returns the new seats of the first and of the second person.

    Raises NotAllowed, Invalid (one session, or one person), EnrolsAsAWhole, NotActive, TooLate,
    SessionCancelled, Busy, what `seating.refusal` gives, and NotAdvised unless `anyway`.
    """
    for partner_id in {first.session.partner_id, second.session.partner_id}:
        access.must_manage(by, partner_id)
    access.must_know(by, first.participant)
    access.must_know(by, second.participant)
    if first.session_id == second.session_id or first.participant_id == second.participant_id:
        raise Invalid(_("Choose two people who sit in two different sessions."))
    by_id = by.pk if by else None
    with writing():
        held = hold(
            now=now,
            sessions=[first.session_id, second.session_id],
            people=[first.participant_id, second.participant_id],
        )
        old = [_current(held, seat, now) for seat in (first, second)]
        for seat in old:
            held.seatmap.rise(seat.session_id, seat.participant_id)
        # Both before either slot becomes something else.
        services = [
            purposes.carried(old[0], old[1].session),
            purposes.carried(old[1], old[0].session),
        ]
        new = [
            _in_place_of(held, old[1], old[0], services[0]),
            _in_place_of(held, old[0], old[1], services[1]),
        ]
        followed = [
            purposes.follow(seat.session, service)
            for seat, service in zip(new, services, strict=True)
        ]
        for seat in old:
            seat.state = SeatState.RELEASED
        Seat.objects.bulk_update(old, ["state"])
        entries = []
        for left, taken, turned in zip(old, new, followed, strict=True):
            taken.save(force_insert=True)
            waiting.answered(held, held.seatmap.waits(taken.participant, taken.session), seat=taken)
            facts = {"before": where(left), "after": where(taken), "swap": True, **turned}
            entries.append(seating.entry(taken, Verb.SEAT_MOVED, at=now, by_id=by_id, **facts))
        # Once both sit where they will: they may be the two whom one keeps apart.
        for taken in new:
            if not anyway and seating.near(held.seatmap, taken.session, taken.participant):
                raise NotAdvised
        journal.write([*entries, *waiting.serve(held, now=now)])
    return new[0], new[1]


def _current(held: Held, seat: Seat, now: datetime) -> Seat:
    current = Seat.objects.get(pk=seat.pk)
    held.refuse_other(current.participant_id)
    current.session = held.sessions[seat.session_id]
    if current.enrolment_id is not None:
        raise EnrolsAsAWhole
    if current.state != SeatState.BOOKED:
        raise NotActive
    seating.refuse_wrong_moment(current.session, now)
    return current


def _in_place_of(held: Held, other: Seat, mine: Seat, service: Service) -> Seat:
    """The seat of the other, for the person of `mine`; who else is near then is not looked at yet."""
    session, person = other.session, held.people[mine.participant_id]
    refused = seating.refusal(held.seatmap, session, person, anyway=True, service=service)
    if refused is not None:
        raise refused
    held.seatmap.sit(session, person, other.number)
    return Seat(
        session=session,
        participant=person,
        referral=kept_referral(mine, session, service),
        number=other.number,
        over_reason=other.over_reason,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
    )
