"""Everybody comes along when a session is added or moved, or it is said who could not. Call with
everything held (booking.holding)."""

from __future__ import annotations

from collections.abc import Iterator

from booking import access, seating
from booking.errors import (
    BookingError,
    CannotCarry,
    Misfit,
    NotAdvised,
    NotPossibleHere,
    Overlaps,
    VictimsOnly,
)
from booking.holding import Held
from booking.models import (
    Participant,
    Session,
)
from booking.seatmap import SeatMap


def breaches(held: Held, session: Session) -> dict[int, set[type[BookingError]]]:
    """Person → the rules that their seat in this session breaks as it is now in memory."""
    seatmap = held.seatmap
    return {
        pk: {type(one) for one in _breaches(seatmap, session, held.people[pk])}
        for pk in seatmap.seated[session.pk]
    }


def still_standing(
    broken: dict[int, set[type[BookingError]]], *, elsewhere: bool, at_another_time: bool
) -> dict[int, set[type[BookingError]]]:
    """What of these a move leaves as it was. Another venue that is kept for victims is broken
    anew (domain rule 3), and somebody may be near at another place or hour who was not before."""
    anew: set[type[BookingError]] = {VictimsOnly, NotAdvised} if elsewhere else set()
    anew |= {NotAdvised} if at_another_time else set()
    return {pk: kinds - anew for pk, kinds in broken.items()}


def misfits(
    held: Held,
    session: Session,
    *,
    beside: dict[int, set[type[BookingError]]],
    anyway: bool,
) -> list[Misfit]:
    """Who of those seated cannot stay in this session as it is now in memory, and why: what they
    break beside what they broke before."""
    found = []
    for pk in held.seatmap.seated[session.pk]:
        person = held.people[pk]
        for reason in _breaches(held.seatmap, session, person):
            told = isinstance(reason, NotAdvised) and anyway
            if type(reason) not in beside.get(pk, ()) and not told:
                found.append(Misfit(person, reason))
                break
    return found


def _breaches(seatmap: SeatMap, session: Session, person: Participant) -> Iterator[BookingError]:
    if seatmap.clashes[session.pk, person.pk] - {session.pk}:
        yield Overlaps()
    yield from seating.breaches(seatmap, session, person)
    if (advice := seating.near(seatmap, session, person)) is not None:
        yield advice


def refuse_misfits(by: access.Actor, misfits: list[Misfit]) -> None:
    """Raise what stands in the way of these, as far as the actor may be told."""
    if misfits:
        raise told(by, refusal(by, misfits))


def refusal(by: access.Actor, misfits: list[Misfit]) -> BookingError:
    """What stands in the way of these. What must not be found out names nobody to a partner: then
    it is the bare NotPossibleHere or NotAdvised, else a CannotCarry, not to be shown before
    `told`."""
    if by is None or access.scope(by).network:
        return CannotCarry(misfits)
    for one in misfits:
        if isinstance(one.reason, NotPossibleHere):
            return one.reason
    plain = [one for one in misfits if not isinstance(one.reason, NotAdvised)]
    return CannotCarry(plain) if plain else NotAdvised()


def told(by: access.Actor, refused: BookingError) -> BookingError:
    """The same for the actor's eyes: somebody whose record they may not open is counted only."""
    if not isinstance(refused, CannotCarry) or by is None or access.scope(by).network:
        return refused
    people = [one.participant.pk for one in refused.misfits]
    visible = Participant.objects.visible_to(by).filter(pk__in=people)
    known = set(visible.values_list("pk", flat=True))
    shown = [one for one in refused.misfits if one.participant.pk in known]
    return CannotCarry(shown, others=len(refused.misfits) - len(shown))
