"""Who may see and do what, as querysets and predicates.

The models import this module for their `visible_to`, so it imports them inside its functions only.
A rule here is written once and read by views, actions and feeds alike; what it leaves out does not
exist for that reader (a view answers 404, never 403).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from booking.errors import NotAllowed

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from booking.models.partner import Partner
    from booking.models.person import (
        Participant,
        ParticipantQuerySet,
        ReferralQuerySet,
    )
    from booking.models.programme import ProgrammeQuerySet
    from booking.models.seat import SeatQuerySet
    from booking.models.session import SessionQuerySet
    from booking.models.staff import User
    from booking.models.waiting import WaitingQuerySet

    Reader: TypeAlias = User | AnonymousUser
    #: Who acts. None is the system itself: a command line, a background task.
    Actor: TypeAlias = User | None

#: A person stays visible to a partner this long after the last contact with it (docs: data law).
VISIBLE_AFTER_CONTACT = timedelta(days=731)
#: Where an account object, which lives as long as one request, keeps its scope.
_KEPT = "_jalon_scope"


@dataclass(frozen=True)
class Scope:
    """What one account's memberships add up to."""

    network: bool = False
    figures: bool = False
    admin_of: frozenset[int] = frozenset()
    practises_at: frozenset[int] = frozenset()
    overbooks_at: frozenset[int] = frozenset()


def scope(user: Reader) -> Scope:
    """Read the memberships once per account object, that is once per request."""
    kept: Scope | None = getattr(user, _KEPT, None)
    if kept is None:
        kept = _read_scope(user)
        setattr(user, _KEPT, kept)
    return kept


def _read_scope(user: Reader) -> Scope:
    from booking.models.staff import Membership, Role

    if not user.is_authenticated or not user.is_active:
        return Scope()
    held = list(
        Membership.objects.filter(user_id=user.pk).values_list("role", "partner_id", "may_overbook")
    )
    roles = {role for role, _, _ in held}
    return Scope(
        network=Role.COORDINATOR in roles,
        figures=bool(roles & {Role.COORDINATOR, Role.OBSERVER}),
        admin_of=frozenset(p for role, p, _ in held if role == Role.ADMIN and p),
        practises_at=frozenset(p for role, p, _ in held if role == Role.PRACTITIONER and p),
        overbooks_at=frozenset(p for role, p, may in held if role == Role.ADMIN and p and may),
    )


def may_manage(actor: Actor, partner_id: int) -> bool:
    """Whether the actor may change this partner's sessions and seats."""
    if actor is None:
        return True
    held = scope(actor)
    return held.network or partner_id in held.admin_of


def must_manage(actor: Actor, partner_id: int) -> None:
    """Raise NotAllowed unless the actor may change this partner's sessions and seats."""
    if not may_manage(actor, partner_id):
        raise NotAllowed


def must_overbook(actor: Actor, partner_id: int) -> None:
    """Raise NotAllowed unless the actor may seat people beyond the capacity at this partner: the
    coordination, and admins who were given that right."""
    if actor is None:
        return
    held = scope(actor)
    if not held.network and partner_id not in held.overbooks_at:
        raise NotAllowed


def must_coordinate(actor: Actor) -> None:
    """Raise NotAllowed unless the actor is of the coordination."""
    if actor is not None and not scope(actor).network:
        raise NotAllowed


def must_know(actor: Actor, *people: Participant) -> None:
    """Raise NotAllowed unless the actor may open the records of these people: a seat or a referral
    would open them. One query, however many they are; none for the coordination."""
    if actor is None or not people or scope(actor).network:
        return
    from booking.models.person import Participant as People

    wanted = {person.pk for person in people}
    if People.objects.visible_to(actor).filter(pk__in=wanted).count() < len(wanted):
        raise NotAllowed


def may_see_people(user: Reader) -> bool:
    """Whether this account ever sees a name: an observer never does."""
    held = scope(user)
    return held.network or bool(held.admin_of or held.practises_at)


def may_seat_people(user: Reader) -> bool:
    """Whether this account ever gives somebody a seat: the coordination, and partner admins."""
    held = scope(user)
    return held.network or bool(held.admin_of)


def partners_visible_to(user: Reader) -> QuerySet[Partner]:
    """The partners whose day this account may open."""
    from booking.models.partner import Partner

    held = scope(user)
    if held.network:
        return Partner.objects.all()
    return Partner.objects.filter(pk__in=held.admin_of | held.practises_at)


def sessions_visible_to(sessions: SessionQuerySet, user: Reader) -> SessionQuerySet:
    """A discarded session does not exist for anybody."""
    held = scope(user)
    sessions = sessions.exclude(state="discarded")
    if held.network:
        return sessions
    return sessions.filter(Q(partner__in=held.admin_of) | _led_by(user, held))


