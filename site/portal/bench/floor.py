"""The same rows written by the bare driver, in the same transaction shape as booking a seat: lock
the session, lock the person, read what the rules ask, write the seat, its journal entry and its
texts, commit. A refusal reads the same and rolls back. No Django: this is what the database and its
driver cost by themselves on this machine, and what the actions are compared with."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from portal.bench import bare
from portal.bench.jobs import Answers, Job, Ready

_SESSION = """
    SELECT s.id, s.partner_id, s.programme_id, s.starts_at, s.ends_at, s.capacity, s.allowance,
        s.state, s.revision, v.victims_only, v.postcode, v.street, g.kind, k.family,
        k.interview_first
    FROM booking_session s JOIN booking_service k ON k.id = s.service_id
        LEFT JOIN booking_venue v ON v.id = s.venue_id
        LEFT JOIN booking_programme g ON g.id = s.programme_id
    WHERE s.id = ?"""
_PERSON = """
    SELECT id, phone, phone_state, texts_refused, not_before, merged_into_id
    FROM booking_participant WHERE id = ?"""
_ACTIVE = "('held', 'booked', 'present', 'late', 'excused', 'unexcused')"
_RULES = f"""
    SELECT 1, participant_id, number FROM booking_seat WHERE session_id = ? AND state IN {_ACTIVE}
    UNION ALL SELECT 2, o.session_id, 0 FROM booking_session s
        JOIN booking_seat o ON o.starts_at < s.ends_at AND o.ends_at > s.starts_at
        WHERE s.id = ? AND o.participant_id = ? AND o.state IN {_ACTIVE}
    UNION ALL SELECT 3, partner_id, 0 FROM booking_hiddenfrom WHERE participant_id = ?
    UNION ALL SELECT 4, second_id, 0 FROM booking_avoidancepair WHERE first_id = ?
    UNION ALL SELECT 4, first_id, 0 FROM booking_avoidancepair WHERE second_id = ?
    UNION ALL SELECT 5, id, 0 FROM booking_waitingentry
        WHERE participant_id = ? AND state = 'waiting' AND session_id = ?"""
_SEAT = """
    INSERT INTO booking_seat (session_id, participant_id, number, state, starts_at, ends_at,
        over_reason, created_at) VALUES (?, ?, ?, 'booked', ?, ?, '', ?) RETURNING id"""
_ENTRY = """
    INSERT INTO booking_journalentry (at, actor_id, verb, partner_id, session_id, seat_id,
        participant_id, facts) VALUES (?, ?, 'seat_booked', ?, ?, ?, ?, ?) RETURNING id"""
_TEXT = "(?, ?, ?, 'planned', ?, ?, ?, 0, '', '', '', 0, '', '', '')"
_TEXTS = f"""
    INSERT INTO sms_text (seat_id, step, revision, state, wanted_at, due_at, expires_at, attempts,
        sender, "to", body, segments, provider_id, problem, how) VALUES {_TEXT}, {_TEXT}, {_TEXT}"""


class _Bare:
    """One connection, and one transaction an attempt."""

    def __init__(self) -> None:
        url = os.environ.get("DATABASE_URL", "")
        self.lock = " FOR NO KEY UPDATE OF s" if url else ""
        self.lock_person = " FOR NO KEY UPDATE" if url else ""
        self.mark = "%s" if url else "?"
        self.begin = "BEGIN" if url else "BEGIN IMMEDIATE"
        self.run = bare.postgresql(url) if url else bare.sqlite(os.environ["JALON_SQLITE"])
        self.statements = {
            name: text.replace("?", self.mark)
            for name, text in {
                "session": _SESSION + self.lock,
                "person": _PERSON + self.lock_person,
                "rules": _RULES,
                "seat": _SEAT,
                "entry": _ENTRY,
                "texts": _TEXTS,
            }.items()
        }
        self.actor = self.run("SELECT id FROM booking_user", ())[0][0]

    def book(self, session: int, person: int, answers: Answers) -> None:
        """Raises LookupError when the session is full."""
        say, run = self.statements, self.run
        run(self.begin, ())
        try:
            row = run(say["session"], (session,))[0]
            partner, starts, ends, capacity, revision = row[1], row[3], row[4], row[5], row[8]
            run(say["person"], (person,))
            known = (session, session, *[person] * 5, session)
            taken = {number for kind, _, number in run(say["rules"], known) if kind == 1}
            if len(taken) >= capacity:
                raise LookupError
            number = next(n for n in range(1, capacity + 1) if n not in taken)
            now = self.instant(datetime.now(UTC))
            [[seat]] = run(say["seat"], (session, person, number, starts, ends, now))
            facts = json.dumps({"number": number, "state": "booked"})
            [[entry]] = run(say["entry"], (now, self.actor, partner, session, seat, person, facts))
            run(say["texts"], self._texts(seat, revision, now, starts))
        except BaseException:
            run("ROLLBACK", ())
            raise
        run("COMMIT", ())
        answers.entries.append(entry)
        answers.seats.append((seat, session, person, number))

    def instant(self, moment: datetime) -> object:
        return moment if self.mark == "%s" else moment.replace(tzinfo=None).isoformat(" ")

    def _texts(self, seat: int, revision: int, now: object, starts: Any) -> tuple[object, ...]:
        start = starts if isinstance(starts, datetime) else datetime.fromisoformat(starts)
        week, eve = (self.instant(start - timedelta(days=days)) for days in (7, 1))
        return (
            *(seat, "summons", revision, now, now, starts),
            *(seat, "day7", revision, week, week, eve),
            *(seat, "day1", revision, eve, eve, starts),
        )


def prepared(job: Job) -> Ready:
    bare = _Bare()
    answers = Answers()

    def attempt(n: int) -> None:
        began = time.perf_counter()
        try:
            bare.book(*job.targets[n], answers)
        except LookupError:
            answers.refusals["SessionFull"] += 1
        except (psycopg.Error, sqlite3.Error) as error:
            answers.errors[type(error).__name__] += 1
        else:
            answers.accepted += 1
        answers.ms.append(round((time.perf_counter() - began) * 1000, 3))

    return Ready(attempt, answers)
