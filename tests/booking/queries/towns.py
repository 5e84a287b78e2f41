"""Small towns by chance, in which every rule keeps somebody from something; and searches in them.
The same seed gives the same town."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from booking.models import (
    Assignment,
    AvoidancePair,
    Enrolment,
    HiddenFrom,
    Participant,
    Partner,
    Practitioner,
    Programme,
    Purpose,
    Seat,
    Service,
    Session,
    Venue,
)
from booking.models.partner import ServiceFamily, Spoken
from booking.models.programme import EnrolmentState, ProgrammeKind
from booking.models.seat import SeatState
from booking.queries.finder import Search
from tests import factories
from tests.factories import paris

#: Two days before the clocks go back.
NOW = paris("2026-10-23 10:00")
_STREETS = ("12 rue des Lilas", "12, RUE des lilas", "3 place du Parc")
_HOURS = (8, 9, 9, 10, 14, 18, 18, 22, 23)
_LANGUAGES = ("fr",) * 8 + ("ar", "ta")
_SEATED = (SeatState.HELD, SeatState.BOOKED, SeatState.BOOKED, SeatState.PRESENT)


@dataclass
class Town:
    partners: list[Partner]
    services: list[Service]
    people: list[Participant]


class _Builder:
    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - the same town again, no secret
        self.sits: dict[int, list[tuple[datetime, datetime]]] = {}

    def build(self) -> Town:
        self.services = [
            factories.service(family, interview_first=family in _AFTER_INTERVIEW)
            for family in _FAMILIES
        ]
        self.partners = [
            factories.partner(department=department) for department in ("75", "93", "93")
        ]
        self.venues = {one.pk: list(self._venues(one)) for one in self.partners}
        self.leaders = {one.pk: list(self._leaders(one)) for one in self.partners}
        self.purposes = [self._purpose(size) for size in (2, 2, 3)]
        self.people = [
            factories.participant(
                language=self.dice.choice(("fr", "ar", "ta")),
                not_before=self.dice.choice((None, None, date(2026, 10, 26))),
            )
            for _n in range(12)
        ]
        for _n in range(30):
            self._alone()
        for n in range(24):
            self._programme(list(ProgrammeKind)[n % 3])
        self._keep_apart()
        return Town(self.partners, self.services, self.people)

    def _venues(self, partner: Partner) -> list[Venue]:
        return [
            factories.venue(
                partner,
                street=self.dice.choice(_STREETS),
                postcode=self.dice.choice(("93000", "93000", "75011")),
                victims_only=n == 2 and self.dice.random() < 0.5,
            )
            for n in range(3)
        ]

    def _leaders(self, partner: Partner) -> list[Practitioner]:
        leaders = [factories.practitioner(partner) for _n in range(3)]
        Spoken.objects.create(practitioner=leaders[0], language="ta")
        return leaders

    def _purpose(self, size: int) -> Purpose:
        chosen = sorted(one.pk for one in self.dice.sample(self.services, size))
        purpose, _new = Purpose.objects.get_or_create(key=",".join(map(str, chosen)))
        purpose.services.set(chosen)
        return purpose

    def _start(self, first: int = -1, last: int = 6) -> datetime:
        day = NOW.date() + timedelta(days=self.dice.randint(first, last))
        at = time(self.dice.choice(_HOURS), self.dice.choice((0, 0, 30)))
        return datetime.combine(day, at, factories.PARIS)

    def _session(self, partner: Partner, service: Service, start: datetime) -> Session:
        return Session(
            partner=partner,
            service=service,
            venue=self.dice.choice([*self.venues[partner.pk], None]),
            label="Groupe B",
            starts_at=start,
            ends_at=start + timedelta(minutes=self.dice.choice((45, 60, 120))),
            capacity=self.dice.choice((1, 1, 2, 3)),
            allowance=1,
            language=self.dice.choice(_LANGUAGES),
            interpreter=self.dice.choice(("", "", "ta")),
            open_to_network=self.dice.random() < 0.9,
            state=self.dice.choice(("planned",) * 16 + ("cancelled", "discarded")),
            changed_at=NOW,
        )

    def _alone(self) -> None:
        partner = self.dice.choice(self.partners)
        session = self._session(partner, self.dice.choice(self.services), self._start())
        if self.dice.random() < 0.4:
            session.purpose = self.dice.choice(self.purposes)
            session.service = self.dice.choice(list(session.purpose.services.order_by("pk")))
        self._save(session)

    def _save(self, session: Session) -> None:
        session.save()
        leader = self.dice.choice([*self.leaders[session.partner_id], None])
        busy = self.sits.setdefault(-leader.pk, []) if leader else []
        if leader and not _overlaps(busy, session):
            busy.append((session.starts_at, session.ends_at))
            Assignment.objects.create(
                session=session,
                practitioner=leader,
                starts_at=session.starts_at,
                ends_at=session.ends_at,
                active=session.state == "planned",
            )
        if session.state == "planned" and (
            session.programme is None or not session.programme.enrols
        ):
            for person in self.dice.sample(self.people, self.dice.randint(0, session.capacity + 1)):
                self._sit(session, person)

    def _sit(self, session: Session, person: Participant, of: Enrolment | None = None) -> bool:
        busy = self.sits.setdefault(person.pk, [])
        taken = session.seats.count()
        if taken >= session.capacity or _overlaps(busy, session):
            return False
        busy.append((session.starts_at, session.ends_at))
        Seat.objects.create(
            session=session,
            participant=person,
            enrolment=of,
            number=taken + 1,
            state=self.dice.choice(_SEATED),
            starts_at=session.starts_at,
            ends_at=session.ends_at,
        )
        return True

    def _programme(self, kind: ProgrammeKind) -> None:
        partner = self.dice.choice(self.partners)
        programme = factories.programme(
            partner,
            kind,
            service=self.dice.choice(self.services),
            late_joining=kind == ProgrammeKind.CLOSED_GROUP and self.dice.random() < 0.5,
        )
        begun = self.dice.random() < 0.3
        for _n in range(self.dice.randint(1, 4)):
            session = self._session(partner, programme.service, self._start(-1 if begun else 1))
            session.programme, session.capacity = programme, self.dice.choice((2, 3))
            self._save(session)
        if programme.enrols:
            for person in self.dice.sample(self.people, self.dice.choice((0, 0, 1, 2))):
                self._enrol(programme, person)

    def _enrol(self, programme: Programme, person: Participant) -> None:
        """Somebody whom it suits badly has a seat in some of it only."""
        made = Enrolment.objects.create(
            programme=programme,
            participant=person,
            state=self.dice.choice([*EnrolmentState]),
        )
        if made.state != EnrolmentState.WITHDRAWN:
            for session in programme.sessions.filter(state="planned"):
                self._sit(session, person, made)

    def _keep_apart(self) -> None:
        people = self.people
        for first, second in ((0, 1), (0, 2), (3, 4), (5, 6)):
            AvoidancePair.objects.create(first=people[first], second=people[second])
        for person in people[::4]:
            HiddenFrom.objects.create(participant=person, partner=self.dice.choice(self.partners))
        for person in people[:6]:
            factories.referral(
                person,
                self.dice.choice(self.partners),
                service=self.dice.choice(self.services),
                referred_on=date(2026, 10, 1),
                deadline=self.dice.choice((None, date(2026, 10, 22), date(2026, 10, 27))),
            )


def town(seed: int) -> Town:
    return _Builder(seed).build()


def searches(town: Town, seed: int, count: int) -> list[Search]:
    dice = random.Random(seed)  # noqa: S311 - as above

    def maybe(chance: float) -> bool:
        return dice.random() < chance

    return [
        Search(
            services=frozenset(
                one.pk
                for one in dice.sample(town.services, dice.choice((1, 2, len(town.services))))
            ),
            departments=frozenset(["93"] if maybe(0.15) else []),
            partners=frozenset([dice.choice(town.partners).pk] if maybe(0.15) else []),
            weekdays=frozenset(dice.sample(range(1, 8), 5) if maybe(0.2) else []),
            after=time(9) if maybe(0.2) else None,
            before=time(20) if maybe(0.2) else None,
            language=dice.choice(("",) * 5 + ("fr", "ta", "ar")),
            earliest=date(2026, 10, 25) if maybe(0.2) else None,
            latest=date(2026, 10, 28) if maybe(0.2) else None,
        )
        for _n in range(count)
    ]


def _overlaps(busy: list[tuple[datetime, datetime]], session: Session) -> bool:
    return any(start < session.ends_at and session.starts_at < end for start, end in busy)


_FAMILIES = (
    ServiceFamily.INTERVIEW,
    ServiceFamily.GROUP,
    ServiceFamily.COURSE,
    ServiceFamily.PSYCHOLOGY,
)
_AFTER_INTERVIEW = (ServiceFamily.GROUP, ServiceFamily.COURSE)
