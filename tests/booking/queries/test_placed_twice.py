from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from booking.models import Participant
from booking.models.partner import ServiceFamily
from booking.models.programme import EnrolmentState
from booking.models.seat import SeatState
from booking.queries.placed_twice import PlacedTwice, placed_twice
from tests import factories
from tests.booking.queries import rows
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _in_groups(cast: Cast, person: Participant, days: float = 3) -> None:
    for n, of in enumerate((cast.ours, cast.theirs)):
        rows.seat(rows.bare(of, timezone.now() + timedelta(days=days + n)), person)


def _found(cast: Cast) -> list[PlacedTwice]:
    return placed_twice(cast.coordinator, timezone.now())


def test_a_group_at_two_partners_is_told_with_both(cast: Cast) -> None:
    _in_groups(cast, cast.hamel)
    both = (cast.theirs, cast.ours)
    assert _found(cast) == [PlacedTwice(cast.hamel, ServiceFamily.GROUP, both)]


def test_a_course_enrolled_in_twice_comes_first(cast: Cast) -> None:
    _in_groups(cast, factories.participant())
    for n, of in enumerate((cast.ours, cast.theirs)):
        made = rows.course(of, timezone.now() + timedelta(days=3 + n))
        rows.enrolled(made, cast.hamel)
    assert [one.family for one in _found(cast)] == [ServiceFamily.COURSE, ServiceFamily.GROUP]
    cast.hamel.enrolments.update(state=EnrolmentState.WITHDRAWN)
    cast.hamel.seats.update(state=SeatState.RELEASED)
    assert [one.family for one in _found(cast)] == [ServiceFamily.GROUP]


def test_what_may_go_on_side_by_side_is_not_told(cast: Cast) -> None:
    _in_groups(cast, cast.hamel, days=-5)
    soon = timezone.now() + timedelta(days=1)
    course = factories.service(ServiceFamily.COURSE)
    rows.seat(rows.bare(cast.ours, soon), cast.hamel)
    rows.seat(rows.bare(cast.theirs, soon + timedelta(days=1), service=course), cast.hamel)
    for n, of in enumerate((cast.ours, cast.theirs)):
        social = rows.bare(
            of, soon + timedelta(days=2 + n), service=factories.service(ServiceFamily.SOCIAL)
        )
        rows.seat(social, cast.hamel)
    assert _found(cast) == []


def test_only_the_coordination_and_the_command_line_are_told(cast: Cast) -> None:
    _in_groups(cast, cast.hamel)
    readers = (cast.coordinator, None, cast.admin, cast.doctor, cast.stranger, cast.observer)
    told = [len(placed_twice(one, timezone.now())) for one in readers]
    assert told == [1, 1, 0, 0, 0, 0]


@pytest.mark.parametrize("people", [1, 3])
def test_as_many_queries_for_one_person_as_for_three(
    cast: Cast, people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _n in range(people):
        _in_groups(cast, factories.participant())
    # Memberships, seats, enrolments, people, partners.
    with django_assert_num_queries(5):
        assert len(_found(cast)) == people
