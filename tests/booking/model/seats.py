"""Taking, giving back and exchanging places."""

from __future__ import annotations

from tests.booking.model import lists, rules
from tests.booking.model.rules import not_allowed
from tests.booking.model.world import Enrolment, Seat, World, refuse


def book_seat(
    world: World,
    *,
    actor: str,
    session: str,
    person: str,
    referral: str | None = None,
    overbook: bool = False,
    anyway: bool = False,
) -> None:
    row = world.sessions[session]
    _refuse_actor(world, actor, row.partner, [session], person, overbook)
    refuse(rules.foreign(world, actor, referral, person, row.partner, row.service))
    anyway = anyway and rules.manages(actor, row.partner)
    whole = row.programme is not None and world.programmes[row.programme].enrols
    refuse(({"EnrolsAsAWhole"} if whole else set()) | rules.moment(world, row))
    beyond = row.allowance if overbook else 0
    rules.refuse_seat(world, session, person, anyway=anyway, beyond=beyond)
    over = not rules.room(world, session)
    seat = world.add("seats", Seat(session, person, over=over, by=actor))
    world.say("seat_booked")
    lists.answer(world, person, session, row.programme, seat)
    lists.serve(world)


def release_seat(world: World, *, actor: str, seat: str) -> None:
    row = world.seats[seat]
    session = world.sessions[row.session]
    may = rules.manages(actor, session.partner) or row.by == actor
    refuse(not_allowed(may, rules.knows(world, actor, row.person)))
    whole = {"EnrolsAsAWhole"} if row.enrolment else set()
    refuse(whole | rules.moment(world, session) | _not_booked(row))
    row.state = "released"
    world.say("seat_released")
    lists.serve(world)


def move_seat(
    world: World, *, actor: str, seat: str, to: str, overbook: bool = False, anyway: bool = False
) -> None:
    old, target = world.seats[seat], world.sessions[to]
    left = world.sessions[old.session]
    allowed = rules.manages(actor, left.partner) and rules.manages(actor, target.partner)
    allowed = allowed and rules.knows(world, actor, old.person)
    refuse(not_allowed(allowed, not overbook or rules.overbooks(actor, target.partner)))
    whole = target.programme is not None and world.programmes[target.programme].enrols
    refuse(
        ({"EnrolsAsAWhole"} if old.enrolment or whole else set())
        | _not_booked(old)
        | rules.moment(world, left)
        | rules.moment(world, target)
    )
    if to == old.session:
        refuse(*rules.reasons(world, to, old.person, here=True))
    old.state = "released"
    beyond = target.allowance if overbook else 0
    rules.refuse_seat(world, to, old.person, anyway=anyway, beyond=beyond)
    new = world.add("seats", Seat(to, old.person, over=not rules.room(world, to)))
    world.say("seat_moved")
    lists.answer(world, old.person, to, target.programme, new)
    lists.serve(world)


def swap_seats(world: World, *, actor: str, first: str, second: str, anyway: bool = False) -> None:
    one, two = world.seats[first], world.seats[second]
    at = [world.sessions[one.session], world.sessions[two.session]]
    refuse(not_allowed(*(rules.manages(actor, session.partner) for session in at)))
    refuse(not_allowed(*(rules.knows(world, actor, seat.person) for seat in (one, two))))
    refuse({"Invalid"} if one.session == two.session or one.person == two.person else set())
    refuse(
        ({"EnrolsAsAWhole"} if one.enrolment or two.enrolment else set())
        | _not_booked(one)
        | _not_booked(two)
        | rules.moment(world, at[0])
        | rules.moment(world, at[1])
    )
    here = {seat.person for seat in world.seated(one.session).values()}
    there = {seat.person for seat in world.seated(two.session).values()}
    twice = {"AlreadySeated"} if one.person in there or two.person in here else set()
    one.state = two.state = "released"
    new = [
        world.add("seats", Seat(two.session, one.person, over=two.over)),
        world.add("seats", Seat(one.session, two.person, over=one.over)),
    ]
    why: set[str] = set()
    for name in new:
        seat = world.seats[name]
        why |= rules.first(rules.reasons(world, seat.session, seat.person, anyway=anyway))
    refuse(why | twice)
    world.say("seat_moved", 2)
    for name in new:
        seat = world.seats[name]
        programme = world.sessions[seat.session].programme
        lists.answer(world, seat.person, seat.session, programme, name)
    lists.serve(world)


def enrol(
    world: World,
    *,
    actor: str,
    programme: str,
    person: str,
    referral: str | None = None,
    overbook: bool = False,
    anyway: bool = False,
) -> None:
    row = world.programmes[programme]
    coming = world.coming(programme)
    refuse(not_allowed(rules.places(world, actor, row.partner, coming)))
    refuse(set() if row.enrols else {"EnrolsSeatBySeat"})
    _refuse_actor(world, actor, row.partner, coming, person, overbook)
    refuse(rules.foreign(world, actor, referral, person, row.partner, row.service))
    anyway = anyway and rules.manages(actor, row.partner)
    there = any(e.person == person for e in world.standing(programme).values())
    nothing = {"Invalid"} if not world.planned(programme) else set()
    begun = {"TooLate"} if not coming or not rules.joinable(world, programme) else set()
    refuse({"AlreadyEnrolled"} if there else set(), nothing, begun)
    name = world.add("enrolments", Enrolment(programme, person, by=actor))
    for one in coming:
        beyond = world.sessions[one].allowance if overbook else 0
        rules.refuse_seat(world, one, person, anyway=anyway, beyond=beyond)
        over = not rules.room(world, one)
        world.add("seats", Seat(one, person, enrolment=name, over=over, by=actor))
    world.say("enrolled")
    world.say("seat_booked", len(coming))
    lists.answer(world, person, None, programme)


def withdraw(world: World, *, actor: str, enrolment: str) -> None:
    row = world.enrolments[enrolment]
    may = rules.manages(actor, world.programmes[row.programme].partner) or row.by == actor
    refuse(not_allowed(may, rules.knows(world, actor, row.person)))
    refuse(set() if row.state == "active" else {"NotActive"})
    row.state = "withdrawn"
    world.say("withdrawn")
    for seat in world.seats.values():
        to_come = world.sessions[seat.session].start > world.now
        if seat.enrolment == enrolment and seat.state == "booked" and to_come:
            seat.state = "released"
            world.say("seat_released")
    lists.serve(world)


def _refuse_actor(
    world: World, actor: str, partner: str, sessions: list[str], person: str, overbook: bool
) -> None:
    may = rules.places(world, actor, partner, sessions) and rules.knows(world, actor, person)
    refuse(not_allowed(may, not overbook or rules.overbooks(actor, partner)))


def _not_booked(seat: Seat) -> set[str]:
    return set() if seat.state == "booked" else {"NotActive"}
