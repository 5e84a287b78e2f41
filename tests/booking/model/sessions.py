"""Opening, changing, moving and cancelling sessions."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.booking.model import lists, rules
from tests.booking.model.rules import not_allowed
from tests.booking.model.world import Programme, Refused, Seat, Session, World, refuse


def open_programme(
    world: World, *, actor: str, partner: str, service: str, kind: str, late_joining: bool
) -> None:
    refuse(not_allowed(rules.manages(actor, partner)))
    refuse({"Invalid"} if kind == "course" and late_joining else set())
    world.add("programmes", Programme(partner, service, kind, late_joining))
    world.say("programme_opened")


def open_session(world: World, *, actor: str, row: Session, anyway: bool = False) -> None:
    _refuse_kind(world, actor, row)
    _offers_end_in_time(world, _open(world, actor, row, anyway=anyway))
    lists.serve(world)


def open_sessions(world: World, *, actor: str, rows: list[Session], anyway: bool = False) -> None:
    """Each as if those before it were there; one that is refused leaves nothing."""
    for row in rows:
        _refuse_kind(world, actor, row)
    opened = []
    for row in rows:
        before = dict(world.sessions), dict(world.seats), world.said.copy()
        try:
            opened.append(_open(world, actor, row, anyway=anyway))
        except Refused as why:
            world.sessions, world.seats, world.said = before
            world.refused.append((row.start, why.names))
    for name in opened:
        _offers_end_in_time(world, name)
    lists.serve(world)


def discard_sessions(world: World, *, actor: str, sessions: set[str]) -> None:
    """What nobody ever used: no seat, however it ended, and nobody on its list."""
    refuse(*(not_allowed(rules.manages(actor, world.sessions[k].partner)) for k in sessions))
    used = {seat.session for seat in world.seats.values()}
    used |= {wait.session for wait in world.waits.values() if wait.session}
    for name in sessions - used:
        row = world.sessions[name]
        if not rules.moment(world, row):
            row.cancelled = row.discarded = True
            row.revision += 1
            world.say("session_discarded")
    lists.serve(world)


def _refuse_kind(world: World, actor: str, row: Session) -> None:
    refuse(not_allowed(rules.manages(actor, row.partner)))
    service = world.programmes[row.programme].service if row.programme else row.service
    refuse(
        ({"Invalid"} if service != row.service else set())
        | _wrong_times(row.start, row.end)
        | _wrong_size(row.capacity, row.allowance)
        | _foreign(world, row.partner, row.venue, row.leaders, row.programme)
    )


def _open(world: World, actor: str, row: Session, *, anyway: bool) -> str:
    """With everybody who is enrolled, or not at all."""
    refuse(
        _busy(world, row.leaders, row.start, row.end, but=None)
        | _long_course(world, row.programme, row.start, row.end, but=None)
    )
    enrolled = list(world.standing(row.programme).items()) if row.programme else []
    if enrolled and row.start <= world.now:
        raise Refused({"TooLate"})
    name = world.add("sessions", row)
    world.say("session_opened")
    misfits: dict[str, str] = {}
    for key, enrolment in enrolled:
        full = not rules.room(world, name)
        why = rules.first(rules.reasons(world, name, enrolment.person, anyway=anyway, full=full))
        if why:
            misfits[enrolment.person] = why.pop()
            continue
        offered = enrolment.state == "offered"
        world.add("seats", Seat(name, enrolment.person, "held" if offered else "booked", key))
        world.say("seat_offered" if offered else "seat_booked")
    refuse_misfits(world, actor, misfits)
    return name


def move_session(
    world: World,
    *,
    actor: str,
    session: str,
    start: datetime | None = None,
    end: datetime | None = None,
    venue: str | None = None,
    leaders: set[str] | None = None,
    anyway: bool = False,
) -> None:
    row = world.sessions[session]
    refuse(not_allowed(rules.manages(actor, row.partner)))
    refuse(rules.moment(world, row))
    starts = start or row.start
    ends = end or starts + (row.end - row.start)
    led = row.leaders if leaders is None else leaders
    refuse(
        _wrong_times(starts, ends)
        | ({"Invalid"} if starts <= world.now else set())
        | _foreign(world, row.partner, venue or row.venue, led, None)
        | _busy(world, led, starts, ends, but=session)
        | _long_course(world, row.programme, starts, ends, but=session)
    )
    standing = {one: _breaches(world, session, one) for one in _people(world, session)}
    before = (row.start, row.end, row.venue)
    same = led == row.leaders
    row.start, row.end, row.venue, row.leaders = starts, ends, venue or row.venue, set(led)
    misfits = {}
    anew = {"VictimsOnly", "NotAdvised"} if before[2] != row.venue else set()
    anew |= {"NotAdvised"} if before[:2] != (starts, ends) else set()
    for one, broken in standing.items():
        # What their seat broke before, because the rule is younger, does not stand in the way;
        # another venue for victims does, and whoever is near at another place or hour.
        known = set(broken) - anew
        new = [w for w in _breaches(world, session, one) if w not in known]
        new = [w for w in new if not (anyway and w == "NotAdvised")]
        if new:
            misfits[one] = new[0]
    refuse_misfits(world, actor, misfits)
    moved = before != (row.start, row.end, row.venue)
    if not moved and same:
        return
    row.revision += moved
    world.say("session_moved")
    _offers_end_in_time(world, session)
    lists.serve(world)


def change_seats(
    world: World,
    *,
    actor: str,
    session: str,
    capacity: int | None,
    allowance: int | None,
    reason: str = "",
    anyway: bool = False,
) -> None:
    row = world.sessions[session]
    refuse(not_allowed(rules.manages(actor, row.partner)))
    refuse(rules.moment(world, row))
    taken = len(world.seated(session))
    seats = row.capacity if capacity is None else capacity
    more = max(0, (row.allowance if allowance is None else allowance) - row.allowance)
    if more:
        refuse(not_allowed(rules.overbooks(actor, row.partner)))
        refuse(set() if reason.strip() else {"Invalid"})
    warned = {"BelowSeated"} if seats < min(taken, row.capacity) and not anyway else set()
    extra = row.allowance if allowance is None else allowance
    refuse(warned | _wrong_size(seats, extra))
    if (seats, extra) == (row.capacity, row.allowance):
        return
    row.capacity, row.allowance = seats, extra
    world.say("seats_changed")
    # So many more than now, and never more than the allowance.
    beyond = min(extra, max(0, taken - seats) + more) if more else 0
    lists.serve(world, {session: beyond})


def refuse_misfits(world: World, actor: str, misfits: dict[str, str]) -> None:
    """Everybody comes along, or nobody. A partner is not told of whom a rule speaks that must not
    be found out, nor of somebody whose record it may not open."""
    if not misfits:
        return
    if rules.coordinates(actor):
        raise Refused({"CannotCarry"}, misfits=(set(misfits), set(misfits)))
    if "NotPossibleHere" in misfits.values():
        raise Refused({"NotPossibleHere"})
    plain = {one for one, why in misfits.items() if why != "NotAdvised"}
    shown = {one for one in plain if rules.knows(world, actor, one)}
    raise Refused({"CannotCarry"} if plain else {"NotAdvised"}, misfits=(shown, shown))


def _people(world: World, session: str) -> list[str]:
    return [seat.person for seat in world.seated(session).values()]


def _breaches(world: World, session: str, person: str) -> list[str]:
    return [why for tier in rules.reasons(world, session, person) for why in tier]


def _offers_end_in_time(world: World, session: str) -> None:
    """No offer holds past the day before the start, wherever the start went."""
    for name, wait in world.waits.items():
        here = any(world.seats[k].session == session for k in lists.held_seats(world, name))
        if here and wait.state == "offered" and wait.until is not None:
            wait.until = min(wait.until, world.sessions[session].start - lists.LAST_CALL)


def _wrong_times(start: datetime, end: datetime) -> set[str]:
    return set() if timedelta() < end - start <= timedelta(hours=24) else {"Invalid"}


def _wrong_size(capacity: int, allowance: int) -> set[str]:
    return (
        set() if capacity >= 1 and allowance >= 0 and capacity + allowance <= 200 else {"Invalid"}
    )


def _foreign(
    world: World, partner: str, venue: str, leaders: set[str], programme: str | None
) -> set[str]:
    ours = world.venues[venue].partner == partner
    ours = ours and all(world.leaders[one] == partner for one in leaders)
    ours = ours and (programme is None or world.programmes[programme].partner == partner)
    return set() if ours else {"Invalid"}


def _busy(
    world: World, leaders: set[str], start: datetime, end: datetime, *, but: str | None
) -> set[str]:
    led = [
        s for k, s in world.sessions.items() if k != but and not s.cancelled and s.leaders & leaders
    ]
    return {"PractitionerBusy"} if any(s.start < end and start < s.end for s in led) else set()


def _long_course(
    world: World, programme: str | None, start: datetime, end: datetime, *, but: str | None
) -> set[str]:
    others = [world.sessions[k] for k in world.planned(programme) if k != but] if programme else []
    times = [*((s.start, s.end) for s in others), (start, end)]
    return {"Invalid"} if rules.too_long(world, programme, times) else set()
