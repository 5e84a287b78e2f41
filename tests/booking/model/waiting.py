"""Joining and leaving lists, answering offers, and the clock that ends them."""

from __future__ import annotations

from datetime import date

from tests.booking.model import lists, rules
from tests.booking.model.rules import not_allowed
from tests.booking.model.world import HOME, Wait, World, refuse


def partner_of(world: World, wait: Wait) -> str:
    if wait.session is not None:
        return world.sessions[wait.session].partner
    assert wait.programme is not None
    return world.programmes[wait.programme].partner


def join_waiting_list(
    world: World,
    *,
    actor: str,
    person: str,
    session: str | None = None,
    programme: str | None = None,
    referral: str | None = None,
) -> None:
    refuse({"Invalid"} if (session is None) == (programme is None) else set())
    wait = Wait(person, session, programme, referral)
    partner = partner_of(world, wait)
    sessions = [session] if session else world.coming(str(programme))
    may = rules.places(world, actor, partner, sessions)
    refuse(not_allowed(may, rules.knows(world, actor, person)))
    rows = world.programmes if programme else world.sessions
    service = rows[str(programme or session)].service
    refuse(rules.foreign(world, actor, referral, person, partner, service))
    refuse({"Merged"} if world.people[person].merged_into else set())
    sent_to = partner if rules.manages(actor, partner) else HOME[actor]
    wait.referral = referral or _own_referral(world, person, sent_to, service)
    never = _never_session(world, session, person) if session is not None else set()
    if programme is not None:
        never |= _never_programme(world, programme, person)
    same = (person, session, programme)
    if any(
        (w.person, w.session, w.programme) == same and w.state in {"waiting", "offered"}
        for w in world.waits.values()
    ):
        never.add("AlreadyWaiting")
    refuse(never)
    world.add("waits", wait)
    world.say("waiting_joined")
    lists.serve(world)


def _own_referral(world: World, person: str, partner: str, service: str) -> str | None:
    """The most urgent one that sent this person to this partner for this service."""
    mine = [
        (row.deadline or date.max, row.on, int(name[1:]), name)
        for name, row in world.referrals.items()
        if (row.person, row.partner, row.service) == (person, partner, service)
    ]
    return min(mine)[-1] if mine else None


def _never_session(world: World, name: str, person: str) -> set[str]:
    session = world.sessions[name]
    whole = session.programme is not None and world.programmes[session.programme].enrols
    here = any(seat.person == person for seat in world.seated(name).values())
    return (
        rules.moment(world, session)
        | ({"EnrolsAsAWhole"} if whole else set())
        | ({"AlreadySeated"} if here else set())
        | _never(world, name, person)
    )


def _never_programme(world: World, name: str, person: str) -> set[str]:
    there = any(e.person == person for e in world.standing(name).values())
    why = {"AlreadyEnrolled"} if there else set()
    if not rules.joinable(world, name):
        why.add("TooLate")
    if world.programmes[name].enrols:
        for one in world.coming(name):
            why |= _never(world, one, person)
    return why


def _never(world: World, name: str, person: str) -> set[str]:
    """One may wait for what an interview would open, or somebody's leaving."""
    hidden = (person, world.sessions[name].partner) in world.hidden
    passing = {"InterviewFirst"} | (set() if hidden else {"NotPossibleHere"})
    return rules.first([tier - passing for tier in rules.unfit(world, name, person)])


def leave_waiting_list(world: World, *, actor: str, wait: str) -> None:
    row = world.waits[wait]
    refuse(_not_theirs(world, actor, row))
    refuse(set() if row.state in {"waiting", "lapsed"} else {"NotActive"})
    row.state = "left"
    world.say("waiting_left")


def move_up(world: World, *, actor: str, wait: str, reason: str) -> None:
    row = world.waits[wait]
    refuse(_not_theirs(world, actor, row))
    refuse(set() if reason.strip() else {"Invalid"})
    refuse(set() if row.state == "waiting" else {"NotActive"})
    others = [
        w.lift
        for k, w in world.waits.items()
        if k != wait and w.state == "waiting" and _same_list(world, row, w)
    ]
    row.lift = max(others, default=0) + 1
    world.say("waiting_moved_up")


def _same_list(world: World, one: Wait, other: Wait) -> bool:
    """Those who wait for a session and those who wait for its programme stand in one list."""

    def programme(wait: Wait) -> str | None:
        return wait.programme or world.sessions[str(wait.session)].programme

    same = one.session is not None and one.session == other.session
    return same or (programme(one) is not None and programme(one) == programme(other))


def confirm_offer(world: World, *, actor: str, wait: str) -> None:
    row = world.waits[wait]
    refuse(_not_theirs(world, actor, row))
    open_still = row.state == "offered" and row.until is not None and row.until > world.now
    refuse(set() if open_still else {"OfferOver"})
    seats = lists.held_seats(world, wait)
    why: set[str] = set()
    for seat in seats:
        why |= rules.first(rules.unfit(world, world.seats[seat].session, row.person))
    refuse(why)
    for seat in seats:
        world.seats[seat].state = "booked"
    if row.enrolment is not None:
        world.enrolments[row.enrolment].state = "active"
    row.state = "seated"
    lists.has(world, row.person, [world.seats[seat].session for seat in seats])
    world.say("offer_confirmed")
    world.say("seat_booked", len(seats))
    lists.serve(world)


def decline_offer(world: World, *, actor: str, wait: str) -> None:
    row = world.waits[wait]
    refuse(_not_theirs(world, actor, row))
    refuse(set() if row.state == "offered" else {"OfferOver"})
    lists.take_back(world, wait, "declined", "offer_declined")
    lists.serve(world)


def _not_theirs(world: World, actor: str, row: Wait) -> set[str]:
    may = rules.manages(actor, partner_of(world, row))
    return not_allowed(may, rules.knows(world, actor, row.person))


def _begun(world: World, wait: Wait) -> bool:
    """Nobody waits for what has begun."""
    if wait.session is not None:
        return world.sessions[wait.session].start <= world.now
    return not rules.joinable(world, str(wait.programme))


def serve_waiting_lists(world: World, *, actor: str) -> None:
    """The offers whose time is over end, the soonest first; then every list is looked at."""
    refuse(not_allowed(rules.coordinates(actor)))
    for wait in world.waits.values():
        if wait.state == "waiting" and _begun(world, wait):
            wait.state = "left"
            world.say("waiting_left")
    over = [
        (w.until, int(k[1:]), k)
        for k, w in world.waits.items()
        if w.state == "offered" and w.until is not None and w.until <= world.now
    ]
    for _until, _number, name in sorted(over):
        lists.take_back(world, name, "lapsed", "offer_lapsed")
        lists.serve(world)
    lists.serve(world)
