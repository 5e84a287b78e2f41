"""Who may seat people at a partner that is not theirs (docs/decisions/0011).

Whoever manages the partner is at home there. Every partner admin may seat people in what is open to
the network; to those from outside no warning is passable, and what they did is marked in the journal,
because their name in another partner's would tell where else somebody is followed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access
from booking.errors import Invalid, NotAdvised, NotAllowed, TooLate
from booking.models import (
    Enrolment,
    JournalEntry,
    Participant,
    Programme,
    Referral,
    Seat,
    Session,
    WaitingEntry,
)
from booking.models.journal import JournalQuerySet, Verb
from booking.models.session import SessionState


def must_place(actor: access.Actor, partner_id: int, sessions: Collection[Session]) -> None:
    """Raise NotAllowed unless the actor may seat people in all of these sessions of this partner;
    somebody from outside never where there are none."""
    if access.may_manage(actor, partner_id):
        return
    if not _of_a_partner(actor) or not sessions:
        raise NotAllowed
    if not all(session.open_to_network for session in sessions):
        raise NotAllowed


def must_place_in(actor: access.Actor, programme: Programme, now: datetime) -> None:
    """The same for every coming session of a programme. No query for those at home."""
    if not access.may_manage(actor, programme.partner_id):
        coming = programme.sessions.filter(state=SessionState.PLANNED, starts_at__gt=now)
        must_place(actor, programme.partner_id, list(coming))


def refuse_foreign(
    by: access.Actor,
    referral: Referral | None,
    participant: Participant,
    partner_id: int,
    service_id: int,
) -> None:
    """Raise Invalid unless the referral, if any, is this person's, to a partner of the actor: to the
    one where the seat is, or for the very service for which it is taken there."""
    if referral is None:
        return
    theirs = referral.participant_id == participant.pk
    fits = referral.partner_id == partner_id or referral.service_id == service_id
    if not (theirs and fits and access.may_manage(by, referral.partner_id)):
        raise Invalid(_("The referral is not this person’s, or was made to another partner."))


@contextmanager
def hearing(actor: access.Actor, partner_id: int) -> Iterator[None]:
    """A warning about somebody's safety is the partner's to pass: from outside it is final."""
    try:
        yield
    except NotAdvised as warning:
        warning.passable = access.may_manage(actor, partner_id)
        raise


def partners(actor: access.Actor, partner_id: int) -> frozenset[int]:
    """Whose referrals a place at this partner may be for: its own, or those of the actor's."""
    if actor is None or access.may_manage(actor, partner_id):
        return frozenset({partner_id})
    return access.scope(actor).admin_of


def facts(actor: access.Actor, partner_id: int) -> dict[str, bool]:
    """What the journal says of somebody from outside: that, and not who (queries.seating_plan)."""
    return {} if access.may_manage(actor, partner_id) else {"outside": True}


def must_release(actor: access.Actor, seat: Seat) -> None:
    """Raise NotAllowed unless the actor may give this seat back: at home, or the very account that
    took it, so that a mistake has a way back."""
    taken = JournalEntry.objects.filter(seat=seat, verb=Verb.SEAT_BOOKED)
    _at_home_or_did(actor, seat.session.partner_id, taken)


def must_withdraw(actor: access.Actor, enrolment: Enrolment) -> None:
    """The same for an enrolment: see also `refuse_begun`."""
    enrolled = JournalEntry.objects.filter(
        programme=enrolment.programme_id, verb=Verb.ENROLLED, facts__enrolment=enrolment.pk
    )
    _at_home_or_did(actor, enrolment.programme.partner_id, enrolled)


def refuse_begun(actor: access.Actor, enrolment: Enrolment, now: datetime) -> None:
    """Raise TooLate for somebody from outside when the first sitting has started: a mistake is seen
    before, and from then on it is the partner's to say who comes no more."""
    if not access.may_manage(actor, enrolment.programme.partner_id):
        begun = Seat.objects.active().filter(enrolment=enrolment, starts_at__lte=now)
        if begun.exists():
            raise TooLate


def must_leave(actor: access.Actor, waiting: WaitingEntry) -> None:
    """As `must_release`, for a place on a waiting list or what is offered to whoever has one."""
    joined = JournalEntry.objects.filter(
        session=waiting.session_id,
        programme=waiting.programme_id,
        verb=Verb.WAITING_JOINED,
        facts__waiting=waiting.pk,
    )
    _at_home_or_did(actor, waiting.target.partner_id, joined)


def _at_home_or_did(actor: access.Actor, partner_id: int, entries: JournalQuerySet) -> None:
    if access.may_manage(actor, partner_id):
        return
    if actor is None or not _of_a_partner(actor) or not entries.filter(actor=actor).exists():
        raise NotAllowed


def _of_a_partner(actor: access.Actor) -> bool:
    return actor is not None and bool(access.scope(actor).admin_of)
