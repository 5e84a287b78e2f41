"""The rules of the seat engine (booking.seating) as conditions on one session, and what was asked.

What is said here decides what is shown and nothing else: a booking checks again, under the lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from booking import access
from booking.models.language import Language
from booking.queries.agenda import midnight
from booking.queries.finding.facts import Facts
from booking.queries.finding.instants import parameter
from booking.queries.finding.search import Search, keys
from booking.queries.finding.spans import overlaps

_A_MOMENT = timedelta(microseconds=1)
_PARIS = "Europe/Paris"
_LAST_DAY = date(9999, 12, 30)


@dataclass
class Rules:
    """`values` are the statement's parameters, by name; `fits` and `may_join` refer to them."""

    by: access.Reader | None
    search: Search
    facts: Facts
    now: datetime

    def __post_init__(self) -> None:
        self.latest = self.search.latest or self.facts.deadline
        self.values: dict[str, Any] = {"now": parameter(self.now)}
        if self.latest is not None:
            until = midnight(min(self.latest, _LAST_DAY) + timedelta(days=1))
            self.values["until"] = parameter(until.astimezone(UTC))
        for name in ("after", "before"):
            hour = getattr(self.search, name)
            if hour is not None:
                self.values[name] = connection.ops.adapt_timefield_value(hour)

    def since(self, service: int) -> datetime | None:
        """From when on the person may come for this service: an instant, included; None for never."""
        needs_interview = self.facts.services[service] and self.facts.seen
        if needs_interview and self.facts.interviewed is None:
            return None
        found = self.now + _A_MOMENT
        if needs_interview and self.facts.interviewed is not None:
            found = max(found, self.facts.interviewed)
        for day in (self.search.earliest, self.facts.not_before):
            if day is not None:
                found = max(found, midnight(day))
        return found

    def fits(self, s: str) -> str:
        """This one session suits, its room and its beginning left aside. Never NULL."""
        for_victims = "SELECT id FROM booking_venue WHERE victims_only"
        said = [
            f"({s}.venue_id IS NULL OR {s}.venue_id NOT IN ({for_victims}))",
            *self._where(s),
            *self._when(s),
            self._language(s),
            *self._safe(s),
        ]
        return " AND ".join(said)

    def _where(self, s: str) -> list[str]:
        said = []
        if self.facts.partners is not None:
            said.append(f"{s}.partner_id IN ({keys(self.facts.partners)})")
        if self.facts.hidden:
            said.append(f"{s}.partner_id NOT IN ({keys(self.facts.hidden)})")
        if self.by is not None and not access.scope(self.by).network:
            own = keys(access.scope(self.by).admin_of)
            said.append(f"({s}.open_to_network OR {s}.partner_id IN ({own}))")
        return said

    def _when(self, s: str) -> list[str]:
        said = []
        if "until" in self.values:
            said.append(f"{s}.starts_at < %(until)s")
        if self.search.weekdays:
            said.append(f"{_weekday(f'{s}.starts_at')} IN ({keys(self.search.weekdays)})")
        if "after" in self.values:
            said.append(f"{_clock(f'{s}.starts_at')} >= %(after)s")
        if "before" in self.values:
            begins, ends = _clock(f"{s}.starts_at"), _clock(f"{s}.ends_at")
            said.append(f"{ends} <= %(before)s AND {begins} < {ends}")
        return said

    def _language(self, s: str) -> str:
        wanted = self.search.language
        if not wanted:
            self.values["language"] = self.facts.language
            return f"{s}.language IN ('fr', %(language)s)"
        self.values["language"] = wanted
        spoken = f"""EXISTS (SELECT 1 FROM booking_assignment a WHERE a.session_id = {s}.id"""
        if wanted != Language.FRENCH:  # Which everybody who leads a session speaks.
            spoken += """ AND a.practitioner_id IN (
                SELECT practitioner_id FROM booking_spoken WHERE language = %(language)s)"""
        return (
            f"({s}.language = %(language)s OR {s}.interpreter = %(language)s "
            f"OR ({s}.capacity = 1 AND {spoken})))"
        )

    def _safe(self, s: str) -> list[str]:
        said = []
        if self.facts.busy:
            said.append(f"NOT ({overlaps(s, self.facts.busy)})")
        if self.facts.with_others:
            said.append(f"{s}.id NOT IN ({keys(self.facts.with_others)})")
        for venues, spans in self.facts.near:
            there = f"{s}.venue_id IS NOT NULL AND {s}.venue_id IN ({keys(venues)})"
            said.append(f"NOT ({there} AND {overlaps(s, spans)})")
        return said

    def may_join(self, s: str) -> str:
        """A session of no programme, an evening of an open group, or the first coming session of a
        course or closed group that one may still join, with room and nothing in the way in every
        coming one: `booking.waiting.joinable` and `booking.actions.enrol`."""
        sitting = f"SELECT 1 FROM booking_session e WHERE e.programme_id = {s}.programme_id"
        planned = f"{sitting} AND e.state = 'planned'"
        later = f"{planned} AND (e.starts_at, e.id) > ({s}.starts_at, {s}.id)"
        return f"""({s}.programme_id IS NULL OR EXISTS (
            SELECT 1 FROM booking_programme g WHERE g.id = {s}.programme_id AND (
                g.kind = 'open_group' OR (
                    g.id NOT IN ({keys(self.facts.enrolled)})
                    AND NOT EXISTS ({planned} AND (e.starts_at, e.id) < ({s}.starts_at, {s}.id)
                        AND (e.starts_at > %(now)s OR NOT g.late_joining))
                    AND NOT EXISTS ({later} AND NOT (e.has_room AND {self.fits("e")}))
                    AND NOT EXISTS (SELECT 1 FROM booking_session e JOIN booking_session o
                        ON o.programme_id = e.programme_id AND o.id <> e.id
                        AND o.starts_at >= e.starts_at AND o.starts_at < e.ends_at
                        WHERE e.programme_id = {s}.programme_id AND e.starts_at > %(now)s
                        AND e.state = 'planned' AND o.state = 'planned')
        ))))"""


def _weekday(column: str) -> str:
    """In Paris, as ISO counts."""
    return _written(*connection.ops.datetime_extract_sql("iso_week_day", column, (), _PARIS))


def _clock(column: str) -> str:
    """The time of day in Paris."""
    return _written(*connection.ops.datetime_cast_time_sql(column, (), _PARIS))


def _written(sql: str, values: Sequence[Any]) -> str:
    """The database layer's own constants, written into its SQL: ours has parameters by name."""
    return sql % tuple(f"'{value}'" for value in values)
