from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, doubles, journal, rights, seating, waiting
from booking.errors import AlreadyEnrolled, EnrolsSeatBySeat, Invalid, TooLate
from booking.holding import hold
from booking.locking import writing
from booking.models import Enrolment, JournalEntry, Participant, Programme, Referral, Seat
from booking.models.journal import Verb
from booking.models.programme import STANDING_STATES
from booking.models.session import SessionState
from booking.once import once


@once
def enrol(
    *,
    by: access.Actor,
    now: datetime,
    programme: Programme,
    participant: Participant,
    referral: Referral | None = None,
    overbook: str = "",
    anyway: bool = False,
    although_known: bool = False,
    key: str = "",
) -> Enrolment:
    """Take a seat in every session of a course or closed group, or in none.

    One may join after the start only where the programme allows it, and then takes the sessions
    that are still to come; never a course that began (domain rule 1: every sitting counts).
    `overbook` is the reason for seats beyond the capacity, within each session's allowance.
    At another partner, every coming session is open to the network; `referral` may be to a partner
    of the actor's, for this very service (docs/decisions/0011).

    Raises NotAllowed, EnrolsSeatBySeat, AlreadyEnrolled, TooLate, Invalid when there is nothing to
    sit in, Busy, and for any one session what `booking.seating` gives; NotAdvised unless `anyway`,
    LooksKnown unless `although_known`: two warnings, each to be seen before it is passed, the first
    one never by somebody from outside.
    """
    rights.must_place_in(by, programme, now)
    if not programme.enrols:
        raise EnrolsSeatBySeat
    if overbook:
        access.must_overbook(by, programme.partner_id)
        overbook = seating.needed_reason(overbook)
    access.must_know(by, participant)
    doubles.refuse_known(
        by=by,
        who=participant,
        anyway=although_known,
        service=programme.service,
        partner=programme.partner,
    )
    rights.refuse_foreign(by, referral, participant, programme.partner_id, programme.service_id)
    by_id = by.pk if by else None
    with writing(), rights.hearing(by, programme.partner_id):
        held = hold(now=now, programmes=[programme.pk], people=[participant.pk])
        person = held.people[participant.pk]
        if Enrolment.objects.filter(
            programme=programme, participant=person, state__in=STANDING_STATES
        ).exists():
            raise AlreadyEnrolled
        coming = held.of_programme(programme.pk, now)
        rights.must_place(by, programme.partner_id, coming)
        _refuse_moment(held.programmes[programme.pk], bool(coming), now)
        enrolment = Enrolment.objects.create(
            programme=programme, participant=person, referral=referral
        )
        seats = [
            seating.take(
                held.seatmap,
                session,
                person,
                referral=referral,
                enrolment=enrolment,
                beyond=session.allowance if overbook else 0,
                over_reason=overbook,
                anyway=anyway and access.may_manage(by, programme.partner_id),
            )
            for session in coming
        ]
        Seat.objects.bulk_create(seats)
        waiting.answered(held, held.seatmap.waits(person, coming[0]))
        outside = rights.facts(by, programme.partner_id)
        facts = {"enrolment": enrolment.pk, "sessions": len(coming), **outside}
        first = JournalEntry(
            at=now,
            actor_id=by_id,
            verb=Verb.ENROLLED,
            partner_id=programme.partner_id,
            programme=programme,
            participant=person,
            facts=facts,
        )
        booked = [
            seating.entry(seat, Verb.SEAT_BOOKED, at=now, by_id=by_id, **outside) for seat in seats
        ]
        journal.write([first, *booked])
    return enrolment


def _refuse_moment(programme: Programme, coming: bool, now: datetime) -> None:
    """Raise TooLate for what began, Invalid for what has no session yet."""
    planned = programme.sessions.filter(state=SessionState.PLANNED)
    if not coming and not planned.exists():
        raise Invalid(_("This programme has no sessions yet: open them first."))
    if not coming or not waiting.joinable(programme, now):
        raise TooLate
