"""From the sessions that the walk found to the places that are shown: how many sittings, who leads
them, how many seats are left. Everybody who sits there is counted, and nobody is named."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db import connection

from booking.joined import Joined
from booking.models import Partner, Practitioner, Programme, Service, Session, Venue
from booking.queries.finding.instants import paris_day
from booking.queries.finding.rules import ACTIVE
from booking.queries.finding.statement import Statement, listed
from booking.queries.finding.walks import walks

_FOUND = Joined(
    s=Session, partner=Partner, service=Service, venue=Venue, programme=Programme, what=Service
)
_LEADER = Joined(x=Practitioner)


@dataclass(frozen=True)
class Place:
    """One session, or every coming session of a course or closed group: all of it or nothing."""

    #: The one, or the first. With its partner, venue, service and programme.
    session: Session
    #: Who leads the one, or any of them; by name.
    practitioners: tuple[Practitioner, ...]
    #: What for: one of those that were searched.
    service: Service
    #: How many sessions.
    sessions: int
    #: Days as Paris counts them.
    first: date
    last: date
    #: Seats; of several sessions, those of the fullest.
    taken: int
    free: int
    #: Ends by the person's nearest deadline; also when there is none.
    deadline_ok: bool


@dataclass
class Sittings:
    """What the place consists of."""

    days: dict[int, date] = field(default_factory=dict)
    seats: list[tuple[int, int]] = field(default_factory=list)
    leaders: dict[int, Practitioner] = field(default_factory=dict)


@cache
def page(_vendor: str, most: int, by_partner: bool) -> Statement:
    """The sessions that the walks find, in order."""
    return Statement(
        "page",
        f"""{walks(most, by_partner=by_partner)}
        SELECT {_FOUND.columns}
        FROM (SELECT * FROM found ORDER BY starts_at, id LIMIT {most}) page
        JOIN booking_session s ON s.id = page.id
        JOIN booking_partner partner ON partner.id = s.partner_id
        JOIN booking_service service ON service.id = s.service_id
        JOIN booking_service what ON what.id = page.what
        LEFT JOIN booking_venue venue ON venue.id = s.venue_id
        LEFT JOIN booking_programme programme ON programme.id = s.programme_id
        ORDER BY page.starts_at, page.id""",
    )


@cache
def _sittings(_vendor: str) -> Statement:
    return Statement(
        "sittings",
        f"""
        SELECT e.id, e.programme_id, e.starts_at, e.capacity, (
            SELECT COUNT(*) FROM booking_seat o WHERE o.session_id = e.id AND o.{ACTIVE}),
            {_LEADER.columns}
        FROM (
            SELECT id FROM booking_session WHERE id IN ({listed("alone")})
            UNION ALL
            SELECT id FROM booking_session WHERE programme_id IN ({listed("whole")})
            AND state = 'planned' AND starts_at > :now
        ) found JOIN booking_session e ON e.id = found.id
        LEFT JOIN booking_assignment a ON a.session_id = e.id
        LEFT JOIN booking_practitioner x ON x.id = a.practitioner_id
        ORDER BY x.name, x.id""",
    )


def read(row: tuple[Any, ...]) -> tuple[Session, Service]:
    found = _FOUND.read(row)
    session: Session = found["s"]
    for name in ("partner", "service", "venue", "programme"):
        setattr(session, name, found[name])
    # A place of a purpose says what for; no other row needs to be read for it.
    return session, found["what"]


def sittings(sessions: list[Session], now: datetime) -> dict[int, Sittings]:
    """session → what its place consists of. One query."""
    whole: dict[int, int] = {one.programme_id or 0: one.pk for one in sessions if _whole(one)}
    alone = [one.pk for one in sessions if not _whole(one)]
    rows = _sittings(connection.vendor).rows({"alone": alone, "whole": sorted(whole), "now": now})
    found: dict[int, Sittings] = defaultdict(Sittings)
    for pk, programme, starts_at, capacity, taken, *leader in rows:
        of = found[whole.get(programme, int(pk))]
        if pk not in of.days:
            of.days[pk] = paris_day(starts_at)
            of.seats.append((capacity - taken, taken))
        practitioner = _LEADER.read(leader)["x"]
        if practitioner is not None:
            of.leaders.setdefault(practitioner.pk, practitioner)
    return dict(found)


def place(session: Session, service: Service, of: Sittings, deadline: date | None) -> Place:
    free, taken = min(of.seats)
    last = max(of.days.values())
    return Place(
        session=session,
        practitioners=tuple(of.leaders.values()),
        service=service,
        sessions=len(of.days),
        first=min(of.days.values()),
        last=last,
        taken=taken,
        free=free,
        deadline_ok=deadline is None or last <= deadline,
    )


def _whole(session: Session) -> bool:
    return session.programme is not None and session.programme.enrols
