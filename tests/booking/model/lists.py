"""Who waits, in the one order, and who is offered what becomes free."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import combinations

from tests.booking.model import rules
from tests.booking.model.world import Enrolment, Seat, Wait, World

LAST_CALL = timedelta(hours=24)
#: Nobody is asked to answer within less.
SHORTEST = timedelta(hours=1)


def in_order(world: World) -> list[str]:
    """Whoever was moved up, then the mandate's deadline, then the date of referral."""

    def key(name: str) -> tuple[int, date, date, int]:
        wait = world.waits[name]
        referral = world.referrals[wait.referral] if wait.referral else None
        deadline = (referral and referral.deadline) or date.max
        return (-wait.lift, deadline, referral.on if referral else date.max, int(name[1:]))

    return sorted((k for k, w in world.waits.items() if w.state == "waiting"), key=key)


def targets(world: World, wait: Wait) -> list[list[str]]:
    """Each would do: this session, any evening of an open group, the whole of anything else."""
    if wait.session is not None:
        session = world.sessions[wait.session]
        return [] if session.cancelled or session.start <= world.now else [[wait.session]]
    assert wait.programme is not None
    coming = world.coming(wait.programme)
    if not world.programmes[wait.programme].enrols:
        return [[one] for one in coming]
    return [coming] if coming and rules.joinable(world, wait.programme) else []


def until(world: World, sessions: list[str]) -> datetime | None:
    """When an offer made now ends; None when it comes too late."""
    first = world.sessions[min(sessions, key=lambda k: world.sessions[k].start)]
    latest = first.start - LAST_CALL
    if latest - world.now < SHORTEST:
        return None
    return min(world.now + timedelta(hours=world.partners[first.partner].hours), latest)


def against(world: World, wait: Wait, sessions: list[str]) -> set[str]:
    """Why this person does not get these places. Whoever sits there already needs no offer."""
    why = set() if until(world, sessions) else {"TooSoon"}
    for name in sessions:
        if any(seat.person == wait.person for seat in world.seated(name).values()):
            why.add("AlreadySeated")
        why |= rules.first(rules.reasons(world, name, wait.person))
    rows = [world.sessions[name] for name in sessions]
    if any(rules.meet_in_time(one, other) for one, other in combinations(rows, 2)):
        why.add("Overlaps")
    return why


def late(world: World) -> list[str]:
    """Who waits without an offer though a place is free in which they fit."""
    return [
        name
        for name in in_order(world)
        for sessions in targets(world, world.waits[name])
        if all(rules.room(world, one) for one in sessions)
        and not against(world, world.waits[name], sessions)
    ]


def serve(world: World, beyond: Mapping[str, int] | None = None) -> None:
    """Offer every free place to the next who fit, once through the list."""
    more = beyond or {}
    skipped: list[tuple[str, set[str]]] = []
    for name in in_order(world):
        why: set[str] = set()
        tried: set[str] = set()
        if world.waits[name].state != "waiting":
            continue  # The offer before answered this one too.
        for sessions in targets(world, world.waits[name]):
            if not all(rules.room(world, one, more.get(one, 0)) for one in sessions):
                continue
            refused = against(world, world.waits[name], sessions)
            if not refused:
                # Nobody before them is skipped silently.
                world.must_say |= {who for who, places in skipped if places & set(sessions)}
                offer(world, name, sessions)
                break
            why |= refused
            tried |= set(sessions)
        else:
            if tried:
                skipped.append((name, tried))
                world.passed[name] = why


def offer(world: World, name: str, sessions: list[str]) -> None:
    wait = world.waits[name]
    world.offered.append(name)
    confirmed = world.partners[world.sessions[sessions[0]].partner].confirmed
    whole = wait.programme is not None and world.programmes[wait.programme].enrols
    wait.until = None if confirmed else until(world, sessions)
    if whole:
        assert wait.programme is not None
        state = "active" if confirmed else "offered"
        wait.enrolment = world.add("enrolments", Enrolment(wait.programme, wait.person, state))
        world.say("enrolled" if confirmed else "place_offered")
    for one in sessions:
        over = not rules.room(world, one)
        state = "booked" if confirmed else "held"
        seat = world.add("seats", Seat(one, wait.person, state, wait.enrolment, over))
        if not whole:
            wait.seat = seat
    wait.state = "seated" if confirmed else "offered"
    if confirmed:
        has(world, wait.person, sessions)
    world.say("seat_booked" if confirmed else "seat_offered", len(sessions))


def has(world: World, person: str, sessions: list[str]) -> None:
    """Whoever waits for an evening and for its group has what they waited for."""
    for one in sessions:
        answer(world, person, one, world.sessions[one].programme)


def held_seats(world: World, name: str) -> list[str]:
    wait = world.waits[name]
    return [
        k
        for k, seat in world.seats.items()
        if seat.state == "held"
        and (k == wait.seat or (wait.enrolment is not None and seat.enrolment == wait.enrolment))
    ]


def take_back(world: World, name: str, state: str, verb: str) -> None:
    """An open offer ends: its places are free again."""
    wait = world.waits[name]
    seats = held_seats(world, name)
    for seat in seats:
        world.seats[seat].state = "released"
    if wait.enrolment is not None:
        world.enrolments[wait.enrolment].state = "withdrawn"
    wait.state = state
    world.say(verb)
    world.say("seat_released", len(seats))


def answer(
    world: World, person: str, session: str | None, programme: str | None, seat: str | None = None
) -> None:
    """Somebody has what they waited for: they are off the list."""
    for wait in world.waits.values():
        wanted = (wait.session and wait.session == session) or (
            wait.programme and wait.programme == programme
        )
        if wait.person == person and wait.state == "waiting" and wanted:
            wait.state, wait.seat = "seated", seat
