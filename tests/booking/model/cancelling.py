"""What does not take place."""

from __future__ import annotations

from datetime import datetime

from tests.booking.model import lists, rules
from tests.booking.model.rules import not_allowed
from tests.booking.model.world import ACTIVE, World, refuse


def cancel_session(world: World, *, actor: str, session: str) -> None:
    row = world.sessions[session]
    refuse(not_allowed(rules.manages(actor, row.partner)))
    refuse(rules.moment(world, row))
    _cancel(world, session)
    lists.serve(world)


def cancel_morning(
    world: World, *, actor: str, leader: str, start: datetime, end: datetime
) -> None:
    """What somebody else leads too takes place without the absent one."""
    refuse(not_allowed(rules.manages(actor, world.leaders[leader])))
    refuse({"Invalid"} if start >= end else set())
    world.say("morning_cancelled")
    for name, row in world.sessions.items():
        if leader not in row.leaders or row.cancelled:
            continue
        if not start <= row.start < end or row.start <= world.now:
            continue
        if row.leaders == {leader}:
            _cancel(world, name)
        else:
            row.leaders = row.leaders - {leader}
            world.say("session_moved")
    lists.serve(world)


def _cancel(world: World, session: str) -> None:
    row = world.sessions[session]
    row.cancelled = True
    row.revision += 1
    world.say("session_cancelled")
    gone = [k for k, s in world.seats.items() if s.session == session and s.state in ACTIVE]
    world.say("seat_cancelled", len(gone))
    for name in gone:
        world.seats[name].state = "cancelled"
    for name, wait in world.waits.items():
        if wait.session == session and wait.state in {"waiting", "offered"}:
            wait.state = "left"
            world.say("waiting_left")
        elif wait.state == "offered" and not lists.held_seats(world, name):
            # The evening that was offered is off: they wait for their group again.
            if wait.enrolment is not None:
                world.enrolments[wait.enrolment].state = "withdrawn"
            wait.state, wait.seat, wait.enrolment, wait.until = "waiting", None, None, None
