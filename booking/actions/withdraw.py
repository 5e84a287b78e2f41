from __future__ import annotations

from datetime import datetime

from booking import access, journal, seating
from booking.errors import NotActive
from booking.locking import lock_programme, lock_sessions, writing
from booking.models import Enrolment, JournalEntry, Seat
from booking.models.journal import Verb
from booking.models.programme import EnrolmentState
from booking.models.seat import SeatState


def withdraw(*, by: access.Actor, now: datetime, enrolment: Enrolment) -> Enrolment:
    """Take somebody out of a course or closed group: every seat to come is given back, what was
    attended stays. Raises NotAllowed, NotActive, Busy."""
    access.must_manage(by, enrolment.programme.partner_id)
    with writing():
        lock_programme(enrolment.programme_id)
        ids = Seat.objects.filter(enrolment=enrolment).values_list("session_id", flat=True)
        sessions = {session.pk: session for session in lock_sessions(ids)}
        current = Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment.pk)
        if current.state != EnrolmentState.ACTIVE:
            raise NotActive
        current.state = EnrolmentState.WITHDRAWN
        current.save(update_fields=["state"])
        by_id = by.pk if by else None
        entries = [
            JournalEntry(
                at=now,
                actor_id=by_id,
                verb=Verb.WITHDRAWN,
                partner_id=enrolment.programme.partner_id,
                programme_id=current.programme_id,
                participant_id=current.participant_id,
                facts={"enrolment": current.pk},
            )
        ]
        for seat in Seat.objects.active().filter(enrolment=current, starts_at__gt=now):
            seat.session = sessions[seat.session_id]
            seat.state = SeatState.RELEASED
            seat.save(update_fields=["state"])
            entries.append(seating.entry(seat, Verb.SEAT_RELEASED, at=now, by_id=by_id))
        journal.write(entries)
    return current
