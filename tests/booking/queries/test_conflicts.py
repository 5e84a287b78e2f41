from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from booking.models import AvoidancePair, HiddenFrom, Participant, Seat
from booking.models.seat import SeatState
from booking.queries.conflicts import Conflict, Rule, conflicts
from tests import factories
from tests.booking.queries import rows
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _seat(cast: Cast, person: Participant, days: float = 3) -> Seat:
    return rows.seat(rows.bare(cast.ours, timezone.now() + timedelta(days=days)), person)


def _found(cast: Cast) -> list[Conflict]:
    return conflicts(cast.coordinator, timezone.now())


def test_a_seat_that_breaks_no_rule_is_no_conflict(cast: Cast) -> None:
    cast.hamel.not_before = timezone.localdate() + timedelta(days=2)
    cast.hamel.save()
    _seat(cast, cast.hamel)
    assert _found(cast) == []


def test_each_rule_made_after_the_seat_is_told(cast: Cast) -> None:
    seat = _seat(cast, cast.hamel)
    HiddenFrom.objects.create(participant=cast.hamel, partner=cast.ours)
    cast.hamel.not_before = timezone.localdate(seat.starts_at) + timedelta(days=1)
    cast.hamel.save()
    cast.venue.victims_only = True
    cast.venue.save()
    assert [(one.seat, one.rule) for one in _found(cast)] == [
        (seat, rule) for rule in (Rule.HIDDEN, Rule.VICTIMS_ONLY, Rule.TOO_EARLY)
    ]


def test_two_who_must_not_meet_are_told_once_where_both_sit(cast: Cast) -> None:
    other = factories.participant()
    AvoidancePair.objects.create(first=cast.hamel, second=other)
    first = _seat(cast, cast.hamel)
    second = rows.seat(first.session, other)
    _seat(cast, cast.hamel, days=5)
    assert _found(cast) == [Conflict(first, Rule.PAIR, second)]


def test_what_is_over_or_given_back_is_no_conflict(cast: Cast) -> None:
    HiddenFrom.objects.create(participant=cast.hamel, partner=cast.ours)
    _seat(cast, cast.hamel, days=-1)
    seat = _seat(cast, cast.hamel)
    assert [one.seat for one in _found(cast)] == [seat]
    Seat.objects.filter(pk=seat.pk).update(state=SeatState.RELEASED)
    assert _found(cast) == []


def test_only_the_coordination_is_told(cast: Cast) -> None:
    _seat(cast, cast.hamel)
    HiddenFrom.objects.create(participant=cast.hamel, partner=cast.ours)
    staff = (cast.coordinator, cast.admin, cast.doctor, cast.stranger, cast.observer)
    assert [len(conflicts(one, timezone.now())) for one in staff] == [1, 0, 0, 0, 0]
    chosen = [
        conflicts(cast.coordinator, timezone.now(), partner=one) for one in (cast.ours, cast.theirs)
    ]
    assert [len(told) for told in chosen] == [1, 0]


@pytest.mark.parametrize("people", [1, 3])
def test_as_many_queries_for_one_conflict_as_for_three(
    cast: Cast, people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _n in range(people):
        one, other = factories.participant(), factories.participant()
        AvoidancePair.objects.create(first=one, second=other)
        rows.seat(_seat(cast, one).session, other)
    # Memberships, seats, pairs.
    with django_assert_num_queries(3):
        assert [(c.seat.session.partner, c.seat.session.venue) for c in _found(cast)] == [
            (cast.ours, cast.venue)
        ] * people
