"""What was asked and what is known, as the values of the statements' parameters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from booking import access
from booking.queries.agenda import midnight
from booking.queries.finding.cursor import Mark
from booking.queries.finding.facts import Facts
from booking.queries.finding.search import Search

#: No language: an interpreter’s is empty where there is none.
_NONE = "-"
_A_MOMENT = timedelta(microseconds=1)
_NEVER = datetime(9999, 12, 30, tzinfo=UTC)
_LAST_DAY = date(9999, 12, 28)
_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


class Walk(NamedTuple):
    """Slots of one service, or of one purpose and the service that they have at present; for which
    service a place would be taken; from when on, and before when."""

    key: int
    service: int
    what: int
    since: datetime
    before: datetime


@dataclass(frozen=True)
class Terms:
    by: access.Reader | None
    search: Search
    facts: Facts
    now: datetime

    @property
    def latest(self) -> date | None:
        return self.search.latest or self.facts.deadline

    def values(self, after: Mark | None = None) -> dict[str, Any]:
        search, facts = self.search, self.facts
        held = access.scope(self.by) if self.by is not None else access.Scope(network=True)
        services, purposes = list(self._of_services()), list(self._of_purposes())
        return {
            "now": self.now,
            "until": self._until(),
            "mark": after.starts_at if after else _BEFORE_ALL,
            "mark_id": after.session_id if after else 0,
            "own": None if held.network else sorted(held.admin_of),
            "partners": facts.partners,
            "hidden": facts.hidden,
            "weekdays": sorted(search.weekdays) if search.weekdays else None,
            "after": search.after,
            "before": search.before,
            "languages": [search.language] if search.language else ["fr", facts.language],
            "spoken": search.language or _NONE,
            "busy": facts.busy,
            "with_others": facts.with_others,
            "near_venues": list(facts.near),
            "near_spans": list(facts.near.values()),
            "enrolled": facts.enrolled,
            "services": list(facts.services),
            **_columns("service", services),
            **_columns("purpose", purposes),
        }

    def _until(self) -> datetime:
        if self.latest is None:
            return _NEVER
        return midnight(min(self.latest, _LAST_DAY) + timedelta(days=1))

    def _of_services(self) -> Iterator[Walk]:
        for service in self.facts.services:
            since = self._since(service)
            if since is not None:
                yield Walk(service, service, service, since, _NEVER)

    def _of_purposes(self) -> Iterator[Walk]:
        """For the searched service for which one may come the soonest, up to the moment from which
        the walk along the slots' own service finds them."""
        for purpose, services in self.facts.purposes.items():
            wanted = services & self.facts.services.keys()
            soonest = min((self._since(one) or _NEVER, one) for one in wanted)
            for own in services:
                before = _NEVER
                if own in self.facts.services:
                    before = self._since(own) or _NEVER
                if soonest[0] < before:
                    yield Walk(purpose, own, soonest[1], soonest[0], before)

    def _since(self, service: int) -> datetime | None:
        """The first instant at which the person may begin with this service; None for never."""
        found = self.now + _A_MOMENT
        if self.facts.seen and self.facts.services.get(service):
            if self.facts.interviewed is None:
                return None
            found = max(found, self.facts.interviewed)
        for first in (self.search.earliest, self.facts.not_before):
            if first is not None:
                found = max(found, midnight(first))
        return found


def _columns(kind: str, walks: list[Walk]) -> dict[str, list[Any]]:
    return {f"{kind}_{name}": [getattr(walk, name) for walk in walks] for name in Walk._fields}
