"""Who may search, and for whom: booking.access says it, the finder says it once more in SQL."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
import time_machine

from booking.errors import Merged, NotAllowed
from booking.models import Assignment, HiddenFrom, JournalEntry, Membership, Participant, User
from booking.models.journal import Verb
from booking.models.staff import Role
from booking.queries.finder import Search, find, first_days
from booking.queries.finding import facts
from tests import factories
from tests.booking.queries import rows
from tests.booking.queries.towns import NOW, Town, town
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db
_NOW = paris("2026-11-23 08:45")
_LONG_AGO = NOW - timedelta(days=731)


def _search() -> Search:
    return Search(services=frozenset({factories.service().pk}))


def _place(cast: Cast) -> int:
    return rows.bare(cast.ours, paris("2026-12-01 18:00")).pk


@time_machine.travel(_NOW, tick=False)
def test_admins_and_the_coordination_may_search(cast: Cast) -> None:
    place = _place(cast)
    for by in (cast.admin, cast.coordinator, None):
        found = find(by, cast.hamel, _search(), now=_NOW)
        assert [one.session.pk for one in found.places] == [place]


@time_machine.travel(_NOW, tick=False)
def test_nobody_else_may_search(cast: Cast) -> None:
    session = rows.bare(cast.ours, paris("2026-11-22 18:00"))
    rows.seat(session, cast.hamel)
    Assignment.objects.create(
        session=session,
        practitioner=cast.practitioner,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
    )
    for by in (cast.doctor, cast.observer, factories.user()):
        for ask in (find, first_days):
            with pytest.raises(NotAllowed):
                ask(by, cast.hamel, _search(), now=_NOW)


@time_machine.travel(_NOW, tick=False)
def test_a_record_of_somebody_else_is_as_missing(cast: Cast) -> None:
    gone = Participant(pk=10**9)
    for person in (cast.hamel, gone):
        with pytest.raises(NotAllowed):
            find(cast.stranger, person, _search(), now=_NOW)


@time_machine.travel(_NOW, tick=False)
def test_a_merged_record_finds_nothing(cast: Cast) -> None:
    double = factories.participant(merged_into=cast.hamel)
    factories.referral(double, cast.ours)
    with pytest.raises(Merged):
        find(cast.coordinator, double, _search(), now=_NOW)
    with pytest.raises(NotAllowed):
        find(cast.admin, double, _search(), now=_NOW)


@time_machine.travel(_NOW, tick=False)
def test_an_admin_who_leads_sessions_elsewhere_searches_for_those_people(cast: Cast) -> None:
    place = _place(cast)
    leader = factories.practitioner(cast.theirs, cast.admin)
    session = rows.bare(cast.theirs, paris("2026-11-22 18:00"))
    person = factories.participant()
    rows.seat(session, person)
    Assignment.objects.create(
        session=session,
        practitioner=leader,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
    )
    with pytest.raises(NotAllowed):
        find(cast.admin, person, _search(), now=_NOW)
    Membership.objects.create(user=cast.admin, role=Role.PRACTITIONER, partner=cast.theirs)
    again = User.objects.get(pk=cast.admin.pk)
    assert find(again, person, _search(), now=_NOW).places[0].session.pk == place


@time_machine.travel(_NOW, tick=False)
def test_whoever_registered_somebody_searches_until_they_are_sent_elsewhere(cast: Cast) -> None:
    person = factories.participant()
    JournalEntry.objects.create(
        at=_NOW, actor=cast.admin, verb=Verb.PARTICIPANT_REGISTERED, participant=person
    )
    find(cast.admin, person, _search(), now=_NOW)
    factories.referral(person, cast.theirs)
    with pytest.raises(NotAllowed):
        find(cast.admin, person, _search(), now=_NOW)


@time_machine.travel(_NOW, tick=False)
def test_the_deadline_of_another_partner_s_mandate_is_not_told(cast: Cast) -> None:
    deadline = _NOW.date() + timedelta(days=20)
    mandate = factories.referral(cast.hamel, cast.theirs, deadline=deadline)
    told = find(cast.coordinator, cast.hamel, _search(), now=_NOW)
    assert (told.latest, told.mandate) == (deadline, mandate.pk)
    kept = find(cast.admin, cast.hamel, _search(), now=_NOW)
    assert (kept.latest, kept.mandate, kept.deadline) == (None, None, None)


@pytest.mark.parametrize("seed", range(3))
@time_machine.travel(NOW, tick=False)
def test_the_finder_opens_the_records_that_access_opens(seed: int) -> None:
    there = town(seed)
    dice = random.Random(seed)  # noqa: S311 - the same town again, no secret
    accounts = [_account(there, dice) for _n in range(8)]
    _past(there, dice, accounts)
    for account in accounts:
        seen = set(Participant.objects.visible_to(account).values_list("pk", flat=True))
        assert seen == {one.pk for one in there.people if _seen(account, one)}


def _seen(account: User, person: Participant) -> bool:
    return facts.read(account, person, _search(), NOW).seen


def _account(there: Town, dice: random.Random) -> User:
    """An admin of one or two partners, who may lead sessions at any."""
    made = factories.user()
    for partner in dice.sample(there.partners, dice.choice((1, 1, 2))):
        Membership.objects.create(user=made, role=Role.ADMIN, partner=partner)
    for partner in there.partners:
        if dice.random() < 0.4:
            Membership.objects.create(user=made, role=Role.PRACTITIONER, partner=partner)
        if dice.random() < 0.4:
            leader = factories.practitioner(partner, made)
            session = dice.choice(list(partner.sessions.order_by("pk")))
            Assignment.objects.create(
                session=session,
                practitioner=leader,
                starts_at=session.starts_at,
                ends_at=session.ends_at,
            )
    return made


def _past(there: Town, dice: random.Random, accounts: list[User]) -> None:
    """People whom somebody registered and who were sent to nobody; contacts of two years ago."""
    for n in range(8):
        person = factories.participant()
        there.people.append(person)
        JournalEntry.objects.create(
            at=_around(n),
            actor=dice.choice(accounts),
            verb=Verb.PARTICIPANT_REGISTERED,
            participant=person,
        )
        if n % 3 == 0:
            HiddenFrom.objects.create(participant=person, partner=dice.choice(there.partners))
    for n in range(8):
        person, partner = factories.participant(), dice.choice(there.partners)
        there.people.append(person)
        factories.referral(person, partner, referred_on=_around(n).date())
        other = factories.participant()
        there.people.append(other)
        rows.seat(rows.bare(partner, _around(n) - timedelta(hours=2)), other)


def _around(n: int) -> datetime:
    """About the moment before which nothing counts any more."""
    return _LONG_AGO + timedelta(hours=(n - 4) * 6)