def programmes_visible_to(programmes: ProgrammeQuerySet, user: Reader) -> ProgrammeQuerySet:
    held = scope(user)
    if held.network:
        return programmes
    return programmes.filter(partner__in=held.admin_of | held.practises_at)


def participants_visible_to(people: ParticipantQuerySet, user: Reader) -> ParticipantQuerySet:
    """Through a referral to one's partner or a seat with it, until two years after the last
    contact with that partner, unless hidden from it; a practitioner, through a shared session;
    whoever registered them, until they are referred to anybody."""
    held = scope(user)
    if held.network:
        return people
    seen = _known_to(user, held, person="pk")
    if held.admin_of:
        seen |= _registered_by(user, held)
    # A record that was merged into another has no life of its own; the coordination still finds it.
    return people.filter(seen, merged_into=None)


def seats_visible_to(seats: SeatQuerySet, user: Reader) -> SeatQuerySet:
    held = scope(user)
    if held.network:
        return seats
    ours = Q(session__partner__in=held.admin_of) | _led_by(user, held, "session__")
    return seats.filter(ours, _known_to(user, held, person="participant_id"))


def referrals_visible_to(referrals: ReferralQuerySet, user: Reader) -> ReferralQuerySet:
    held = scope(user)
    if held.network:
        return referrals
    return referrals.filter(
        Q(partner__in=held.admin_of), _known_to(user, held, person="participant_id")
    )


def waiting_visible_to(waiting: WaitingQuerySet, user: Reader) -> WaitingQuerySet:
    held = scope(user)
    if held.network:
        return waiting
    ours = Q(session__partner__in=held.admin_of) | Q(programme__partner__in=held.admin_of)
    return waiting.filter(ours, _known_to(user, held, person="participant_id"))


def _led_by(user: Reader, held: Scope, prefix: str = "") -> Q:
    """Sessions this person leads at a partner where they still practise. A subquery, not a join:
    two practitioners in one session must not make it appear twice."""
    from booking.models.session import Assignment

    led = Assignment.objects.filter(
        practitioner__user_id=user.pk or 0, practitioner__partner__in=held.practises_at
    )
    key = "session_id" if prefix else "pk"
    return Q(**{f"{key}__in": led.values("session_id")})


def _known_to(user: Reader, held: Scope, *, person: str) -> Q:
    from booking.models.person import HiddenFrom, Referral
    from booking.models.seat import Seat

    since: datetime = timezone.now() - VISIBLE_AFTER_CONTACT
    them = OuterRef(person)

    def unhidden(partner: str) -> Q:
        hidden = HiddenFrom.objects.filter(
            participant_id=OuterRef("participant_id"), partner_id=OuterRef(partner)
        )
        return ~Q(Exists(hidden))

    referred = Referral.objects.filter(
        unhidden("partner_id"),
        participant_id=them,
        partner__in=held.admin_of,
        referred_on__gte=since.date(),
    )
    seated = Seat.objects.filter(
        unhidden("session__partner_id"),
        Q(session__partner__in=held.admin_of) | _led_by(user, held, "session__"),
        participant_id=them,
        ends_at__gte=since,
    )
    return Q(Exists(referred)) | Q(Exists(seated))


def hidden_from(user: Reader) -> Q:
    """Records of which this account must not even learn that there is one: hidden from a partner of
    its own, and not opened by another one of them."""
    from booking.models.person import HiddenFrom
    from booking.models.person import Participant as People

    held = scope(user)
    if held.network:
        return Q(pk__in=())
    ours = held.admin_of | held.practises_at
    hidden = HiddenFrom.objects.filter(participant_id=OuterRef("pk"), partner__in=ours)
    return Q(Exists(hidden)) & ~Q(pk__in=People.objects.visible_to(user).order_by().values("pk"))


def _registered_by(user: Reader, held: Scope) -> Q:
    """People whom this account registered and who were sent to nobody yet: without this, the one who
    wrote a record down could not record the referral for which it was written."""
    from booking.models.journal import JournalEntry, Verb
    from booking.models.person import HiddenFrom, Referral

    them = OuterRef("pk")
    written = JournalEntry.objects.filter(
        participant_id=them,
        actor_id=user.pk or 0,
        verb=Verb.PARTICIPANT_REGISTERED,
        at__gte=timezone.now() - VISIBLE_AFTER_CONTACT,
    )
    sent = Referral.objects.filter(participant_id=them)
    hidden = HiddenFrom.objects.filter(participant_id=them, partner__in=held.admin_of)
    return Q(Exists(written)) & ~Q(Exists(sent)) & ~Q(Exists(hidden))


def reveals(participant: Participant, user: Reader) -> bool:
    """Whether this account may open this person's record."""
    if scope(user).network:
        return True  # The coordination sees everybody: no need to ask.
    from booking.models.person import Participant as People

    return People.objects.visible_to(user).filter(pk=participant.pk).exists()
