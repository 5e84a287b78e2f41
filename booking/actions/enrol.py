from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, journal, seating
from booking.errors import AlreadyEnrolled, EnrolsSeatBySeat, Invalid, TooLate
from booking.locking import lock_participants, lock_programme, lock_sessions, writing
from booking.models import (
    Enrolment,
    JournalEntry,
    Participant,
    Programme,
    Referral,
    Session,
)
from booking.models.journal import Verb
from booking.models.programme import EnrolmentState
from booking.models.session import SessionState


def enrol(
    *,
    by: access.Actor,
    now: datetime,
    programme: Programme,
    participant: Participant,
    referral: Referral | None = None,
) -> Enrolment:
    """Take a seat in every session of a course or closed group, or in none.

    One may join after the start only where the programme allows it, and then takes the sessions
    that are still to come; never a course that began (domain rule 1: every sitting counts).

    Raises NotAllowed, EnrolsSeatBySeat, AlreadyEnrolled, TooLate, Invalid when there is nothing to
    sit in, Busy, and for any one session what `booking.seating` raises.
    """
    access.must_manage(by, programme.partner_id)
    if not programme.enrols:
        raise EnrolsSeatBySeat
    access.must_know(by, participant)
    seating.refuse_foreign(referral, participant, programme.partner_id)
    with writing():
        lock_programme(programme.pk)
        locked = lock_sessions(
            Session.objects.filter(programme=programme, state=SessionState.PLANNED).values_list(
                "pk", flat=True
            )
        )
        # Read again under the lock: one of them may have been cancelled in between.
        sessions = [session for session in locked if not session.cancelled]
        [person] = lock_participants([participant.pk])
        if Enrolment.objects.filter(
            programme=programme, participant=person, state=EnrolmentState.ACTIVE
        ).exists():
            raise AlreadyEnrolled
        coming = [session for session in sessions if session.starts_at > now]
        if not sessions:
            raise Invalid(_("This programme has no sessions yet: open them first."))
        if len(coming) < len(sessions) and not (programme.late_joining and coming):
            raise TooLate
        enrolment = Enrolment.objects.create(
            programme=programme, participant=person, referral=referral
        )
        by_id = by.pk if by else None
        entries = [
            JournalEntry(
                at=now,
                actor_id=by_id,
                verb=Verb.ENROLLED,
                partner_id=programme.partner_id,
                programme=programme,
                participant=person,
                facts={"enrolment": enrolment.pk, "sessions": len(coming)},
            )
        ]
        for session in coming:
            seat = seating.take(session, person, referral=referral, enrolment=enrolment)
            entries.append(seating.entry(seat, Verb.SEAT_BOOKED, at=now, by_id=by_id))
        journal.write(entries)
    return enrolment
