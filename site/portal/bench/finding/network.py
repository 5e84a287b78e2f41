"""The partners of the network, their services, rooms and practitioners, and the accounts that
search. Everybody is fictitious."""

from __future__ import annotations

from dataclasses import dataclass, field

from booking.models import (
    Membership,
    Partner,
    Practitioner,
    Programme,
    Purpose,
    Service,
    User,
    Venue,
)
from booking.models.partner import Department, Spoken
from booking.models.staff import Role
from portal.bench.finding.plan import PARTNERS_IN_CENTRE, PURPOSES, RARE, Size, Weekly, weekly

_SERVICES = {
    "interview": 1,
    "group": 10,
    "cycle": 10,
    "course": 9,
    "psychology": 1,
    "social": 1,
    "addiction": 1,
    "work": 1,
    RARE: 1,
}
_AFTER_INTERVIEW = {"group", "cycle", "course", "addiction"}
#: What a week's plan calls them.
_EVENINGS = {"open_group": "group", "closed_group": "cycle"}
_ROOMS = 3
#: One partner in so many also receives victims, in a venue of their own.
_WITH_VICTIMS = 5
_BATCH = 5000


@dataclass
class Network:
    partners: list[Partner]
    services: dict[str, Service]
    purposes: dict[str, Purpose]
    plans: dict[int, list[Weekly]]
    venues: dict[int, list[Venue]] = field(default_factory=dict)
    #: partner → track → who leads it.
    by_day: dict[int, list[Practitioner]] = field(default_factory=dict)
    by_evening: dict[int, list[Practitioner]] = field(default_factory=dict)

    def service_of(self, one: Weekly) -> Service:
        return self.services[_EVENINGS.get(one.what, one.what)]

    def capacity_of(self, one: Weekly) -> int:
        return self.service_of(one).default_capacity

    def venue_of(self, partner: Partner, one: Weekly) -> Venue:
        return self.venues[partner.pk][one.room]

    def leader_of(self, partner: Partner, one: Weekly) -> Practitioner:
        leaders = self.by_evening if one.evening else self.by_day
        return leaders[partner.pk][one.track]


def network(size: Size) -> Network:
    services = {name: _service(name) for name in _SERVICES}
    made = [_partner(n) for n in range(size.partners)]
    partners = Partner.objects.bulk_create(made, batch_size=_BATCH)
    found = Network(
        partners,
        services,
        {name: _purpose([services[one] for one in names]) for name, names in PURPOSES.items()},
        {one.pk: weekly(size, n) for n, one in enumerate(partners)},
    )
    offers = Partner.services.through
    offers.objects.bulk_create(
        [
            offers(partner_id=partner.pk, service_id=service.pk)
            for n, partner in enumerate(partners)
            for service in services.values()
            if service.family != RARE or n % PARTNERS_IN_CENTRE == 7
        ],
        batch_size=_BATCH,
    )
    _venues(found)
    _leaders(found)
    _accounts(partners)
    return found


def department(n: int) -> str:
    """The n-th partner's. The first centre is Île-de-France; the codes of the others are made up."""
    centre, within = divmod(n, PARTNERS_IN_CENTRE)
    codes = Department.values
    if centre == 0:
        return str(codes[within % len(codes)])
    return f"{chr(ord('A') + centre % 26)}{centre // 26}{within % len(codes)}"


def _service(name: str) -> Service:
    return Service.objects.create(
        name=f"Prestation {name}",
        family="group" if name == "cycle" else name,
        letter=name[0].upper(),
        default_minutes=45,
        default_capacity=_SERVICES[name],
        interview_first=name in _AFTER_INTERVIEW,
    )


def _purpose(services: list[Service]) -> Purpose:
    ids = sorted(service.pk for service in services)
    purpose = Purpose.objects.create(key=",".join(map(str, ids)))
    purpose.services.set(services)
    return purpose


def _partner(n: int) -> Partner:
    return Partner(
        name=f"Association {n:03d}",
        slug=f"association-{n:03d}",
        department=department(n),
        phone=f"01 99 00 {n // 100:02d} {n % 100:02d}",
    )


def _venues(there: Network) -> None:
    made = [
        Venue(
            partner=partner,
            name=f"Lieu {n}",
            room=f"salle {room}",
            street=f"{n % 40 + 1} rue des Lilas" if room else f"{n} place du Parc",
            postcode=f"{n // 4 + 10_000:05d}",
            city="Pontoise",
            victims_only=room == _ROOMS,
        )
        for n, partner in enumerate(there.partners)
        for room in range(_ROOMS + (n % _WITH_VICTIMS == 0))
    ]
    for venue in Venue.objects.bulk_create(made, batch_size=_BATCH):
        there.venues.setdefault(venue.partner_id, []).append(venue)


def _leaders(there: Network) -> None:
    made = []
    for partner in there.partners:
        for evening in (False, True):
            plan = [one.track for one in there.plans[partner.pk] if one.evening == evening]
            for track in range(max(plan) + 1):
                name = f"{'Soir' if evening else 'Jour'} {track}"
                made.append(Practitioner(partner=partner, name=name))
    saved = Practitioner.objects.bulk_create(made, batch_size=_BATCH)
    for leader in saved:
        of = there.by_evening if leader.name.startswith("Soir") else there.by_day
        of.setdefault(leader.partner_id, []).append(leader)
    Spoken.objects.bulk_create(
        [Spoken(practitioner=leader, language="ar") for leader in saved[::9]]
        + [Spoken(practitioner=leader, language="ta") for leader in saved[::97]]
    )


def _accounts(partners: list[Partner]) -> None:
    """The coordination's, and one partner admin's."""
    for email, role, partner in (
        ("coordination@jalon.example", Role.COORDINATOR, None),
        ("admin@jalon.example", Role.ADMIN, partners[0]),
    ):
        account = User.objects.create(email=email, name="Bench")
        Membership.objects.create(user=account, role=role, partner=partner)


def programme(there: Network, partner: Partner, one: Weekly, number: int) -> Programme:
    """Not saved."""
    return Programme(
        partner=partner,
        service=there.service_of(one),
        kind=one.what,
        label=f"Groupe {one.weekday}.{one.track}.{number}",
        late_joining=one.what == "closed_group" and number % 2 == 0,
    )
