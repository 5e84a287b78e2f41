"""What must be true of the rows that a run left, in SQL and plain Python: nothing of the engine's
own code is used, so that one mistake cannot hide the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from portal.bench.jobs import Answers
from portal.bench.rows import Rows, facts

_ACTIVE = "('held', 'booked', 'present', 'late', 'excused', 'unexcused')"

_TWICE_THERE = f"""
    SELECT session_id, participant_id FROM booking_seat WHERE state IN {_ACTIVE}
    GROUP BY session_id, participant_id HAVING COUNT(*) > 1"""
_ONE_NUMBER = f"""
    SELECT session_id, number FROM booking_seat WHERE state IN {_ACTIVE}
    GROUP BY session_id, number HAVING COUNT(*) > 1"""
_ENROLLED_TWICE = """
    SELECT programme_id, participant_id FROM booking_enrolment WHERE state <> 'withdrawn'
    GROUP BY programme_id, participant_id HAVING COUNT(*) > 1"""
_PERSON_IN_TWO_PLACES = f"""
    SELECT a.id FROM booking_seat a JOIN booking_seat b ON a.participant_id = b.participant_id
        AND a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
    WHERE a.state IN {_ACTIVE} AND b.state IN {_ACTIVE}"""
_LEADER_IN_TWO_PLACES = """
    SELECT a.id FROM booking_assignment a
        JOIN booking_assignment b ON a.practitioner_id = b.practitioner_id
        AND a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
    WHERE a.active AND b.active"""
#: The times repeated on a seat are what the rule against overlaps compares.
_OTHER_TIMES = f"""
    SELECT a.id FROM booking_seat a JOIN booking_session s ON s.id = a.session_id
    WHERE a.state IN {_ACTIVE} AND (a.starts_at <> s.starts_at OR a.ends_at <> s.ends_at)
    """


def duplicates(rows: Rows) -> int:
    return sum(rows.count(one) for one in (_TWICE_THERE, _ONE_NUMBER, _ENROLLED_TWICE))


def overlaps(rows: Rows) -> int:
    return sum(
        rows.count(one) for one in (_PERSON_IN_TWO_PLACES, _LEADER_IN_TWO_PLACES, _OTHER_TIMES)
    )


def lost(rows: Rows, answers: Answers) -> int:
    """Accepted answers whose rows are not there, and rows that no accepted answer wrote."""
    answered = Counter(answers.entries)
    written = Counter(pk for (pk,) in rows.all("SELECT id FROM booking_journalentry"))
    entries = (answered - written) + (written - answered)
    states: dict[int, str] = {}
    seats: set[tuple[int, int, int]] = set()
    for pk, session, person, state in rows.all(
        "SELECT id, session_id, participant_id, state FROM booking_seat"
    ):
        states[pk] = state
        seats.add((pk, session, person))
    gone = sum(tuple(row[:3]) not in seats for row in answers.seats)
    told = _told(rows)
    differ = sum(told.get(pk) != states.get(pk) for pk in {*told, *states})
    return entries.total() + gone + differ + _halves(rows)


def _told(rows: Rows) -> dict[int, str]:
    """The state of each seat, as the journal tells it."""
    told: dict[int, str] = {}
    for seat, verb, written in rows.all(
        "SELECT seat_id, verb, facts FROM booking_journalentry WHERE seat_id IS NOT NULL ORDER BY id"
    ):
        said = facts(written)
        told[seat] = said["state"]
        if verb == "seat_moved":
            told[said["before"]["seat"]] = "released"
    return told


def _halves(rows: Rows) -> int:
    """Enrolments without a seat in each planned session of their programme, or withdrawn ones that
    kept one: every session or none."""
    planned: dict[int, set[int]] = defaultdict(set)
    for programme, session in rows.all(
        "SELECT programme_id, id FROM booking_session "
        "WHERE programme_id IS NOT NULL AND state = 'planned'"
    ):
        planned[programme].add(session)
    sits: dict[int, set[int]] = defaultdict(set)
    for enrolment, session in rows.all(
        "SELECT enrolment_id, session_id FROM booking_seat "
        f"WHERE enrolment_id IS NOT NULL AND state IN {_ACTIVE}"
    ):
        sits[enrolment].add(session)
    return sum(
        sits[pk] != (set() if state == "withdrawn" else planned[programme])
        for pk, programme, state in rows.all(
            "SELECT id, programme_id, state FROM booking_enrolment"
        )
    )


def oversold(rows: Rows) -> int:
    """Sessions that at any moment had more people than was allowed then.

    The journal is read as it was written: a session is locked while an entry about it is, so the
    order of their keys is that of the changes. Beyond the capacity somebody may sit only within the
    allowance and for a reason; a capacity that was lowered drops nobody.
    """
    room = _Rooms(rows)
    for verb, session, seat, written in rows.all(
        "SELECT verb, session_id, seat_id, facts FROM booking_journalentry ORDER BY id"
    ):
        room.follow(verb, session, seat, facts(written))
    there: dict[int, set[int]] = defaultdict(set)
    for session, seat in rows.all(
        f"SELECT session_id, id FROM booking_seat WHERE state IN {_ACTIVE}"
    ):
        there[session].add(seat)
    differ = {one for one in {*there, *room.seated} if there[one] != room.seated[one]}
    return len(room.over | differ)


class _Rooms:
    """Who sits where, followed through the journal."""

    def __init__(self, rows: Rows) -> None:
        changed = {
            session: facts(written)["before"]
            for session, written in rows.all(
                "SELECT session_id, facts FROM booking_journalentry "
                "WHERE verb = 'seats_changed' ORDER BY id DESC"
            )
        }
        #: session → what it had at first: before its first change, or what it still has.
        self.size: dict[int, dict[str, int]] = {
            session: changed.get(session) or {"capacity": capacity, "allowance": allowance}
            for session, capacity, allowance in rows.all(
                "SELECT id, capacity, allowance FROM booking_session"
            )
        }
        self.reasons = {
            pk for (pk,) in rows.all("SELECT id FROM booking_seat WHERE over_reason <> ''")
        }
        self.seated: dict[int, set[int]] = defaultdict(set)
        self.over: set[int] = set()

    def follow(self, verb: str, session: int, seat: int | None, said: dict[str, Any]) -> None:
        if verb == "seats_changed":
            self.size[session] = said["after"]
        if seat is None:
            return
        if verb == "seat_moved":
            before = said["before"]
            self.seated[before["session"]].discard(before["seat"])
        if said["state"] in {"released", "cancelled"}:
            self.seated[session].discard(seat)
            return
        new = seat not in self.seated[session]
        self.seated[session].add(seat)
        # Two who swap leave as many as there were; the second entry is about the same pair.
        if new and not said.get("swap"):
            self._look(session, seat)

    def _look(self, session: int, seat: int) -> None:
        taken, size = len(self.seated[session]), self.size[session]
        beyond = size["allowance"] if seat in self.reasons else 0
        if taken > size["capacity"] + beyond:
            self.over.add(session)
