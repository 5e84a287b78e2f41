from __future__ import annotations

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from booking import access, doubles, journal, purposes, rights, seating, waiting
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
from booking.models import (
    Enrolment,
    Participant,
    Programme,
    Referral,
    Service,
    Session,
    WaitingEntry,
)
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

    At another partner, the session (every coming one of the programme) is open to the network.

    The place in the list follows from the referral: its deadline, then its date. Left out, it is
    the person's own for this service, or for one that the slot serves, to this partner (to the
    actor's own where this one is not), the most urgent one. Somebody whom the person
    must not meet does not keep them off the list: that person may leave.

    Raises NotAllowed, Merged, Invalid (not exactly one target, somebody else's referral), EnrolsAsAWhole,
    AlreadySeated, AlreadyEnrolled, AlreadyWaiting, SessionCancelled, TooLate, Busy, and what
    `seating.unfit` gives when this person could never sit in that session.
    """
    target = session or programme
    if target is None or (session is not None and programme is not None):
        raise Invalid(_("One waits for one session, or for one programme."))
    _must_place(by, target, now)
    access.must_know(by, participant)
    referral = referral or _own_referral(by, participant, target)
    service = _service(target, referral)
    rights.refuse_foreign(by, referral, participant, target.partner_id, service.pk)
    doubles.refuse_known(
        by=by,
        who=participant,
        anyway=although_known,
        service=service,
        partner=target.partner,
    )
    by_id = by.pk if by else None
    with writing():
        held = hold(
            now=now,
            sessions=[session.pk] if session else [],
            programmes=[programme.pk] if programme else [],
            people=[participant.pk],
        )
        if session is not None:
            rights.must_place(by, target.partner_id, [held.sessions[session.pk]])
        if programme is not None:
            rights.must_place(by, target.partner_id, held.of_programme(programme.pk, now))
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
        outside = rights.facts(by, target.partner_id)
        joined = waiting.about(entry, Verb.WAITING_JOINED, now, by_id, **outside)
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


def _must_place(by: access.Actor, target: Session | Programme, now: datetime) -> None:
    if isinstance(target, Session):
        rights.must_place(by, target.partner_id, [target])
    else:
        rights.must_place_in(by, target, now)


def _service(target: Session | Programme, referral: Referral | None) -> Service:
    """What the place will be for."""
    if isinstance(target, Programme):
        return target.service
    return purposes.chosen(target, None, referral)


def _own_referral(
    by: access.Actor, person: Participant, target: Session | Programme
) -> Referral | None:
    services = {target.service_id}
    if isinstance(target, Session):
        services = set(purposes.services_of(target))
    theirs = Referral.objects.filter(
        participant=person, partner__in=rights.partners(by, target.partner_id), service__in=services
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
