"""Who is told that two records may be one person, and how much."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking import doubles as rules
from booking.actions.merge import merge
from booking.actions.tell_apart import tell_apart
from booking.errors import Invalid, LooksKnown, Merged, NotAllowed
from booking.models import (
    Enrolment,
    JournalEntry,
    Participant,
    Partner,
    Service,
    Session,
    TwoPeople,
    User,
)
from booking.models.partner import ServiceFamily
from booking.models.person import PhoneState
from booking.models.programme import ProgrammeKind
from booking.queries.doubles import Reason, doubles, known_elsewhere
from tests import factories
from tests.booking.seats import seat
from tests.cast import Cast

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
BORN = date(1974, 2, 26)


def person(last: str, first: str, phone: str = "", **fields: Any) -> Participant:
    state = PhoneState.CONFIRMED if phone else PhoneState.NONE
    values = {"phone": phone, "phone_state": state, "birth_date": BORN, **fields}
    return factories.participant(last_name=last, first_name=first, **values)


def alike(who: Participant) -> list[int]:
    return sorted(rules.looks_like(who).values_list("pk", flat=True))


def told(cast: Cast) -> list[tuple[int, int, tuple[str, ...], bool]]:
    pairs = doubles(cast.coordinator, timezone.now())
    return [(p.first.pk, p.second.pk, p.reasons, p.both_followed) for p in pairs]


def test_names_exchanged_and_a_number_look_alike_in_one_query() -> None:
    who = person("D'Almeida", "Ismaël", "+33639980182")
    same = person("DALMEIDA", "ISMAEL")
    exchanged = person("Ismael", "d'Almeida")
    number = person("Autre", "Nom", "+33639980182", birth_date=date(1980, 1, 1))
    person("D'Almeida", "Ismaël", birth_date=date(1974, 2, 27))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert alike(who) == [same.pk, exchanged.pk, number.pk]
    assert len(queries) == 1
    assert alike(number) == [who.pk]


def test_no_number_and_a_wrong_number_are_no_likeness() -> None:
    for name in ("Un", "Deux"):
        person(name, "Paul")
    right = person("Trois", "Paul", "+33639980182")
    wrong = person("Quatre", "Paul", "+33639980182", phone_state=PhoneState.WRONG)
    assert (alike(right), alike(wrong)) == ([], [])


def test_two_people_told_apart_are_no_longer_alike(cast: Cast) -> None:
    one, other = person("Diallo", "Awa"), person("Diallo", "Awa")
    row = tell_apart(by=cast.coordinator, now=NOW, first=other, second=one)
    again = tell_apart(by=None, now=NOW, first=one, second=other)
    assert (again, alike(one), alike(other)) == (row, [], [])
    assert told(cast) == []
    [entry] = JournalEntry.objects.filter(verb="people_told_apart")
    assert (entry.participant, entry.facts) == (
        None,
        {"two_people": row.pk, "first": one.pk, "second": other.pk},
    )


def test_telling_apart_is_refused_where_it_makes_no_sense(cast: Cast) -> None:
    one, other = person("Diallo", "Awa"), person("Diallo", "Awa")
    with pytest.raises(NotAllowed):
        tell_apart(by=cast.admin, now=NOW, first=one, second=other)
    with pytest.raises(Invalid):
        tell_apart(by=None, now=NOW, first=one, second=one)
    merge(by=None, now=NOW, keep=one, absorb=other)
    with pytest.raises(Merged):
        tell_apart(by=None, now=NOW, first=one, second=other)
    assert TwoPeople.objects.count() == 0


def test_somebody_known_at_another_partner_only_is_said_to_be_known(cast: Cast) -> None:
    one, other = person("Diallo", "Awa"), person("Awa", "Diallo")
    factories.referral(one, cast.ours)
    assert known_elsewhere(one, cast.admin)  # A record that this account may not see.
    factories.referral(other, cast.ours)
    assert not known_elsewhere(one, cast.admin)  # Both are theirs: they can see for themselves.
    factories.referral(other, cast.theirs)
    assert known_elsewhere(one, cast.admin)
    assert known_elsewhere(one, cast.coordinator)
    assert not known_elsewhere(one, cast.stranger)  # May not see the person they ask about.
    assert not known_elsewhere(one, cast.observer)


def test_a_seat_elsewhere_counts_as_followed_until_it_is_released(cast: Cast) -> None:
    one, other = person("Diallo", "Awa"), person("Diallo", "Awa")
    for who in (one, other):
        factories.referral(who, cast.ours)
    taken = seat(other, factories.session(cast.theirs))
    assert known_elsewhere(one, cast.admin)
    taken.state = "released"
    taken.save()
    assert not known_elsewhere(one, cast.admin)


def test_who_looks_known_is_refused_softly_and_nothing_is_told(cast: Cast) -> None:
    one, _other = person("Diallo", "Awa"), person("Awa", "Diallo")
    factories.referral(one, cast.ours)
    with pytest.raises(LooksKnown) as warned:
        rules.refuse_known(by=cast.admin, who=one)
    assert not any(word in str(warned.value) for word in ("Awa", "Diallo", cast.theirs.name))
    rules.refuse_known(by=cast.admin, who=one, anyway=True)
    rules.refuse_known(by=None, who=one)
    with CaptureQueriesContext(connection) as queries, pytest.raises(LooksKnown):
        rules.refuse_known(by=cast.admin, who=one)
    assert len(queries) == 1


def warns(by: User, who: Participant, service: Service, partner: Partner | None = None) -> bool:
    try:
        rules.refuse_known(by=by, who=who, service=service, partner=partner)
    except LooksKnown:
        return True
    return False


def test_a_seat_in_a_group_elsewhere_warns_of_another_group(cast: Cast) -> None:
    group, course = factories.service(), factories.service(ServiceFamily.COURSE)
    other_group = factories.service(name="Groupe du soir", letter="S")
    taken = seat(cast.hamel, factories.session(cast.theirs))
    told = [warns(cast.admin, cast.hamel, one) for one in (group, other_group, course)]
    assert told == [True, True, False]
    rules.refuse_known(by=cast.admin, who=cast.hamel)
    rules.refuse_known(by=cast.admin, who=cast.hamel, service=group, anyway=True)
    rules.refuse_known(by=None, who=cast.hamel, service=group)
    taken.state = "released"
    taken.save()
    assert not warns(cast.admin, cast.hamel, group)


def test_a_follow_up_elsewhere_warns_of_nothing(cast: Cast) -> None:
    psychology = factories.service(ServiceFamily.PSYCHOLOGY)
    seat(cast.hamel, factories.session(cast.theirs, service=psychology, capacity=1))
    assert not warns(cast.admin, cast.hamel, psychology)


@pytest.mark.parametrize(("state", "warned"), [("offered", True), ("withdrawn", False)])
def test_an_enrolment_elsewhere_warns_while_it_stands(cast: Cast, state: str, warned: bool) -> None:
    course = factories.service(ServiceFamily.COURSE)
    made = factories.programme(cast.theirs, ProgrammeKind.COURSE, service=course)
    Enrolment.objects.create(programme=made, participant=cast.hamel, state=state)
    assert not warns(cast.admin, cast.hamel, course)  # Nothing to come.
    factories.session(cast.theirs, service=course, programme=made)
    assert warns(cast.admin, cast.hamel, course) == warned


def test_the_coordination_is_warned_of_another_partner_than_the_one_booked(cast: Cast) -> None:
    seat(cast.hamel, factories.session(cast.theirs))
    told = [
        warns(cast.coordinator, cast.hamel, factories.service(), one)
        for one in (cast.theirs, cast.ours)
    ]
    assert told == [False, True]


def test_the_second_look_is_one_query(cast: Cast) -> None:
    seat(cast.hamel, factories.session(cast.theirs))
    service = factories.service()
    warns(cast.admin, cast.hamel, service)  # The account's memberships are read once.
    with CaptureQueriesContext(connection) as queries:
        assert warns(cast.admin, cast.hamel, service, cast.ours)
    assert len(queries) == 2


def test_only_the_coordination_sees_the_list(cast: Cast) -> None:
    for _ in range(2):
        factories.referral(person("Diallo", "Awa"), cast.ours)
    for nobody in (cast.admin, cast.doctor, cast.observer):
        assert doubles(nobody, NOW) == []
    assert len(doubles(cast.coordinator, NOW)) == 1


def test_each_pair_is_listed_once_with_its_reasons(cast: Cast) -> None:
    one = person("Diallo", "Awa", "+33639980182")
    two = person("Diallo", "Awa", "+33639980182")
    three = person("Awa", "Diallo")
    assert told(cast) == [
        (one.pk, two.pk, (Reason.NAMES, Reason.PHONE), False),
        (two.pk, three.pk, (Reason.EXCHANGED,), False),
        (one.pk, three.pk, (Reason.EXCHANGED,), False),
    ]
    merge(by=None, now=timezone.now(), keep=one, absorb=two)
    assert told(cast) == [(one.pk, three.pk, (Reason.EXCHANGED,), False)]


def test_those_followed_twice_for_the_same_come_first(cast: Cast) -> None:
    group, talk = factories.session(cast.ours), factories.session(cast.theirs)
    psychology = factories.service(ServiceFamily.PSYCHOLOGY)
    alone = factories.session(cast.theirs, service=psychology, capacity=1)
    pairs = [[person(name, "Awa"), person(name, "Awa")] for name in ("Un", "Deux", "Trois")]
    seats: list[tuple[Participant, Session]] = [
        *((pairs[0][0], group), (pairs[0][1], talk)),
        *((pairs[1][0], group), (pairs[1][1], alone)),
    ]
    for number, (who, session) in enumerate(seats, start=1):
        seat(who, session, number=min(number, session.capacity))
    assert [(first, both) for first, _, _, both in told(cast)] == [
        (pairs[0][0].pk, True),
        (pairs[2][0].pk, False),
        (pairs[1][0].pk, False),
    ]


def test_a_number_that_many_share_is_no_sign(cast: Cast) -> None:
    for n in range(6):
        person(f"Foyer{'abcdef'[n]}", "Paul", "+33639980199")
    assert told(cast) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_as_many_queries_for_many_as_for_one(cast: Cast, rows: int) -> None:
    for n in range(rows):
        for _ in range(2):
            seat(person(f"Nom{n}", "Awa"), factories.session(cast.ours))
    with CaptureQueriesContext(connection) as queries:
        assert len(doubles(cast.coordinator, timezone.now())) == rows
    assert len(queries) == 6
