"""From what the walks found to the places that are shown: how many sittings, who leads them, how
many seats are left. Everybody who sits there is counted, and nobody is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from django.db import connection

from booking.joined import Joined, Known
from booking.models import Partner, Practitioner, Programme, Service, Session, Venue
from booking.queries.finding.instants import paris_day
from booking.queries.finding.rules import ACTIVE
from booking.queries.finding.statement import Statement
from booking.queries.finding.walks import walks

_FOUND = Joined(
    s=Session, partner=Partner, service=Service, venue=Venue, programme=Programme, what=Service
)


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


class _Sitting(NamedTuple):
    """A session, once for each who leads it."""

    starts_at: str
    session_id: int
    capacity: int
    taken: int
    leader_id: int | None
    partner_id: int | None
    user_id: int | None
    name: str | None


@cache
def page(_vendor: str, most: int, by_partner: bool) -> Statement:
    """The sessions that the walks find, in order, each with what its place consists of."""
    return Statement(
        "page",
        f"""{walks(most, by_partner=by_partner)}
        SELECT {_FOUND.columns}, {_sittings()}
        FROM (SELECT * FROM found ORDER BY starts_at, id LIMIT {most}) page
        JOIN booking_session s ON s.id = page.id
        JOIN booking_partner partner ON partner.id = s.partner_id
        JOIN booking_service service ON service.id = s.service_id
        JOIN booking_service what ON what.id = page.what
        LEFT JOIN booking_venue venue ON venue.id = s.venue_id
        LEFT JOIN booking_programme programme ON programme.id = s.programme_id
        ORDER BY page.starts_at, page.id""",
    )


def read(row: tuple[Any, ...], deadline: date | None, known: Known) -> Place:
    """`known` is shared by the rows of a page."""
    found = _FOUND.read(row, known)
    session: Session = found["s"]
    for name in ("partner", "service", "venue", "programme"):
        setattr(session, name, found[name])
    sittings = list(_read_sittings(row[-1]))
    days = [paris_day(one.starts_at) for one in sittings]
    # The fullest: whoever enrols needs a seat in each.
    free, taken = min((one.capacity - one.taken, one.taken) for one in sittings)
    return Place(
        session=session,
        practitioners=tuple(_leaders(sittings)),
        service=found["what"],
        sessions=len({one.session_id for one in sittings}),
        first=min(days),
        last=max(days),
        taken=taken,
        free=free,
        deadline_ok=deadline is None or max(days) <= deadline,
    )


def _sittings() -> str:
    """A list in JSON, instead of a query of its own."""
    pack, collect = "json_build_array", "json_agg"
    if connection.vendor != "postgresql":
        pack, collect = "json_array", "json_group_array"
    return f"""(
        SELECT {collect}({pack}(e.starts_at, e.id, e.capacity, (
            SELECT COUNT(*) FROM booking_seat o WHERE o.session_id = e.id AND o.{ACTIVE}
        ), x.id, x.partner_id, x.user_id, x.name))
        FROM booking_session e
        LEFT JOIN booking_assignment a ON a.session_id = e.id
        LEFT JOIN booking_practitioner x ON x.id = a.practitioner_id
        WHERE e.id IN (
            SELECT s.id UNION ALL
            SELECT o.id FROM booking_session o WHERE o.programme_id = s.programme_id
            AND programme.kind <> 'open_group' AND o.state = 'planned' AND o.starts_at > :now))"""


def _read_sittings(value: Any) -> Iterator[_Sitting]:
    for row in json.loads(value) if isinstance(value, str) else value:
        yield _Sitting(*row)


def _leaders(sittings: list[_Sitting]) -> list[Practitioner]:
    known = {one.leader_id: one[4:] for one in sittings if one.leader_id is not None}
    columns = ("id", "partner_id", "user_id", "name")
    found = [Practitioner.from_db("default", columns, values) for values in known.values()]
    return sorted(found, key=lambda leader: (leader.name, leader.pk))
