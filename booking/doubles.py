"""Records that look like one person: the same names and birth date, also with the two names
exchanged, or the same number. Two records that were told apart are no longer alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from booking import access
from booking.errors import LooksKnown
from booking.identity import identity_key
from booking.models import Enrolment, Participant, Partner, Referral, Seat, Service, TwoPeople
from booking.models.partner import ServiceFamily
from booking.models.person import ParticipantQuerySet, PhoneState
from booking.models.programme import STANDING_STATES
from booking.models.session import SessionState

#: One takes part in one of these at a time. Follow-ups may well run side by side.
ONE_AT_A_TIME = (ServiceFamily.COURSE, ServiceFamily.GROUP)


@dataclass(frozen=True)
class Described:
    """Somebody as a form describes them, who may have no record yet. `phone` is E.164, or empty."""

    last_name: str
    first_name: str
    birth_date: date
    phone: str = ""
    #: Their own record, which is no double of itself.
    pk: int | None = None
    phone_state: str = PhoneState.UNCONFIRMED


def looks_like(
    who: Participant | Described, by: access.Reader | None = None
) -> ParticipantQuerySet:
    """The other records that may be this person's; those merged into another one left out. With `by`,
    as this account may be told: a number in a record that is hidden from its partners is no likeness.

    A number that is known to be wrong says nothing about whose record it stands in.
    """
    alike = Q(identity_key__in=identity_keys(who.last_name, who.first_name, who.birth_date))
    if who.phone and who.phone_state != PhoneState.WRONG:
        by_number = Q(phone=who.phone) & ~Q(phone_state=PhoneState.WRONG)
        alike |= by_number if by is None else by_number & ~access.hidden_from(by)
    found = Participant.objects.filter(alike, merged_into=None)
    if who.pk is None:
        return found
    apart = TwoPeople.objects.filter(
        Q(first=who.pk, second=OuterRef("pk")) | Q(second=who.pk, first=OuterRef("pk"))
    )
    return found.filter(~Exists(apart)).exclude(pk=who.pk)


def identity_keys(last_name: str, first_name: str, birth_date: date) -> tuple[str, str]:
    """The key of this person, and that of the same person with the two names exchanged."""
    return (
        identity_key(last_name, first_name, birth_date),
        identity_key(first_name, last_name, birth_date),
    )


def goes_on(person: Participant) -> Participant:
    """The record in which a merged one lives on; the record itself when it was never merged."""
    while person.merged_into is not None:
        person = person.merged_into
    return person


def known_elsewhere(by: access.Reader, who: Participant | Described) -> bool:
    """Whether a record like this exists that this account may not see, or whose person is followed
    at a partner that is not theirs. One query, and the answer says nothing more."""
    held = access.scope(by)
    ours = held.admin_of | held.practises_at
    since = timezone.now() - access.VISIBLE_AFTER_CONTACT
    referred = Referral.objects.filter(
        participant_id=OuterRef("pk"), referred_on__gte=since.date()
    ).exclude(partner__in=ours)
    seated = (
        Seat.objects.active()
        .filter(participant_id=OuterRef("pk"), ends_at__gte=since)
        .exclude(session__partner__in=ours)
    )
    unseen = ~Q(pk__in=Participant.objects.visible_to(by).values("pk"))
    return looks_like(who, by).filter(unseen | Exists(referred) | Exists(seated)).exists()


def placed_elsewhere(
    by: access.Reader, person: Participant, service: Service, partner: Partner | None = None
) -> bool:
    """Whether this very person is expected in a course (or a group, as `service` is) at a partner
    that is none of this account's; for the coordination, whose are all, at another partner than
    `partner`. One query."""
    if service.family not in ONE_AT_A_TIME:
        return False
    held = access.scope(by)
    ours = held.admin_of | held.practises_at
    if held.network:
        ours = frozenset({partner.pk}) if partner is not None else frozenset()
    now = timezone.now()
    enrolled = Enrolment.objects.filter(
        participant_id=OuterRef("pk"),
        state__in=STANDING_STATES,
        programme__service__family=service.family,
        programme__sessions__state=SessionState.PLANNED,
        programme__sessions__starts_at__gt=now,
    ).exclude(programme__partner__in=ours)
    seated = (
        Seat.objects.active()
        .filter(
            participant_id=OuterRef("pk"),
            session__service__family=service.family,
            starts_at__gt=now,
        )
        .exclude(session__partner__in=ours)
    )
    return Participant.objects.filter(Exists(enrolled) | Exists(seated), pk=person.pk).exists()


def refuse_known(
    *,
    by: access.Actor,
    who: Participant | Described,
    anyway: bool = False,
    service: Service | None = None,
    partner: Partner | None = None,
) -> None:
    """Raise LooksKnown when somebody like this is known elsewhere, or when this very person is
    placed elsewhere already for the same kind of `service`; `partner` is where they are to be
    placed now. At most two queries. The system itself is not asked: an import finds its doubles in
    the coordination's list."""
    if by is None or anyway:
        return
    if known_elsewhere(by, who):
        raise LooksKnown
    if service is None or not isinstance(who, Participant):
        return
    if placed_elsewhere(by, who, service, partner):
        raise LooksKnown
