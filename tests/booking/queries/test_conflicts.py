from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from booking.models import AvoidancePair, HiddenFrom, Participant, Seat, Service
from booking.models.partner import ServiceFamily
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


def _near(cast: Cast, minutes: int, **venue: str) -> tuple[Seat, Seat]:
    """Two who must not meet, the second so long after the first, with the other partner."""
    one, other = cast.hamel, factories.participant()
    AvoidancePair.objects.create(first=one, second=other)
    first = _seat(cast, one)
    at = factories.venue(cast.theirs, name="Annexe", room="", **venue)
    after = first.ends_at + timedelta(minutes=minutes)
    return first, rows.seat(rows.bare(cast.theirs, after, venue=at), other)


@pytest.mark.parametrize(
    ("minutes", "venue", "told"),
    [
        (59, {}, True),
        (60, {}, False),
        (-120, {}, True),
        (-239, {"street": "12, RUE DES LILAS"}, True),
        (30, {"street": "14 rue des Lilas"}, False),
        (30, {"postcode": "95000"}, False),
    ],
)
def test_two_who_come_to_one_address_within_the_hour_are_told(
    cast: Cast, minutes: int, venue: dict[str, str], told: bool
) -> None:
    first, second = sorted(_near(cast, minutes, **venue), key=lambda seat: seat.starts_at)
    if first.starts_at == second.starts_at:
        first, second = sorted((first, second), key=lambda seat: seat.pk)
    assert _found(cast) == ([Conflict(first, Rule.NEAR, second)] if told else [])


def test_a_near_pair_is_told_for_either_partner(cast: Cast) -> None:
    first, second = _near(cast, 10)
    now = timezone.now()
    told = [conflicts(cast.coordinator, now, partner=one) for one in (cast.ours, cast.theirs)]
    assert told == [[Conflict(first, Rule.NEAR, second)], [Conflict(second, Rule.NEAR, first)]]


def test_whoever_comes_while_the_other_is_there_is_told(cast: Cast) -> None:
    first, second = _near(cast, 10)
    now = first.starts_at + timedelta(minutes=5)
    assert conflicts(cast.coordinator, now) == [Conflict(second, Rule.NEAR, first)]
    assert conflicts(cast.coordinator, second.starts_at) == []


def _interview(cast: Cast, days: float, state: SeatState = SeatState.BOOKED) -> None:
    kind = factories.service(ServiceFamily.INTERVIEW, interview_first=True)
    start = timezone.now() + timedelta(days=days)
    rows.seat(rows.bare(cast.theirs, start, service=kind, capacity=1), cast.hamel, state)


@pytest.mark.parametrize(
    ("days", "state", "told"),
    [
        (1, SeatState.BOOKED, False),
        (-9, SeatState.PRESENT, False),
        (-9, SeatState.LATE, False),
        (-9, SeatState.UNEXCUSED, True),
        (1, SeatState.RELEASED, True),
        (1, SeatState.HELD, True),
        (5, SeatState.BOOKED, True),
    ],
)
def test_a_seat_whose_interview_is_gone_is_told(
    cast: Cast, days: float, state: SeatState, told: bool
) -> None:
    seat = _seat(cast, cast.hamel)
    _interview(cast, days, state)
    assert _found(cast) == []
    Service.objects.filter(pk=seat.session.service_id).update(interview_first=True)
    assert _found(cast) == ([Conflict(seat, Rule.NO_INTERVIEW)] if told else [])


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
    # Memberships, seats, pairs, where those sit.
    with django_assert_num_queries(4):
        assert [(c.seat.session.partner, c.seat.session.venue) for c in _found(cast)] == [
            (cast.ours, cast.venue)
        ] * people
