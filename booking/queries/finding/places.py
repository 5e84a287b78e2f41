"""From the sessions that the walk found to the places that are shown: how many sittings, who leads
them, how many seats are left. Everybody who sits there is counted, and nobody is named."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection

from booking.joined import Joined
from booking.models import Partner, Practitioner, Programme, Service, Session, Venue
from booking.queries.finding.instants import parameter, paris_day
from booking.queries.finding.search import keys

FOUND = Joined(
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


def page_of(walks: str, most: int) -> str:
    """The statement that reads the sessions which the walks found, in order."""
    return f"""
        SELECT {FOUND.columns}
        FROM (SELECT * FROM ({walks}) found ORDER BY found.starts_at, found.id LIMIT {int(most)}) page
        JOIN booking_session s ON s.id = page.id
        JOIN booking_partner partner ON partner.id = s.partner_id
        JOIN booking_service service ON service.id = s.service_id
        JOIN booking_service what ON what.id = page.service
        LEFT JOIN booking_venue venue ON venue.id = s.venue_id
        LEFT JOIN booking_programme programme ON programme.id = s.programme_id
        ORDER BY s.starts_at, s.id"""


def read(row: tuple[Any, ...]) -> tuple[Session, Service]:
    found = FOUND.read(row)
    session: Session = found["s"]
    for name in ("partner", "service", "venue", "programme"):
        setattr(session, name, found[name])
    # A place of a purpose says what for; no other row needs to be read for it.
    return session, found["what"]


def sittings(sessions: list[Session], now: datetime) -> dict[int, Sittings]:
    """session → what its place consists of. One query."""
    whole = {one.programme_id: one.pk for one in sessions if _whole(one)}
    alone = [one.pk for one in sessions if not _whole(one)]
    statement = f"""
        SELECT e.id, e.programme_id, e.starts_at, e.capacity, (
            SELECT COUNT(*) FROM booking_seat o WHERE o.session_id = e.id AND o.state IN
            ('held', 'booked', 'present', 'late', 'excused', 'unexcused')), {_LEADER.columns}
        FROM booking_session e
        LEFT JOIN booking_assignment a ON a.session_id = e.id
        LEFT JOIN booking_practitioner x ON x.id = a.practitioner_id
        WHERE e.id IN ({keys(alone)}) OR (e.programme_id IN ({keys(pk or 0 for pk in whole)})
            AND e.state = 'planned' AND e.starts_at > %s)
        ORDER BY x.name, x.id"""
    found: dict[int, Sittings] = defaultdict(Sittings)
    with connection.cursor() as cursor:
        cursor.execute(statement, [parameter(now)])
        for pk, programme_id, starts_at, capacity, taken, *leader in cursor.fetchall():
            of = found[whole.get(programme_id, pk)]
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
