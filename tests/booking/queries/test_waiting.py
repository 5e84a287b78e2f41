from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from booking.models import HiddenFrom, Participant, Session
from booking.models.programme import ProgrammeKind
from booking.models.seat import SeatState
from booking.models.waiting import WaitingState
from booking.queries.waiting import lapsed, offers_to_confirm, waiting_list, why_passed
from tests import factories
from tests.booking.queries import rows
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _person(cast: Cast, deadline: date | None = None) -> dict[str, Any]:
    person = factories.participant()
    return {
        "person": person,
        "referral": factories.referral(person, cast.ours, deadline=deadline),
    }


def _session(cast: Cast, days: float = 3, **fields: Any) -> Session:
    return rows.bare(cast.ours, timezone.now() + timedelta(days=days), **fields)


def test_everybody_stands_in_the_one_order(cast: Cast) -> None:
    made = factories.programme(cast.ours)
    session = _session(cast, programme=made)
    soon = timezone.localdate() + timedelta(days=9)
    without = rows.waits(session, **_person(cast))
    urgent = rows.waits(made, **_person(cast, soon))
    lifted = rows.waits(session, **_person(cast), lift=1, lift_reason="dialyse le mardi")
    rows.waits(session, factories.participant(), WaitingState.DECLINED)
    found = waiting_list(session, cast.admin)
    assert [(one.position, one.entry, one.deadline) for one in found.people] == [
        (1, lifted, None),
        (2, urgent, soon),
        (3, without, None),
    ]
    assert [one.entry for one in waiting_list(made, cast.admin).people] == [urgent]


def test_whoever_is_not_ours_to_open_is_a_number_and_keeps_the_position(cast: Cast) -> None:
    session = _session(cast)
    hidden, shown = _person(cast), _person(cast)
    rows.waits(session, **hidden)
    rows.waits(session, **shown)
    HiddenFrom.objects.create(participant=hidden["person"], partner=cast.ours)
    told = {
        who: (len(found), [one.position for one in found.people], found.hidden)
        for who in ("coordinator", "admin", "doctor", "stranger")
        for found in [waiting_list(session, getattr(cast, who))]
    }
    assert told == {
        "coordinator": (2, [1, 2], 0),
        "admin": (2, [2], 1),
        "doctor": (2, [], 2),
        "stranger": (2, [], 2),
    }


def test_an_offered_seat_says_until_when(cast: Cast) -> None:
    course = rows.course(cast.ours, timezone.now() + timedelta(days=3))
    enrolment = rows.enrolled(course, cast.hamel, SeatState.HELD)
    until = timezone.now() + timedelta(hours=9)
    other = rows.seat(course.sessions.get(), factories.participant())
    rows.waits(course, cast.hamel, WaitingState.OFFERED, enrolment=enrolment, held_until=until)
    [seat] = enrolment.seats.all()
    found = waiting_list(seat.session, cast.admin)
    assert (found.held_until(seat), found.held_until(other)) == (until, None)
    assert found.people[0].offered


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", ""),
        ("Overlaps", "has a seat somewhere else at that time"),
        ("NotPossibleHere", "not possible here"),
        ("VictimsOnly", "not possible here"),
        ("NotAdvised", "not possible here"),
        ("SomethingNew", "not possible here"),
    ],
)
def test_a_reason_of_safety_reads_like_any_other(code: str, words: str) -> None:
    with override("en"):
        assert str(why_passed(code)) == words


def _offered(cast: Cast, person: Participant, hours: float) -> Any:
    seat = rows.seat(_session(cast), person, SeatState.HELD)
    until = timezone.now() + timedelta(hours=hours)
    return rows.waits(seat.session, person, WaitingState.OFFERED, seat=seat, held_until=until)


def test_offers_stand_by_their_end_and_one_that_ended_is_none(cast: Cast) -> None:
    later, soon, _over = (_offered(cast, _person(cast)["person"], h) for h in (9, 2, -1))
    now = timezone.now()
    assert offers_to_confirm(cast.admin, now) == [soon, later]
    assert offers_to_confirm(cast.stranger, now) == []
    chosen = [
        offers_to_confirm(cast.coordinator, now, partner=one) for one in (cast.ours, cast.theirs)
    ]
    assert [len(offers) for offers in chosen] == [2, 0]


@pytest.mark.parametrize(
    ("days", "state", "told"), [(3, "planned", 1), (-1, "planned", 0), (3, "cancelled", 0)]
)
def test_a_lapsed_offer_is_told_while_the_place_could_be_had(
    cast: Cast, days: float, state: str, told: int
) -> None:
    rows.waits(_session(cast, days, state=state), cast.hamel, WaitingState.LAPSED)
    now = timezone.now()
    assert [len(lapsed(one, now)) for one in (cast.admin, cast.stranger)] == [told, 0]


@pytest.mark.parametrize(
    ("kind", "told"), [(ProgrammeKind.CLOSED_GROUP, 0), (ProgrammeKind.OPEN_GROUP, 1)]
)
def test_a_lapsed_offer_of_a_group_that_began(cast: Cast, kind: ProgrammeKind, told: int) -> None:
    now = timezone.now()
    made = rows.series(cast.ours, now - timedelta(days=7), now + timedelta(days=7), kind=kind)
    rows.waits(made, cast.hamel, WaitingState.LAPSED)
    assert len(lapsed(cast.admin, now)) == told


def test_whoever_sits_or_waits_there_again_is_not_called(cast: Cast) -> None:
    session, other = _session(cast), _session(cast, 4)
    for where in (session, other):
        rows.waits(where, cast.hamel, WaitingState.LAPSED)
    rows.seat(session, cast.hamel)
    assert [entry.session for entry in lapsed(cast.admin, timezone.now())] == [other]
    rows.waits(other, cast.hamel)
    assert lapsed(cast.admin, timezone.now()) == []


@pytest.mark.parametrize("people", [1, 3])
def test_as_many_queries_for_one_as_for_three(
    cast: Cast, people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    session = _session(cast)
    for _n in range(people):
        rows.waits(session, **_person(cast))
        rows.waits(session, **_person(cast), state=WaitingState.LAPSED)
        _offered(cast, _person(cast)["person"], 5)
    # Memberships; who may be seen and who waits; offers; lapsed.
    with django_assert_num_queries(5):
        now = timezone.now()
        found = waiting_list(session, cast.admin).people
        offers = offers_to_confirm(cast.admin, now) + lapsed(cast.admin, now)
        told = {one.participant.reference for one in [*offers, *(one.entry for one in found)]}
        assert len(told) == 3 * people
        assert {one.session and one.session.partner for one in offers} == {cast.ours}
