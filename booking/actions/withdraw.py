from __future__ import annotations

from datetime import datetime

from booking import access, journal, rights, seating, vacating, waiting
from booking.errors import NotActive
from booking.holding import hold
from booking.locking import writing
from booking.models import Enrolment, JournalEntry, Seat
from booking.models.journal import Verb
from booking.models.programme import EnrolmentState
from booking.models.seat import SeatState
from booking.once import once


@once
def withdraw(*, by: access.Actor, now: datetime, enrolment: Enrolment, key: str = "") -> Enrolment:
    """Take somebody out of a course or closed group: every seat to come is given back and the place
    is offered to the next who waits; what was attended stays. An offered place is declined instead.
    At another partner only the account that enrolled them may do so, until the first sitting starts.

    Raises NotAllowed, NotActive, TooLate from outside when it has started, Busy."""
    rights.must_withdraw(by, enrolment)
    access.must_know(by, enrolment.participant)
    by_id = by.pk if by else None
    with writing():
        held = hold(now=now, programmes=[enrolment.programme_id], people=[enrolment.participant_id])
        current = Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment.pk)
        held.refuse_other(current.participant_id)
        if current.state != EnrolmentState.ACTIVE:
            raise NotActive
        rights.refuse_begun(by, enrolment, now)
        current.state = EnrolmentState.WITHDRAWN
        current.save(update_fields=["state"])
        outside = rights.facts(by, enrolment.programme.partner_id)
        first = JournalEntry(
            at=now,
            actor_id=by_id,
            verb=Verb.WITHDRAWN,
            partner_id=enrolment.programme.partner_id,
            programme_id=current.programme_id,
            participant_id=current.participant_id,
            facts={"enrolment": current.pk, **outside},
        )
        seats = list(Seat.objects.active().filter(enrolment=current, starts_at__gt=now))
        for seat in seats:
            seat.session = held.sessions[seat.session_id]
        vacating.vacate(held.seatmap, seats, SeatState.RELEASED)
        released = [
            seating.entry(seat, Verb.SEAT_RELEASED, at=now, by_id=by_id, **outside)
            for seat in seats
        ]
        journal.write([first, *released, *waiting.serve(held, now=now)])
    return current
