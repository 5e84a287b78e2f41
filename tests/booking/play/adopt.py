"""Where several outcomes are right, the model takes over the engine's, and checks that it is one."""

from __future__ import annotations

from tests.booking.model import rules
from tests.booking.model.world import Enrolment, Seat, Wait, World
from tests.booking.play.compare import Names
from tests.booking.play.rows import Rows, instant


def adopt(world: World, names: Names, rows: Rows) -> None:
    """After a round of the waiting lists: offers were made or ended, and nothing else."""
    before = {k: s.state for k, s in world.seats.items()}
    n = names.name
    for table, model, letter in (("enrolment", world.enrolments, "e"), ("seat", world.seats, "t")):
        known = len(model)
        for row in rows[table]:
            if not names.known(table, row["id"]):
                known += 1
                names.put(table, row["id"], f"{letter}{known}")
    for row in rows["enrolment"]:
        name = str(n("enrolment", row["id"]))
        programme, person = (
            n("programme", row["programme_id"]),
            n("participant", row["participant_id"]),
        )
        world.enrolments[name] = Enrolment(str(programme), str(person), row["state"])
    for row in rows["seat"]:
        name, enrolment = str(n("seat", row["id"])), n("enrolment", row["enrolment_id"])
        session, person = n("session", row["session_id"]), n("participant", row["participant_id"])
        over = row["over_reason"] != ""
        world.seats[name] = Seat(str(session), str(person), row["state"], enrolment, over)
    for row in rows["waitingentry"]:
        wait: Wait = world.waits[str(n("waitingentry", row["id"]))]
        wait.state = row["state"]
        wait.seat, wait.enrolment = n("seat", row["seat_id"]), n("enrolment", row["enrolment_id"])
        wait.until = instant(row["held_until"]) if row["held_until"] else None
    _check(world, before)


def _check(world: World, before: dict[str, str]) -> None:
    for name, seat in world.seats.items():
        if name in before:
            gone = before[name] == "held" and seat.state == "released"
            assert gone or seat.state == before[name], f"{name}: {before[name]} → {seat.state}"
        else:
            why = rules.first(rules.reasons(world, seat.session, seat.person))
            assert not why, f"{seat} was offered in spite of {why}"
            session = world.sessions[seat.session]
            assert len(world.seated(seat.session)) <= session.capacity, "offered, and over"
