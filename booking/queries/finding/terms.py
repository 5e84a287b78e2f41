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


class Start(NamedTuple):
    """Where a walk begins: what it follows, for which service a place would be taken, since when."""

    key: int
    what: int
    since: datetime


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
            "by_service": [one.key for one in services],
            "service_since": [one.since for one in services],
            "by_purpose": [one.key for one in purposes],
            "purpose_what": [one.what for one in purposes],
            "purpose_since": [one.since for one in purposes],
        }

    def _until(self) -> datetime:
        if self.latest is None:
            return _NEVER
        return midnight(min(self.latest, _LAST_DAY) + timedelta(days=1))

    def _of_services(self) -> Iterator[Start]:
        for service in self.facts.services:
            since = self._since(service)
            if since is not None:
                yield Start(service, service, since)

    def _of_purposes(self) -> Iterator[Start]:
        """For the service for which one may come the soonest."""
        for purpose, services in self.facts.purposes.items():
            soonest = [
                (since, service)
                for service in sorted(services)
                if (since := self._since(service)) is not None
            ]
            if soonest:
                since, service = min(soonest)
                yield Start(purpose, service, since)

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
