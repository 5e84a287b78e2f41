"""What must hold after every step, read from raw rows alone."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import datetime
from itertools import combinations

from tests.booking.play.rows import Row, Rows, instant


def check(before: Rows, after: Rows, now: datetime) -> None:
    _numbers(before, after)
    _nobody_twice(after)
    _leaders(after)
    _all_or_none(after, now)
    _offers(after)
    _revisions(before, after)
    _safe(before, after)
    old = len(before["journalentry"])
    assert after["journalentry"][:old] == before["journalentry"], "the journal is append-only"


def _numbers(before: Rows, after: Rows) -> None:
    was = before.of("session")
    by_session: dict[int, list[Row]] = defaultdict(list)
    for seat in after.active:
        by_session[seat["session_id"]].append(seat)
    for session in after["session"]:
        seats = by_session[session["id"]]
        numbers = sorted(seat["number"] for seat in seats)
        room = len(seats) < session["capacity"]
        assert bool(session["has_room"]) == room, "has_room is not what the seats say"
        assert len(set(numbers)) == len(numbers), "a number is given once"
        if numbers and numbers[-1] > session["capacity"]:
            assert numbers == list(range(1, len(numbers) + 1)), f"no gap when over: {numbers}"
        old = was.get(session["id"], session)
        lowered = old["capacity"] > session["capacity"]
        there = {seat["id"] for seat in before.active}
        new = [seat for seat in seats if seat["id"] not in there]
        beyond = [seat for seat in new if seat["number"] > session["capacity"]]
        assert all(seat["over_reason"] for seat in beyond), "beyond the capacity without a reason"
        if new and not lowered:
            most = session["capacity"] + session["allowance"]
            assert numbers[-1] <= most, f"oversold: {numbers} of {most}"


def _nobody_twice(rows: Rows) -> None:
    by_person: dict[int, list[Row]] = defaultdict(list)
    for seat in rows.active:
        by_person[seat["participant_id"]].append(seat)
    sessions = rows.of("session")
    for seats in by_person.values():
        for one, other in combinations([sessions[seat["session_id"]] for seat in seats], 2):
            assert one["id"] != other["id"], "twice in one session"
            assert not _meet(one, other), "in two places at once"
    for seat in rows.active:
        session = sessions[seat["session_id"]]
        assert session["state"] == "planned", "a seat in what is cancelled"
        assert (seat["starts_at"], seat["ends_at"]) == (session["starts_at"], session["ends_at"])


def _leaders(rows: Rows) -> None:
    sessions = rows.of("session")
    by_leader: dict[int, list[Row]] = defaultdict(list)
    for row in rows["assignment"]:
        session = sessions[row["session_id"]]
        assert bool(row["active"]) == (session["state"] == "planned")
        if row["active"]:
            by_leader[row["practitioner_id"]].append(session)
    for led in by_leader.values():
        assert not any(_meet(one, other) for one, other in combinations(led, 2)), (
            "leads two at once"
        )


def _all_or_none(rows: Rows, now: datetime) -> None:
    """An enrolment is every session to come, or none."""
    for enrolment in rows["enrolment"]:
        state = {"active": "booked", "offered": "held"}.get(enrolment["state"])
        seats = {
            seat["session_id"]: seat["state"]
            for seat in rows.active
            if seat["enrolment_id"] == enrolment["id"]
        }
        for session in rows["session"]:
            mine = session["programme_id"] == enrolment["programme_id"]
            if mine and session["state"] == "planned" and instant(session["starts_at"]) > now:
                there = seats.get(session["id"])
                assert there == state, f"{enrolment['state']} but {there} in one of its sessions"


def _offers(rows: Rows) -> None:
    """Each held seat belongs to one open offer, and each open offer has its seats."""
    held = {seat["id"]: seat for seat in rows.active if seat["state"] == "held"}
    sessions = rows.of("session")
    claimed: list[int] = []
    for wait in rows["waitingentry"]:
        if wait["state"] == "offered":
            theirs = [
                pk
                for pk, seat in held.items()
                if pk == wait["seat_id"]
                or (wait["enrolment_id"] and seat["enrolment_id"] == wait["enrolment_id"])
            ]
            assert theirs, "an offer of nothing"
            claimed += theirs
            for pk in theirs:
                start = instant(sessions[held[pk]["session_id"]]["starts_at"])
                ahead = (start - instant(wait["held_until"])).total_seconds()
                assert ahead >= 24 * 3600, "an offer that holds past the day before the start"
    assert sorted(claimed) == sorted(held), "a held seat without its offer"


def _revisions(before: Rows, after: Rows) -> None:
    now = after.of("session")
    for session in before["session"]:
        rise = now[session["id"]]["revision"] - session["revision"]
        assert rise in {0, 1}, f"the revision rose by {rise}"


def _safe(before: Rows, after: Rows) -> None:
    """Nobody gets a place where a rule of safety stands already; a rule that came later does not
    take it away."""
    places = {seat["id"]: _place(before, seat) for seat in before.active}
    venues, hidden = after.of("venue"), after["hiddenfrom"]
    unseen = {(row["participant_id"], row["partner_id"]) for row in hidden}
    apart = {(row["first_id"], row["second_id"]) for row in after["avoidancepair"]}
    for seat in after.active:
        place, person = _place(after, seat), seat["participant_id"]
        session = after.of("session")[seat["session_id"]]
        if places.get(seat["id"]) != place:
            assert not venues[session["venue_id"]]["victims_only"], "seated among victims"
        if seat["id"] not in places:
            assert (person, session["partner_id"]) not in unseen, "seated where they are hidden"
            there = {s["participant_id"] for s in after.active if s["session_id"] == session["id"]}
            assert not any((person, one) in apart or (one, person) in apart for one in there), "met"


def _place(rows: Rows, seat: Row) -> tuple[object, ...]:
    session = rows.of("session")[seat["session_id"]]
    return session["id"], session["venue_id"]


def _meet(one: Row, other: Row) -> bool:
    return bool(
        instant(one["starts_at"]) < instant(other["ends_at"])
        and instant(other["starts_at"]) < instant(one["ends_at"])
    )


def facts(entry: Row) -> dict[str, object]:
    value = entry["facts"]
    found: dict[str, object] = json.loads(value) if isinstance(value, str) else value
    return found
