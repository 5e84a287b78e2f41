"""Where several outcomes are right, the model takes over the engine's, and checks that it is one."""

from __future__ import annotations

from dataclasses import replace

from tests.booking.model import rules
from tests.booking.model.world import ACTIVE, Enrolment, Seat, World
from tests.booking.play.compare import Names, apart, day, hidden
from tests.booking.play.rows import Rows, instant


def adopt(world: World, names: Names, rows: Rows) -> None:
    """After a round of the waiting lists: offers were made or ended, and nothing else."""
    before = {k: s.state for k, s in world.seats.items()}
    _take_over(world, names, rows)
    for name, seat in world.seats.items():
        if name in before:
            gone = before[name] == "held" and seat.state == "released"
            assert gone or seat.state == before[name], f"{name}: {before[name]} → {seat.state}"
        else:
            why = rules.first(rules.reasons(world, seat.session, seat.person))
            assert not why, f"{seat} was offered in spite of {why}"
            session = world.sessions[seat.session]
            assert len(world.seated(seat.session)) <= session.capacity, "offered, and over"


def adopt_people(world: World, names: Names, rows: Rows) -> None:
    """After two records became one, or two again: nobody loses a place, and nobody keeps one to
    come that the rules of the other record forbid."""
    before = _unsafe(world)
    taken = {k for k, seat in world.seats.items() if seat.state in ACTIVE}
    n = names.name
    _take_over(world, names, rows)
    for row in rows["participant"]:
        person = world.people[str(n("participant", row["id"]))]
        person.merged_into = n("participant", row["merged_into_id"])
        person.not_before = day(row["not_before"])
    for row in rows["referral"]:
        name = str(n("referral", row["id"]))
        whose = str(n("participant", row["participant_id"]))
        until = day(row["deadline"])
        world.referrals[name] = replace(world.referrals[name], person=whose, deadline=until)
    world.hidden = set(hidden(names, rows))
    world.apart = {frozenset(pair) for pair in apart(names, rows)}
    assert taken <= {k for k, seat in world.seats.items() if seat.state in ACTIVE}, "a place lost"
    assert _unsafe(world) <= before, f"not safe any more: {_unsafe(world) - before}"


def _unsafe(world: World) -> set[str]:
    """The seats to come in which the rules would let nobody sit down today."""
    return {
        name
        for name, seat in world.seats.items()
        if seat.state in ACTIVE
        and world.sessions[seat.session].start > world.now
        and any(tier - {"InterviewFirst"} for tier in rules.unfit(world, seat.session, seat.person))
    }


def _take_over(world: World, names: Names, rows: Rows) -> None:
    n = names.name
    for table, model, letter in (("enrolment", world.enrolments, "e"), ("seat", world.seats, "t")):
        known = len(model)
        for row in rows[table]:
            if not names.known(table, row["id"]):
                known += 1
                names.put(table, row["id"], f"{letter}{known}")
    for row in rows["enrolment"]:
        name, who = str(n("enrolment", row["id"])), str(n("participant", row["participant_id"]))
        programme = str(n("programme", row["programme_id"]))
        by = world.enrolments[name].by if name in world.enrolments else ""
        world.enrolments[name] = Enrolment(programme, who, row["state"], by)
    for row in rows["seat"]:
        name, who = str(n("seat", row["id"])), str(n("participant", row["participant_id"]))
        session, enrolment = (
            str(n("session", row["session_id"])),
            n("enrolment", row["enrolment_id"]),
        )
        over = row["over_reason"] != ""
        by = world.seats[name].by if name in world.seats else ""
        world.seats[name] = Seat(session, who, row["state"], enrolment, over, by)
    for row in rows["waitingentry"]:
        wait = world.waits[str(n("waitingentry", row["id"]))]
        wait.person = str(n("participant", row["participant_id"]))
        wait.referral, wait.state = n("referral", row["referral_id"]), row["state"]
        wait.seat, wait.enrolment = n("seat", row["seat_id"]), n("enrolment", row["enrolment_id"])
        wait.until = instant(row["held_until"]) if row["held_until"] else None
