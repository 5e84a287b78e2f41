"""The same rows by the bare tools: dateutil says when, the driver writes, one transaction a rhythm.
No Django: this is what publishing is compared with.

dateutil expands on naive wall-clock, which is right here: no hour of these rhythms is one that the
clock change takes or repeats.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil import rrule

from portal.bench import bare

_PARIS = ZoneInfo("Europe/Paris")
_SESSION = (
    "INSERT INTO booking_session (partner_id, service_id, venue_id, uid, label, starts_at, ends_at, "
    "pause_minutes, capacity, allowance, allowance_reason, language, interpreter, open_to_network, "
    "has_room, state, revision, changed_at) VALUES {rows} RETURNING id"
)
_ASSIGNMENT = (
    "INSERT INTO booking_assignment (session_id, practitioner_id, starts_at, ends_at, active) "
    "VALUES {rows}"
)
_ENTRY = (
    "INSERT INTO booking_journalentry (at, verb, partner_id, session_id, facts) "
    "VALUES {rows} RETURNING id"
)
_DATE = (
    "INSERT INTO calendars_rhythmdate (rhythm_id, day, start, session_id, why, name, own_time, "
    "own_place, own_leaders, own_seats) VALUES {rows}"
)


@dataclass(frozen=True)
class Job:
    """One rhythm, as plain values."""

    rhythm: int
    partner: int
    service: int
    venue: int
    leader: int
    label: str
    capacity: int
    #: Naive Paris wall-clock.
    begins: datetime
    minutes: int
    slot_minutes: int | None
    monthly: bool
    every: int
    #: As dateutil counts them, Monday is 0.
    weekdays: tuple[int, ...]
    bysetpos: int | None

    def dates(self, now: datetime, until: datetime) -> Iterator[datetime]:
        rule = rrule.rrule(
            rrule.MONTHLY if self.monthly else rrule.WEEKLY,
            dtstart=self.begins,
            interval=self.every,
            byweekday=self.weekdays,
            bysetpos=self.bysetpos,
        )
        yield from rule.between(now, until - timedelta(microseconds=1), inc=False)


class Floor:
    """One connection; on PostgreSQL or SQLite as the environment says."""

    def __init__(self) -> None:
        url = os.environ.get("JALON_FLOOR_URL", "")
        self.mark = "%s" if url else "?"
        self.run = bare.postgresql(url) if url else bare.sqlite(os.environ["JALON_FLOOR_SQLITE"])
        self.begin = "BEGIN" if url else "BEGIN IMMEDIATE"

    def publish(self, job: Job, now: datetime, until: datetime, holidays: dict[date, str]) -> int:
        """How many sessions it wrote. `now` and `until` are naive Paris wall-clock."""
        starts, skipped = [], []
        for start in job.dates(now, until):
            if start.date() in holidays:
                skipped.append(start)
            else:
                starts += list(_slots(job, start, now))
        self.run(self.begin, ())
        at = self._instant(datetime.now(UTC))
        spans = [self._span(start, job.slot_minutes or job.minutes) for start in starts]
        keys = [row[0] for row in self._insert(_SESSION, [_session(job, *s, at) for s in spans])]
        pairs = list(zip(keys, spans, strict=True))
        self._insert(_ASSIGNMENT, [(key, job.leader, *span, True) for key, span in pairs])
        self._insert(_ENTRY, [_entry(job, key, span, at) for key, span in pairs])
        dates = [_date(job, start, key) for start, key in zip(starts, keys, strict=True)]
        self._insert(_DATE, dates + [_date(job, one, None, holidays) for one in skipped])
        self.run("COMMIT", ())
        return len(keys)

    def _insert(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> list[Any]:
        if not rows:
            return []
        marks = "(" + ", ".join([self.mark] * len(rows[0])) + ")"
        sql = statement.format(rows=", ".join([marks] * len(rows)))
        return self.run(sql, tuple(value for row in rows for value in row))

    def _span(self, start: datetime, minutes: int) -> tuple[object, object]:
        begins = start.replace(tzinfo=_PARIS).astimezone(UTC)
        return self._instant(begins), self._instant(begins + timedelta(minutes=minutes))

    def _instant(self, moment: datetime) -> object:
        if self.mark == "%s":
            return moment
        return moment.replace(tzinfo=None).isoformat(" ")


def _slots(job: Job, start: datetime, now: datetime) -> Iterator[datetime]:
    length = timedelta(minutes=job.slot_minutes or job.minutes)
    end = start + timedelta(minutes=job.minutes)
    while start + length <= end:
        if start > now:
            yield start
        start += length


def _session(job: Job, starts: object, ends: object, at: object) -> tuple[Any, ...]:
    uid = uuid.uuid4()
    return (
        *(job.partner, job.service, job.venue, uid.hex, job.label, starts, ends),
        *(0, job.capacity, 0, "", "fr", "", True, True, "planned", 0, at),
    )


def _entry(job: Job, key: int, span: tuple[object, object], at: object) -> tuple[Any, ...]:
    facts = {"starts_at": str(span[0]), "ends_at": str(span[1]), "capacity": job.capacity}
    return at, "session_opened", job.partner, key, json.dumps({**facts, "allowance": 0})


def _date(
    job: Job, start: datetime, key: int | None, names: dict[date, str] | None = None
) -> tuple[Any, ...]:
    day, hour = start.date(), start.time()
    why, name = ("public_holiday", names[day]) if names else ("", "")
    on = (day.isoformat(), hour.isoformat())
    return job.rhythm, *on, key, why, name, False, False, False, False
