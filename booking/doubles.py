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
from booking.models import Participant, Referral, Seat, TwoPeople
from booking.models.person import ParticipantQuerySet, PhoneState


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


def looks_like(who: Participant | Described) -> ParticipantQuerySet:
    """The other records that may be this person's; those merged into another one left out.

    A number that is known to be wrong says nothing about whose record it stands in.
    """
    alike = Q(identity_key__in=identity_keys(who.last_name, who.first_name, who.birth_date))
    if who.phone and who.phone_state != PhoneState.WRONG:
        alike |= Q(phone=who.phone) & ~Q(phone_state=PhoneState.WRONG)
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
    return looks_like(who).filter(unseen | Exists(referred) | Exists(seated)).exists()


def refuse_known(*, by: access.Actor, who: Participant | Described, anyway: bool = False) -> None:
    """Raise LooksKnown when somebody like this is known elsewhere. The system itself is not asked:
    an import finds its doubles in the coordination's list."""
    if by is not None and not anyway and known_elsewhere(by, who):
        raise LooksKnown
