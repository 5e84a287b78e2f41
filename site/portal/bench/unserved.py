"""The waiting list's promise, looked at from outside: no place is free while somebody who fits
waits without an offer. Rows and plain Python, nothing of booking.waiting."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.bench.rows import Rows, instant

_PARIS = ZoneInfo("Europe/Paris")
_ACTIVE = "('held', 'booked', 'present', 'late', 'excused', 'unexcused')"
#: Two who must not meet: minutes between them at one address (settings.AVOIDANCE_MINUTES).
_APART = timedelta(minutes=60)


@dataclass(frozen=True)
class _Session:
    pk: int
    partner: int
    programme: int | None
    starts: datetime
    ends: datetime
    capacity: int
    address: tuple[str, str]
    victims_only: bool
    needs_interview: bool
    is_interview: bool


class _Town:
    """Everything that says who fits where."""

    def __init__(self, rows: Rows) -> None:
        self.sessions = {row[0]: _session(row) for row in rows.all(_SESSIONS)}
        self.whole = {
            pk for (pk,) in rows.all("SELECT id FROM booking_programme WHERE kind <> 'open_group'")
        }
        self.seated: dict[int, set[int]] = defaultdict(set)
        self.sits: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for session, person, state in rows.all(
            f"SELECT session_id, participant_id, state FROM booking_seat WHERE state IN {_ACTIVE}"
        ):
            self.seated[session].add(person)
            self.sits[person].append((session, state))
        self.apart: dict[int, set[int]] = defaultdict(set)
        for first, second in rows.all("SELECT first_id, second_id FROM booking_avoidancepair"):
            self.apart[first].add(second)
            self.apart[second].add(first)
        self.hidden = set(rows.all("SELECT participant_id, partner_id FROM booking_hiddenfrom"))
        self.earliest = {
            person: str(day)
            for person, day in rows.all(
                "SELECT id, not_before FROM booking_participant WHERE not_before IS NOT NULL"
            )
        }

    def fits(self, person: int, session: _Session) -> bool:
        return (
            len(self.seated[session.pk]) < session.capacity
            and person not in self.seated[session.pk]
            and not session.victims_only
            and (person, session.partner) not in self.hidden
            and str(session.starts.astimezone(_PARIS).date()) >= self.earliest.get(person, "")
            and not self._busy(person, session)
            and not self._meets(person, session)
            and self._prepared(person, session)
        )

    def _busy(self, person: int, session: _Session) -> bool:
        others = (self.sessions[other] for other, _ in self.sits[person])
        return any(one.starts < session.ends and session.starts < one.ends for one in others)

    def _meets(self, person: int, session: _Session) -> bool:
        for other in self.apart[person]:
            for there, _ in self.sits[other]:
                one = self.sessions[there]
                close = one.starts < session.ends + _APART and session.starts - _APART < one.ends
                if one.pk == session.pk or (one.address == session.address and close):
                    return True
        return False

    def _prepared(self, person: int, session: _Session) -> bool:
        if not session.needs_interview or session.is_interview:
            return True
        return any(
            self.sessions[where].is_interview
            and state in {"booked", "present", "late"}
            and self.sessions[where].ends <= session.starts
            for where, state in self.sits[person]
        )


_SESSIONS = """
    SELECT s.id, s.partner_id, s.programme_id, s.starts_at, s.ends_at, s.capacity, v.postcode,
        v.street, v.victims_only, k.interview_first, k.family
    FROM booking_session s JOIN booking_service k ON k.id = s.service_id
        LEFT JOIN booking_venue v ON v.id = s.venue_id
    WHERE s.state = 'planned'"""
_WAITING = """
    SELECT participant_id, session_id, programme_id FROM booking_waitingentry
    WHERE state = 'waiting'"""


def unserved(rows: Rows) -> int:
    """How many (waiting person, free place that they fit in) there are; for a course or closed
    group the place is one in every session."""
    town = _Town(rows)
    found = 0
    for person, session, programme in rows.all(_WAITING):
        if programme is None:
            wanted = [town.sessions[session]] if session in town.sessions else []
        else:
            wanted = [one for one in town.sessions.values() if one.programme == programme]
        free = [town.fits(person, one) for one in wanted]
        if programme in town.whole:
            found += bool(free) and all(free)
        else:
            found += sum(free)
    return found


def _session(row: tuple[Any, ...]) -> _Session:
    pk, partner, programme, starts, ends, capacity, postcode, street, victims, first, family = row
    return _Session(
        pk=pk,
        partner=partner,
        programme=programme,
        starts=instant(starts),
        ends=instant(ends),
        capacity=capacity,
        address=(str(postcode), str(street).casefold()),
        victims_only=bool(victims),
        needs_interview=bool(first),
        is_interview=family == "interview",
    )
