"""A small town for the mixed scenario: sixty people, few places, and every rule that keeps
somebody from a place."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from booking.models import (
    Assignment,
    AvoidancePair,
    HiddenFrom,
    Participant,
    Partner,
    Programme,
    Referral,
    Service,
    Session,
)
from booking.models.person import Mandate
from booking.models.programme import ProgrammeKind
from portal.bench.places import first_day, people, session

PEOPLE = 60


def build() -> None:
    first, second = Partner.objects.order_by("pk")
    for n, partner in enumerate((first, second)):
        _single_sessions(partner)
        _programme(partner, ProgrammeKind.OPEN_GROUP, "group", n)
        _programme(partner, ProgrammeKind.COURSE, "course", n)
    _programme(first, ProgrammeKind.CLOSED_GROUP, "group", 2)
    _rules(people(PEOPLE), second)


def _single_sessions(partner: Partner) -> None:
    """Three at each of three hours; two of each three have a practitioner."""
    leaders = list(partner.practitioners.order_by("pk"))
    for n in range(9):
        family = ("group", "interview", "addiction")[n % 3]
        start = first_day() + timedelta(days=n // 3, hours=n % 2)
        one = session(partner, family, start, 3 if family == "group" else 2)
        one.allowance = 1
        one.venue = partner.venues.order_by("pk")[n % 2]
        one.save()
        if n % 3:
            leader = leaders[n % 3]
            Assignment.objects.create(
                session=one, practitioner=leader, starts_at=one.starts_at, ends_at=one.ends_at
            )


def _programme(partner: Partner, kind: ProgrammeKind, family: str, n: int) -> None:
    made = Programme.objects.create(
        partner=partner,
        service=Service.objects.get(family=family),
        kind=kind,
        label=f"Groupe {kind} {n}",
        late_joining=kind == ProgrammeKind.CLOSED_GROUP,
    )
    Session.objects.bulk_create(
        session(partner, family, first_day() + timedelta(days=day, hours=3), 4, made)
        for day in range(3)
    )


def _rules(who: list[Participant], partner: Partner) -> None:
    """Deadlines that order the lists; pairs that must not meet, and people whom one partner must
    not see or who cannot come at first."""
    today: date = timezone.localdate()
    for n, person in enumerate(who):
        if n % 3:
            Referral.objects.create(
                participant=person,
                partner=Partner.objects.order_by("pk")[n % 2],
                service=Service.objects.get(family="group"),
                mandate=Mandate.PROBATION,
                referred_on=today - timedelta(days=n),
                deadline=today + timedelta(days=90 + n * 7 % 60) if n % 4 else None,
            )
    for n in range(0, 12, 2):
        AvoidancePair.objects.create(first=who[n], second=who[n + 1])
    for person in who[20:24]:
        HiddenFrom.objects.create(participant=person, partner=partner)
    for person in who[30:34]:
        person.not_before = today + timedelta(days=22)
        person.save()
