"""Who may do what, and who may sit where (domain.md, rules 1 to 7)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta

from tests.booking.model.world import ACTIVE, HOME, PARIS, Session, World, refuse

#: People who must not meet are kept so far apart in time at one address.
MARGIN = timedelta(minutes=60)


def manages(actor: str, partner: str) -> bool:
    return actor not in HOME or HOME[actor] == partner


def places(world: World, actor: str, partner: str, sessions: Collection[str]) -> bool:
    """Everybody is an admin somewhere, and seats people elsewhere in what is open to the network."""
    every = bool(sessions) and all(world.sessions[one].open for one in sessions)
    return manages(actor, partner) or every


def foreign(
    world: World, actor: str, referral: str | None, person: str, at: str, service: str
) -> set[str]:
    """A referral is the person's, to a partner of the actor's: to the one where the seat is, or
    for the very service."""
    if referral is None:
        return set()
    row = world.referrals[referral]
    fits = row.partner == at or row.service == service
    theirs = row.person == person and manages(actor, row.partner)
    return set() if fits and theirs else {"Invalid"}


def coordinates(actor: str) -> bool:
    return actor not in HOME


def overbooks(actor: str, partner: str) -> bool:
    return actor not in HOME or (actor == "keen" and HOME[actor] == partner)


def knows(world: World, actor: str, person: str) -> bool:
    """Through a referral to one's partner, or a seat there, unless hidden from it; whom one
    registered, until somebody is told of them."""
    if actor not in HOME:
        return True
    home = HOME[actor]
    if (person, home) in world.hidden or world.people[person].merged_into:
        return False
    sent_to = {r.partner for r in world.referrals.values() if r.person == person}
    fresh = world.people[person].registered_by == actor and not sent_to
    return (
        fresh
        or home in sent_to
        or any(
            s.person == person and world.sessions[s.session].partner == home
            for s in world.seats.values()
        )
    )


def not_allowed(*granted: bool) -> set[str]:
    return set() if all(granted) else {"NotAllowed"}


def moment(world: World, session: Session) -> set[str]:
    """Nothing changes in what is cancelled or has begun."""
    wrong = {"SessionCancelled"} if session.cancelled else set()
    return wrong | ({"TooLate"} if session.start <= world.now else set())


def meet_in_time(one: Session, other: Session, margin: timedelta = timedelta()) -> bool:
    """One may begin when the other ends."""
    return one.start < other.end + margin and other.start < one.end + margin


def mates(world: World, person: str) -> set[str]:
    """Whom this person must not meet."""
    return {one for pair in world.apart if person in pair for one in pair if one != person}


def elsewhere(world: World, person: str, but: str) -> list[Session]:
    """Where else this person has a place."""
    seats = [s for s in world.seats.values() if s.person == person and s.state in ACTIVE]
    return [world.sessions[s.session] for s in seats if s.session != but]


def interviewed(world: World, person: str, before: datetime) -> bool:
    return any(
        world.services[world.sessions[s.session].service].interview
        and world.sessions[s.session].end <= before
        for s in world.seats.values()
        if s.person == person and s.state == "booked"
    )


def unfit(world: World, name: str, person: str) -> list[set[str]]:
    """Why this person must not sit there at all; last what must not be found out."""
    session, who = world.sessions[name], world.people[person]
    service = world.services[session.service]
    there = {seat.person for seat in world.seated(name).values()}
    unsafe = (person, session.partner) in world.hidden or mates(world, person) & there
    early = who.not_before is not None and session.day < who.not_before
    unprepared = (
        service.interview_first
        and not service.interview
        and not interviewed(world, person, session.start)
    )
    return [
        {"Merged"} if who.merged_into else set(),
        {"VictimsOnly"} if world.venues[session.venue].victims_only else set(),
        {"TooEarly"} if early else set(),
        {"InterviewFirst"} if unprepared else set(),
        {"NotPossibleHere"} if unsafe else set(),
    ]


def near(world: World, name: str, person: str) -> bool:
    """Somebody whom this person must not meet comes to the same address within the hour."""
    session = world.sessions[name]
    address = world.venues[session.venue].address
    return any(
        world.venues[other.venue].address == address and meet_in_time(session, other, MARGIN)
        for mate in mates(world, person)
        for other in elsewhere(world, mate, name)
    )


def reasons(
    world: World,
    name: str,
    person: str,
    *,
    anyway: bool = False,
    here: bool = False,
    full: bool = False,
) -> list[set[str]]:
    """Why this person should not have a place there, whether or not they have one now: first what
    everybody can see, last what must not be found out."""
    session = world.sessions[name]
    clash = any(meet_in_time(session, other) for other in elsewhere(world, person, name))
    advised = anyway or not near(world, name, person)
    merged, *rest = unfit(world, name, person)
    return [
        merged,
        {"AlreadySeated"} if here else {"Overlaps"} if clash else set(),
        {"SessionFull"} if full else set(),
        *rest,
        set() if advised else {"NotAdvised"},
    ]


def first(tiers: list[set[str]]) -> set[str]:
    return next((names for names in tiers if names), set())


def room(world: World, name: str, beyond: int = 0) -> bool:
    return len(world.seated(name)) < world.sessions[name].capacity + beyond


def refuse_seat(world: World, name: str, person: str, *, anyway: bool, beyond: int) -> None:
    here = any(seat.person == person for seat in world.seated(name).values())
    full = not room(world, name, beyond)
    refuse(*reasons(world, name, person, anyway=anyway, here=here, full=full))


def joinable(world: World, programme: str) -> bool:
    """A course that began is never joined, another group only where it allows that."""
    row = world.programmes[programme]
    begun = any(world.sessions[k].start <= world.now for k in world.planned(programme))
    return not row.enrols or row.late_joining or not begun


def too_long(world: World, programme: str | None, times: list[tuple[datetime, datetime]]) -> bool:
    """A course takes at most 6 hours a day, and a month (Code pénal R131-36)."""
    if programme is None or world.programmes[programme].kind != "course":
        return False
    days: dict[date, timedelta] = {}
    for start, end in times:
        day = start.astimezone(PARIS).date()
        days[day] = days.get(day, timedelta()) + (end - start)
    span = min(days) + relativedelta(months=1)
    return max(days.values()) > timedelta(hours=6) or span < max(days)
