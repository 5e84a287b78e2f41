"""The rules of sitting down and getting up, shared by every action that gives or takes a seat.
Call with the sessions and the people locked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking.addresses import same_address
from booking.errors import (
    AlreadySeated,
    BookingError,
    InterviewFirst,
    Invalid,
    Merged,
    NotAdvised,
    NotPossibleHere,
    OtherPurpose,
    Overlaps,
    SessionCancelled,
    SessionFull,
    TooEarly,
    TooLate,
    VictimsOnly,
)
from booking.models import Enrolment, Participant, Referral, Seat, Service, Session
from booking.models.journal import JournalEntry, Verb
from booking.models.partner import ServiceFamily
from booking.models.seat import SeatState
from booking.seatmap import SeatMap
from booking.storable import refuse_unstorable

_LONGEST_REASON = 200


def refuse_wrong_moment(session: Session, now: datetime) -> None:
    """Raise SessionCancelled or TooLate."""
    if session.cancelled:
        raise SessionCancelled
    if session.starts_at <= now:
        raise TooLate


def needed_reason(reason: str) -> str:
    """The reason, without blanks around it. Raises Invalid when there is none."""
    refuse_unstorable(reason)
    if not reason.strip():
        raise Invalid(_("Give a reason: it is kept with the change."))
    if len(reason.strip()) > _LONGEST_REASON:
        raise Invalid(_("A reason has at most 200 characters."))
    return reason.strip()


def breaches(
    seatmap: SeatMap,
    session: Session,
    person: Participant,
    *,
    leaving: int | None = None,
    service: Service | None = None,
) -> Iterator[BookingError]:
    """Every rule that this person would break by sitting here, whatever the room and the hour.
    `service` is what they come for, where that is not the session's own.

    A partner that must not see the person and somebody who must not be met (domain rules 5 and 4)
    come last and in the same words, so that they are heard of only when nothing else is in the way.
    """
    if session.venue is not None and session.venue.victims_only:
        yield VictimsOnly()
    if person.not_before and timezone.localdate(session.starts_at) < person.not_before:
        yield TooEarly()
    service = service or session.service
    needed = service.interview_first and service.family != ServiceFamily.INTERVIEW
    if needed and not seatmap.interviewed_before(person, session, leaving=leaving):
        yield InterviewFirst()
    hidden = (session.partner_id, person.pk) in seatmap.hidden
    if hidden or not seatmap.apart[person.pk].isdisjoint(seatmap.seated[session.pk]):
        yield NotPossibleHere()


def unfit(
    seatmap: SeatMap,
    session: Session,
    person: Participant,
    *,
    leaving: int | None = None,
    service: Service | None = None,
) -> BookingError | None:
    """The first of the `breaches`, or None; a merged record never fits."""
    if person.merged_into_id is not None:
        return Merged()
    return next(breaches(seatmap, session, person, leaving=leaving, service=service), None)


def clash(
    seatmap: SeatMap, session: Session, person: Participant, *, leaving: int | None = None
) -> BookingError | None:
    """Why this person is not free then. `leaving` is a session that they leave for this one.
    Half-open: one may begin when another ends."""
    if person.pk in seatmap.seated[session.pk]:
        return AlreadySeated()
    return Overlaps() if seatmap.clashes[session.pk, person.pk] - {leaving} else None


def _taken_for_another(
    seatmap: SeatMap, session: Session, service: Service | None
) -> BookingError | None:
    """Whether those who sit here came for something else (booking.purposes)."""
    other = service is not None and service.pk != session.service_id
    return OtherPurpose() if other and seatmap.seated[session.pk] else None


def margin() -> timedelta:
    """How far apart in time people who must not meet are kept at one address."""
    return timedelta(minutes=settings.AVOIDANCE_MINUTES)


def near(seatmap: SeatMap, session: Session, person: Participant) -> BookingError | None:
    """Whether somebody whom this person must not meet is at the same address within the hour that
    `AVOIDANCE_MINUTES` sets. A warning, in words that do not say so."""
    others = seatmap.apart[person.pk]
    venue = session.venue
    if not others or venue is None:
        return None
    venues = (seat.session.venue for seat in seatmap.elsewhere(others, session, margin()))
    there = any(same_address(venue, other) for other in venues if other is not None)
    return NotAdvised() if there else None


def refusal(
    seatmap: SeatMap,
    session: Session,
    person: Participant,
    *,
    anyway: bool = False,
    leaving: int | None = None,
    service: Service | None = None,
    full: bool = False,
) -> BookingError | None:
    """Why this person does not get a seat here. What everybody can see comes first, what must not
    be found out comes last: a full session says that it is full to everybody alike."""
    if person.merged_into_id is not None:
        return Merged()
    return (
        clash(seatmap, session, person, leaving=leaving)
        or (SessionFull() if full else None)
        or _taken_for_another(seatmap, session, service)
        or unfit(seatmap, session, person, leaving=leaving, service=service)
        or (None if anyway else near(seatmap, session, person))
    )


def take(
    seatmap: SeatMap,
    session: Session,
    person: Participant,
    *,
    state: SeatState = SeatState.BOOKED,
    referral: Referral | None = None,
    enrolment: Enrolment | None = None,
    beyond: int = 0,
    over_reason: str = "",
    anyway: bool = False,
    leaving: int | None = None,
    service: Service | None = None,
) -> Seat:
    """A seat for this person, checked against every rule and not written yet: the caller writes all
    its seats at once. `beyond` is how many more than the capacity may sit there; `service` is what
    for, and the caller lets the session follow (booking.purposes).

    Raises what `refusal` gives.
    """
    number = seatmap.free_number(session, beyond=beyond)
    full = number is None
    refused = refusal(
        seatmap, session, person, anyway=anyway, leaving=leaving, service=service, full=full
    )
    if refused is not None or number is None:
        raise refused or SessionFull
    seatmap.sit(session, person, number)
    return Seat(
        session=session,
        participant=person,
        referral=referral,
        enrolment=enrolment,
        number=number,
        state=state,
        over_reason=over_reason if number > session.capacity else "",
        starts_at=session.starts_at,
        ends_at=session.ends_at,
    )


def entry(
    seat: Seat, verb: Verb, *, at: datetime, by_id: int | None, **facts: object
) -> JournalEntry:
    """The journal entry of something that happened to a seat; a deliberate overbooking shows."""
    if seat.over_reason:
        facts["over"] = True
    return JournalEntry(
        at=at,
        actor_id=by_id,
        verb=verb,
        partner_id=seat.session.partner_id,
        programme_id=seat.session.programme_id,
        session_id=seat.session_id,
        seat=seat,
        participant_id=seat.participant_id,
        facts={"number": seat.number, "state": seat.state, **facts},
    )
