from __future__ import annotations

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from booking import access, doubles, journal, seating, waiting
from booking.errors import (
    AlreadyEnrolled,
    AlreadySeated,
    AlreadyWaiting,
    EnrolsAsAWhole,
    InterviewFirst,
    Invalid,
    Merged,
    NotPossibleHere,
    TooLate,
)
from booking.holding import Held, hold
from booking.locking import writing
from booking.models import Enrolment, Participant, Programme, Referral, Session, WaitingEntry
from booking.models.journal import Verb
from booking.models.programme import STANDING_STATES
from booking.models.waiting import ON_THE_LIST
from booking.once import once


@once
def join_waiting_list(
    *,
    by: access.Actor,
    now: datetime,
    participant: Participant,
    session: Session | None = None,
    programme: Programme | None = None,
    referral: Referral | None = None,
    although_known: bool = False,
    key: str = "",
) -> WaitingEntry:
    """Put somebody on the waiting list of a session, or of a programme: for the whole of a course or
    closed group, for the first evening with room of an open group. If there is room at once, it is
    offered at once.

    The place in the list follows from the referral: its deadline, then its date. Left out, it is
    the person's own to this partner for this service, the most urgent one. Somebody whom the person
    must not meet does not keep them off the list: that person may leave.

    Raises NotAllowed, Merged, Invalid (not exactly one target, somebody else's referral), EnrolsAsAWhole,
    AlreadySeated, AlreadyEnrolled, AlreadyWaiting, SessionCancelled, TooLate, Busy, and what
    `seating.unfit` gives when this person could never sit in that session.
    """
    target = session or programme
    if target is None or (session is not None and programme is not None):
        raise Invalid(_("One waits for one session, or for one programme."))
    access.must_manage(by, target.partner_id)
    access.must_know(by, participant)
    seating.refuse_foreign(referral, participant, target.partner_id)
    doubles.refuse_known(
        by=by,
        who=participant,
        anyway=although_known,
        service=target.service,
        partner=target.partner,
    )
    referral = referral or _own_referral(participant, target)
    by_id = by.pk if by else None
    with writing():
        held = hold(
            now=now,
            sessions=[session.pk] if session else [],
            programmes=[programme.pk] if programme else [],
            people=[participant.pk],
        )
        person = held.people[participant.pk]
        if person.merged_into_id is not None:
            raise Merged
        if session is not None:
            _refuse_session(held, held.sessions[session.pk], person, now)
        if programme is not None:
            _refuse_programme(held, held.programmes[programme.pk], person, now)
        listed = WaitingEntry.objects.filter(participant=person, state__in=ON_THE_LIST)
        if listed.filter(session=session, programme=programme).exists():
            raise AlreadyWaiting
        entry = WaitingEntry.objects.create(
            participant=person,
            session=session,
            programme=programme,
            referral=referral,
            joined_at=now,
        )
        held.read_waiting()
        joined = waiting.about(entry, Verb.WAITING_JOINED, now, by_id)
        journal.write([joined, *waiting.serve(held, now=now)])
    entry.refresh_from_db()
    return entry


def _refuse_session(held: Held, session: Session, person: Participant, now: datetime) -> None:
    seating.refuse_wrong_moment(session, now)
    if session.programme is not None and session.programme.enrols:
        raise EnrolsAsAWhole
    if person.pk in held.seatmap.seated[session.pk]:
        raise AlreadySeated
    _refuse_for_good(held, session, person)


def _own_referral(person: Participant, target: Session | Programme) -> Referral | None:
    theirs = Referral.objects.filter(
        participant=person, partner=target.partner_id, service=target.service_id
    )
    return theirs.order_by(F("deadline").asc(nulls_last=True), "referred_on", "pk").first()


def _refuse_for_good(held: Held, session: Session, person: Participant) -> None:
    """Raise what stands in the way and will not be over when a place is free: an interview may come,
    and somebody whom the person must not meet may leave."""
    hidden = (session.partner_id, person.pk) in held.seatmap.hidden
    for reason in seating.breaches(held.seatmap, session, person):
        meeting = isinstance(reason, NotPossibleHere) and not hidden
        if not meeting and not isinstance(reason, InterviewFirst):
            raise reason


def _refuse_programme(held: Held, programme: Programme, person: Participant, now: datetime) -> None:
    if Enrolment.objects.filter(
        programme=programme, participant=person, state__in=STANDING_STATES
    ).exists():
        raise AlreadyEnrolled
    if not waiting.joinable(programme, now):
        raise TooLate
    for session in held.of_programme(programme.pk, now):
        if programme.enrols:
            _refuse_for_good(held, session, person)
