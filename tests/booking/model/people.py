"""Who comes, who must not meet whom, what a partner decides about its offers."""

from __future__ import annotations

from datetime import date

from tests.booking.model import lists, rules
from tests.booking.model.rules import not_allowed
from tests.booking.model.world import Person, Referral, World, refuse


def register(world: World, *, actor: str) -> None:
    """Somebody whom nobody knows yet; any admin may."""
    world.add("people", Person(registered_by=actor))
    world.say("participant_registered")


def record_referral(world: World, *, actor: str, row: Referral) -> None:
    refuse(not_allowed(rules.manages(actor, row.partner), rules.knows(world, actor, row.person)))
    backwards = row.deadline is not None and row.deadline < row.on
    hidden = (row.person, row.partner) in world.hidden
    refuse(
        ({"Invalid"} if backwards else set())
        | ({"NotPossibleHere"} if hidden else set())
        | _merged(world, row.person)
    )
    said = (row.person, row.partner, row.service, row.on)
    if all((r.person, r.partner, r.service, r.on) != said for r in world.referrals.values()):
        world.add("referrals", row)
        world.say("referral_recorded")


def _merged(world: World, *people: str) -> set[str]:
    """A record that went into another one is changed no more."""
    return {"Merged"} if any(world.people[one].merged_into for one in people) else set()


def keep_apart(world: World, *, actor: str, first: str, second: str) -> None:
    refuse(not_allowed(rules.coordinates(actor)))
    refuse(({"Invalid"} if first == second else set()) | _merged(world, first, second))
    pair = frozenset((first, second))
    if pair not in world.apart:
        world.apart.add(pair)
        world.say("safety_changed")


def let_meet(world: World, *, actor: str, pair: frozenset[str]) -> None:
    refuse(not_allowed(rules.coordinates(actor)))
    world.apart.remove(pair)
    world.say("safety_changed")
    lists.serve(world)


def hide_from(world: World, *, actor: str, person: str, partner: str) -> None:
    refuse(not_allowed(rules.coordinates(actor)))
    refuse(_merged(world, person))
    if (person, partner) not in world.hidden:
        world.hidden.add((person, partner))
        world.say("safety_changed")


def show_to(world: World, *, actor: str, person: str, partner: str) -> None:
    refuse(not_allowed(rules.coordinates(actor)))
    if (person, partner) in world.hidden:
        world.hidden.remove((person, partner))
        world.say("safety_changed")
        lists.serve(world)


def hold_back(world: World, *, actor: str, person: str, day: date | None) -> None:
    refuse(not_allowed(rules.knows(world, actor, person)))
    refuse(_merged(world, person))
    if world.people[person].not_before != day:
        world.people[person].not_before = day
        world.say("safety_changed")
        lists.serve(world)


def reserve_venue(world: World, *, actor: str, venue: str, victims_only: bool) -> None:
    row = world.venues[venue]
    refuse(not_allowed(rules.manages(actor, row.partner)))
    if row.victims_only != victims_only:
        row.victims_only = victims_only
        world.say("safety_changed")
        lists.serve(world)


def set_offer_policy(
    world: World, *, actor: str, partner: str, hours: int, confirmed: bool
) -> None:
    refuse(not_allowed(rules.manages(actor, partner)))
    refuse({"Invalid"} if not 1 <= hours <= 24 * 14 else set())
    row = world.partners[partner]
    if (row.hours, row.confirmed) != (hours, confirmed):
        row.hours, row.confirmed = hours, confirmed
        world.say("policy_changed")


def require_interview(world: World, *, actor: str, service: str, required: bool) -> None:
    refuse(not_allowed(rules.coordinates(actor)))
    row = world.services[service]
    if row.interview_first != required:
        row.interview_first = required
        world.say("policy_changed")
        # A whole network's lists are not locked for it.
        world.for_the_clock = not required
