"""The walk over free places, in the order of time and no further than the page.

Each walk follows one partial index on the sessions that have room (`Session.Meta.indexes`): those
of one service, or of one purpose, in the whole network or at one partner. A page merges several.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from booking.queries.finding.cursor import Mark
from booking.queries.finding.instants import literal, parameter
from booking.queries.finding.rules import Rules
from booking.queries.finding.search import keys

#: Beyond so many, partners are looked for along the walk instead of one by one.
_MOST_WALKS = 200


@dataclass(frozen=True)
class Start:
    """Where a walk begins: what it follows, for which service a place would be taken, since when."""

    key: int
    service: int
    since: datetime


class Walks:
    """All walks of one search. `sql` gives what they find as rows of (service, partner_id, id,
    starts_at); its parameters are the rules' `values`."""

    def __init__(self, rules: Rules, *, after: Mark | None = None) -> None:
        self.rules = rules
        self.after = after
        if after is not None:
            rules.values["mark"] = parameter(after.starts_at)
        self.services = list(self._of_services())
        self.purposes = list(self._of_purposes())

    def __bool__(self) -> bool:
        return bool(self.services or self.purposes)

    def sql(self, *, most: int) -> str:
        """At most so many from each walk. At few partners each has walks of its own: along the
        whole network's they are rare."""
        partners = self.rules.facts.partners
        walks = len(self.services) + len(self.purposes)
        if partners is not None and len(partners) * walks <= _MOST_WALKS:
            return self._sql(f"SELECT id FROM booking_partner WHERE id IN ({keys(partners)})", most)
        return self._sql("", most)

    def by_partner(self) -> str:
        """The first place of each partner, whatever the service."""
        return self._sql("SELECT id FROM booking_partner", 1)

    def _sql(self, partners: str, most: int) -> str:
        found = []
        if self.services:
            found.append(self._walk("service_id", self.services, partners, most))
        if self.purposes:
            found.append(self._walk("purpose_id", self.purposes, partners, most))
        return " UNION ALL ".join(found)

    def _of_services(self) -> Iterator[Start]:
        for service in self.rules.facts.services:
            since = self.rules.since(service)
            if since is not None:
                yield Start(service, service, since)

    def _of_purposes(self) -> Iterator[Start]:
        """The service that one may come for the soonest; `_undecided` leaves the others out."""
        for purpose, services in self.rules.facts.purposes.items():
            soonest = [
                (since, service)
                for service in sorted(services)
                if (since := self.rules.since(service)) is not None
            ]
            if soonest:
                since, service = min(soonest)
                yield Start(purpose, service, since)

    def _walk(self, column: str, starts: list[Start], partners: str, most: int) -> str:
        at = "AND s.partner_id = w.partner_id" if partners else ""
        walk = f"""
            SELECT s.partner_id, s.id, s.starts_at FROM booking_session s
            WHERE s.has_room AND s.state = 'planned' AND s.{column} = w.key {at}
            AND s.starts_at >= w.since {self._further()} AND {self._where(column)}
            ORDER BY s.starts_at, s.id LIMIT {int(most)}"""
        if connection.vendor == "postgresql":
            return f"""
                SELECT w.service, f.partner_id, f.id, f.starts_at
                FROM {_starts(starts, partners)} CROSS JOIN LATERAL ({walk}) f"""
        # SQLite knows no LATERAL; CROSS JOIN keeps its order.
        return f"""
            SELECT w.service, f.partner_id, f.id, f.starts_at
            FROM {_starts(starts, partners)} CROSS JOIN booking_session f
            WHERE f.id IN (SELECT id FROM ({walk}))"""

    def _further(self) -> str:
        if self.after is None:
            return ""
        pk = int(self.after.session_id)
        return f"AND s.starts_at >= %(mark)s AND (s.starts_at, s.id) > (%(mark)s, {pk})"

    def _where(self, column: str) -> str:
        said = f"{self.rules.fits('s')} AND {self.rules.may_join('s')}"
        return said if column == "service_id" else f"{said} AND {self._undecided()}"

    def _undecided(self) -> str:
        """A slot whose purpose nobody decided yet by sitting down (booking.purposes), and that the
        walk along its own service does not find."""
        said = [
            "s.programme_id IS NULL",
            """(s.capacity = 1 OR NOT EXISTS (SELECT 1 FROM booking_seat o
            WHERE o.session_id = s.id AND o.state IN
            ('held', 'booked', 'present', 'late', 'excused', 'unexcused')))""",
        ]
        for n, start in enumerate(self.services):
            self.rules.values[f"since{n}"] = parameter(start.since)
            said.append(f"NOT (s.service_id = {start.key} AND s.starts_at >= %(since{n})s)")
        return " AND ".join(said)


def _starts(starts: list[Start], partners: str) -> str:
    rows = ", ".join(f"({start.key}, {start.service}, {literal(start.since)})" for start in starts)
    at, join = (", p.id AS partner_id", f"CROSS JOIN ({partners}) p") if partners else ("", "")
    columns = "v.column1 AS key, v.column2 AS service, v.column3 AS since"
    return f"(SELECT {columns}{at} FROM (VALUES {rows}) v {join}) w"
