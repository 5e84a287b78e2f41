"""The same small world twice: as rows, made by the actions, and as the model's dictionaries.

Two partners under one roof, one of whose venues may be kept for victims; five people; an open group,
a closed group and a course; sessions of one or two seats, close enough in time to get in each
other's way. The last Sunday of March, when the clocks change, is within reach.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from booking import actions
from booking.models import User
from booking.models.partner import ServiceFamily
from booking.models.programme import ProgrammeKind
from booking.models.staff import Membership, Role
from tests import factories
from tests.booking.model.world import (
    Partner,
    Person,
    Programme,
    Referral,
    Service,
    Session,
    Venue,
    World,
)

NOW = factories.paris("2027-03-22 08:00")

#: person, partner, day of referral, deadline
_REFERRALS: tuple[tuple[str, str, date, date | None], ...] = (
    ("p1", "A", date(2027, 3, 1), date(2027, 6, 1)),
    ("p2", "A", date(2027, 2, 1), None),
    ("p3", "A", date(2027, 3, 8), date(2027, 4, 30)),
    ("p3", "B", date(2027, 3, 9), None),
    ("p4", "B", date(2027, 3, 2), date(2027, 5, 1)),
    ("p4", "A", date(2027, 3, 15), None),
)
#: partner, service, venue, programme, day of March, hour, capacity, allowance, leaders
_SESSIONS: tuple[tuple[str, str, str, str | None, int, int, int, int, set[str]], ...] = (
    ("A", "group", "v1", "G1", 24, 10, 1, 1, {"d1"}),
    ("A", "group", "v2", "G1", 25, 10, 2, 1, {"d1", "d2"}),
    ("A", "course", "v1", "G2", 24, 14, 1, 1, set()),
    ("A", "course", "v2", "G2", 25, 14, 1, 0, set()),
    ("A", "group", "v2", "G3", 25, 9, 1, 1, set()),
    ("A", "interview", "v1", None, 24, 9, 1, 0, {"d2"}),
    ("B", "group", "v3", None, 24, 11, 1, 2, {"d3"}),
    ("B", "group", "v3", None, 25, 11, 2, 0, {"d3"}),
)
_KINDS = {"G1": "open_group", "G2": "course", "G3": "closed_group"}


class Stage:
    def __init__(self) -> None:
        self.world = World(now=NOW)
        #: The model's name → the row it stands for.
        self.real: dict[str, Any] = {"system": None}
        self._partners()
        self._staff()
        self._people()
        self._safety()
        for name, kind in _KINDS.items():
            self._programme(name, kind)
        for number, session in enumerate(_SESSIONS, start=1):
            self._session(f"S{number}", *session)

    def _partners(self) -> None:
        for name, family in (
            ("group", ServiceFamily.GROUP),
            ("course", ServiceFamily.COURSE),
            ("interview", ServiceFamily.INTERVIEW),
        ):
            self.real[name] = factories.service(family)
            self.world.services[name] = Service(interview=name == "interview")
        for name in ("A", "B"):
            self.real[name] = factories.partner()
            self.world.partners[name] = Partner()
        for name, partner, street in (
            ("v1", "A", "12 rue des Lilas"),
            ("v2", "A", "3 place du Parc"),
            ("v3", "B", "12 RUE DES LILAS"),
        ):
            self.real[name] = factories.venue(self.real[partner], street=street)
            self.world.venues[name] = Venue(partner, street.lower())
        for name, partner in (("d1", "A"), ("d2", "A"), ("d3", "B")):
            self.real[name] = factories.practitioner(self.real[partner])
            self.world.leaders[name] = partner

    def _staff(self) -> None:
        self.real["coordinator"] = factories.user(Role.COORDINATOR)
        for name, partner in (("admin", "A"), ("keen", "A"), ("stranger", "B")):
            self.real[name] = factories.user(Role.ADMIN, self.real[partner])
        Membership.objects.filter(user=self.real["keen"]).update(may_overbook=True)

    def _people(self) -> None:
        for number in range(1, 6):
            self.real[f"p{number}"] = factories.participant(last_name=f"Personne {number}")
            self.world.people[f"p{number}"] = Person()
        for person, partner, day, deadline in _REFERRALS:
            name = self.world.add("referrals", Referral(person, partner, "group", day, deadline))
            self.real[name] = factories.referral(
                self.real[person],
                self.real[partner],
                service=self.real["group"],
                referred_on=day,
                deadline=deadline,
            )

    def _safety(self) -> None:
        """Some rules stand from the start: the states behind them are rare enough."""
        for first, second in (("p1", "p2"), ("p3", "p4")):
            one, other = self.real[first], self.real[second]
            actions.keep_apart(by=None, now=NOW, first=one, second=other)
            self.world.apart.add(frozenset((first, second)))
        actions.hide_from(by=None, now=NOW, participant=self.real["p5"], partner=self.real["B"])
        self.world.hidden.add(("p5", "B"))

    def _programme(self, name: str, kind: str) -> None:
        service = "course" if kind == "course" else "group"
        late = kind == "closed_group"
        self.real[name] = actions.open_programme(
            by=None,
            now=NOW,
            partner=self.real["A"],
            service=self.real[service],
            kind=ProgrammeKind(kind),
            label=f"Groupe {name}",
            late_joining=late,
        )
        self.world.programmes[name] = Programme("A", service, kind, late)

    def _session(
        self,
        name: str,
        partner: str,
        service: str,
        venue: str,
        programme: str | None,
        day: int,
        hour: int,
        capacity: int,
        allowance: int,
        leaders: set[str],
    ) -> None:
        start = datetime(2027, 3, day, hour, tzinfo=factories.PARIS)
        row = Session(
            partner=partner,
            service=service,
            venue=venue,
            programme=programme,
            start=start,
            end=start + timedelta(hours=1, minutes=30),
            capacity=capacity,
            allowance=allowance,
            leaders=set(leaders),
        )
        self.world.sessions[name] = row
        self.real[name] = self.open(row, by=None, now=NOW)

    def open(
        self,
        row: Session,
        *,
        by: User | None,
        now: datetime,
        anyway: bool = False,
        real: dict[str, Any] | None = None,
    ) -> Any:
        return actions.open_session(
            by=by,
            now=now,
            starts_at=row.start,
            ends_at=row.end,
            anyway=anyway,
            **self.kind(row, real or self.real),
        )

    def kind(self, row: Session, names: dict[str, Any]) -> dict[str, Any]:
        """What many dates have in common."""
        return {
            "partner": names[row.partner],
            "service": names[row.service],
            "venue": names[row.venue],
            "label": "Groupe B",
            "capacity": row.capacity,
            "allowance": row.allowance,
            "open_to_network": row.open,
            "programme": names[row.programme] if row.programme else None,
            "practitioners": [names[one] for one in sorted(row.leaders)],
        }
