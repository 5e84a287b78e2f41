"""The rules of sitting down, shared by every action that gives a seat. Call with the session and
the participant locked."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking.errors import (
    AlreadySeated,
    Invalid,
    NotPossibleHere,
    Overlaps,
    SessionCancelled,
    SessionFull,
    TooEarly,
    TooLate,
    VictimsOnly,
)
from booking.models import Enrolment, HiddenFrom, Participant, Referral, Seat, Session
from booking.models.journal import JournalEntry, Verb
from booking.models.seat import ACTIVE_STATES


def refuse_wrong_moment(session: Session, now: datetime) -> None:
    """Raise SessionCancelled or TooLate."""
    if session.cancelled:
        raise SessionCancelled
    if session.starts_at <= now:
        raise TooLate


def refuse_foreign(referral: Referral | None, participant: Participant, partner_id: int) -> None:
    """Raise Invalid unless the referral, if any, is this person's to this partner."""
    if referral is None:
        return
    if (referral.participant_id, referral.partner_id) != (participant.pk, partner_id):
        raise Invalid(_("The referral is not this person’s, or was made to another partner."))


def refuse_unfit(session: Session, participant: Participant) -> None:
    """Raise the first reason why this person may not sit here, whatever the room.

    Safety comes before convenience: a venue kept for victims (domain rule 3), a partner that must
    not see the person (rule 5), then the date before which the person cannot come.
    """
    if session.venue is not None and session.venue.victims_only:
        raise VictimsOnly
    if HiddenFrom.objects.filter(participant=participant, partner=session.partner_id).exists():
        raise NotPossibleHere
    start_day = timezone.localdate(session.starts_at)
    if participant.not_before is not None and start_day < participant.not_before:
        raise TooEarly


def refuse_clash(session: Session, participant: Participant) -> None:
    """Raise AlreadySeated or Overlaps. Half-open: one may begin when another ends."""
    theirs = Seat.objects.active().filter(
        participant=participant,
        starts_at__lt=session.ends_at,
        ends_at__gt=session.starts_at,
    )
    for seated_in in theirs.values_list("session_id", flat=True):
        raise AlreadySeated if seated_in == session.pk else Overlaps


def free_number(session: Session) -> int:
    """The lowest free seat number. Raises SessionFull."""
    taken = set(
        Seat.objects.filter(session=session, state__in=ACTIVE_STATES).values_list(
            "number", flat=True
        )
    )
    for number in range(1, session.capacity + 1):
        if number not in taken:
            return number
    raise SessionFull


def take(
    session: Session,
    participant: Participant,
    *,
    referral: Referral | None = None,
    enrolment: Enrolment | None = None,
) -> Seat:
    """Check every rule, then write the seat. Raises what the checks raise."""
    refuse_unfit(session, participant)
    refuse_clash(session, participant)
    return Seat.objects.create(
        session=session,
        participant=participant,
        referral=referral,
        enrolment=enrolment,
        number=free_number(session),
        starts_at=session.starts_at,
        ends_at=session.ends_at,
    )


def entry(
    seat: Seat, verb: Verb, *, at: datetime, by_id: int | None, **facts: object
) -> JournalEntry:
    """The journal entry of something that happened to a seat."""
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
