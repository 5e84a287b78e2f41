"""Everything that the rules speak of, as plain rows in dictionaries. Every row has a short name
(p1, S3), the same in every run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
#: The states in which a seat consumes its place, as far as these actions go.
ACTIVE = ("held", "booked")
#: Who acts → at which partner they are admin. The other two may do everything.
HOME = {"admin": "A", "keen": "A", "stranger": "B"}
ACTORS = ("system", "coordinator", *HOME)


class Refused(Exception):
    """What the action answers instead: any of these is right, nothing else is."""

    def __init__(
        self, names: set[str], *, misfits: tuple[set[str], set[str]] | None = None
    ) -> None:
        self.names = names
        #: CannotCarry: who must be named, and who may be.
        self.misfits = misfits
        super().__init__(f"refused: {sorted(names)}")


def refuse(*tiers: set[str]) -> None:
    """Raise the first kind of reason that there is; within one, any may be told."""
    for names in tiers:
        if names:
            raise Refused(names)


@dataclass
class Person:
    not_before: date | None = None
    merged_into: str | None = None
    #: Who wrote the record down; they may open it until it is referred to anybody.
    registered_by: str = ""


@dataclass(frozen=True)
class Referral:
    person: str
    partner: str
    service: str
    on: date
    deadline: date | None


@dataclass
class Partner:
    hours: int = 48
    confirmed: bool = False


@dataclass
class Venue:
    partner: str
    address: str
    victims_only: bool = False


@dataclass
class Service:
    interview: bool = False
    interview_first: bool = False


@dataclass
class Programme:
    partner: str
    service: str
    kind: str
    late_joining: bool = False

    @property
    def enrols(self) -> bool:
        return self.kind != "open_group"


@dataclass
class Session:
    partner: str
    service: str
    venue: str
    programme: str | None
    start: datetime
    end: datetime
    capacity: int
    allowance: int
    leaders: set[str]
    #: Nothing takes place; as for what was taken back, nobody ever knew of it.
    cancelled: bool = False
    discarded: bool = False
    #: Open to the network: admins of other partners seat people there too.
    open: bool = True
    revision: int = 0

    @property
    def state(self) -> str:
        if self.discarded:
            return "discarded"
        return "cancelled" if self.cancelled else "planned"

    @property
    def day(self) -> date:
        return self.start.astimezone(PARIS).date()


@dataclass
class Seat:
    session: str
    person: str
    state: str = "booked"
    enrolment: str | None = None
    #: Taken beyond the capacity, for a reason that is kept.
    over: bool = False
    #: Who took it; from outside nobody else gives it back.
    by: str = ""


@dataclass
class Enrolment:
    programme: str
    person: str
    state: str = "active"
    by: str = ""


@dataclass
class Wait:
    person: str
    session: str | None
    programme: str | None
    referral: str | None
    state: str = "waiting"
    lift: int = 0
    seat: str | None = None
    enrolment: str | None = None
    until: datetime | None = None


@dataclass
class World:
    now: datetime
    people: dict[str, Person] = field(default_factory=dict)
    partners: dict[str, Partner] = field(default_factory=dict)
    venues: dict[str, Venue] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    #: Who leads → of which partner.
    leaders: dict[str, str] = field(default_factory=dict)
    referrals: dict[str, Referral] = field(default_factory=dict)
    programmes: dict[str, Programme] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    seats: dict[str, Seat] = field(default_factory=dict)
    enrolments: dict[str, Enrolment] = field(default_factory=dict)
    waits: dict[str, Wait] = field(default_factory=dict)
    hidden: set[tuple[str, str]] = field(default_factory=set)
    apart: set[frozenset[str]] = field(default_factory=set)
    #: What the journal has to say of the last action, those passed over left aside.
    said: Counter[str] = field(default_factory=Counter)
    #: Who got an offer in the last action, and who had to be told why not.
    offered: list[str] = field(default_factory=list)
    passed: dict[str, set[str]] = field(default_factory=dict)
    must_say: set[str] = field(default_factory=set)
    #: Of many dates, those that were not opened, with what may be told of each.
    refused: list[tuple[datetime, set[str]]] = field(default_factory=list)
    #: Somebody may fit now whom only the next round of the clock will find.
    for_the_clock: bool = False

    def say(self, verb: str, times: int = 1) -> None:
        if times:
            self.said[verb] += times

    def silence(self) -> None:
        self.said, self.offered, self.passed, self.must_say = Counter(), [], {}, set()
        self.refused = []
        self.for_the_clock = False

    def seated(self, session: str) -> dict[str, Seat]:
        """Everybody who has a place there, by seat."""
        return {k: s for k, s in self.seats.items() if s.session == session and s.state in ACTIVE}

    def standing(self, programme: str) -> dict[str, Enrolment]:
        return {
            k: e
            for k, e in self.enrolments.items()
            if e.programme == programme and e.state in {"offered", "active"}
        }

    def planned(self, programme: str) -> list[str]:
        """Its sessions that take place or took place."""
        mine = [k for k, s in self.sessions.items() if s.programme == programme and not s.cancelled]
        return sorted(mine, key=lambda k: (self.sessions[k].start, int(k[1:])))

    def coming(self, programme: str) -> list[str]:
        return [k for k in self.planned(programme) if self.sessions[k].start > self.now]

    def add(self, rows: str, row: object) -> str:
        """Write a row down under the next name of its kind."""
        letter = {"seats": "t", "enrolments": "e", "waits": "w", "sessions": "S", "people": "p"}
        letter |= {"referrals": "r", "programmes": "G"}
        table = getattr(self, rows)
        name = f"{letter[rows]}{len(table) + 1}"
        table[name] = row
        return name
