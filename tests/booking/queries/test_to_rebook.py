from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from booking.models import Participant, Seat, Session
from booking.models.partner import ServiceFamily
from booking.models.programme import ProgrammeKind
from booking.models.seat import SeatState
from booking.models.waiting import WaitingState
from booking.queries.to_call import Reason
from booking.queries.to_rebook import to_rebook
from tests import factories
from tests.booking.queries import rows
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _cancelled(cast: Cast, person: Participant, days: float = 3, ago: float = 1) -> Seat:
    now = timezone.now()
    session = rows.bare(
        cast.ours,
        now + timedelta(days=days),
        state="cancelled",
        changed_at=now - timedelta(days=ago),
    )
    return rows.seat(session, person, SeatState.CANCELLED)


def _coming(cast: Cast, days: float = 4, **fields: object) -> Session:
    return rows.bare(cast.ours, timezone.now() + timedelta(days=days), **fields)


def _people(cast: Cast) -> list[Participant]:
    return [one.seat.participant for one in to_rebook(cast.admin, timezone.now())]


def test_whoever_lost_two_seats_stands_once_for_the_soonest(cast: Cast) -> None:
    other = factories.participant(phone="+33199000012")
    later = _cancelled(cast, other, days=5)
    _cancelled(cast, cast.hamel, days=6)
    soonest = _cancelled(cast, cast.hamel, days=2)
    told = [(one.seat, one.no_text) for one in to_rebook(cast.admin, timezone.now())]
    assert told == [(soonest, None), (later, Reason.LANDLINE)]


@pytest.mark.parametrize(
    ("days", "ago", "people"), [(-29, 29, 1), (-31, 29, 0), (3, 29, 1), (3, 31, 0)]
)
def test_thirty_days_are_looked_back(cast: Cast, days: float, ago: float, people: int) -> None:
    _cancelled(cast, cast.hamel, days=days, ago=ago)
    assert len(_people(cast)) == people


def test_another_seat_of_the_same_service_there_is_enough(cast: Cast) -> None:
    _cancelled(cast, cast.hamel)
    psychology = factories.service(ServiceFamily.PSYCHOLOGY)
    rows.seat(_coming(cast, 4, service=psychology), cast.hamel)
    rows.seat(rows.bare(cast.theirs, timezone.now() + timedelta(days=5)), cast.hamel)
    assert _people(cast) == [cast.hamel]
    rows.seat(_coming(cast, 6), cast.hamel)
    assert _people(cast) == []


def test_a_seat_taken_since_and_already_attended_is_enough(cast: Cast) -> None:
    _cancelled(cast, cast.hamel, days=3, ago=2)
    seat = rows.seat(_coming(cast, -1), cast.hamel, SeatState.PRESENT)
    assert _people(cast) == []
    before = timezone.now() - timedelta(days=9)
    Seat.objects.filter(pk=seat.pk).update(created_at=before)
    assert _people(cast) == [cast.hamel]


@pytest.mark.parametrize(
    ("state", "people"), [(WaitingState.WAITING, 0), (WaitingState.DECLINED, 1)]
)
def test_whoever_waits_is_on_another_list(cast: Cast, state: WaitingState, people: int) -> None:
    _cancelled(cast, cast.hamel)
    rows.waits(_coming(cast), cast.hamel, state)
    assert len(_people(cast)) == people


@pytest.mark.parametrize(("days", "people"), [(4, 0), (-1, 1)])
def test_whoever_waits_for_what_has_begun_does_not_wait(
    cast: Cast, days: float, people: int
) -> None:
    _cancelled(cast, cast.hamel)
    course = rows.series(
        cast.ours, timezone.now() + timedelta(days=days), kind=ProgrammeKind.CLOSED_GROUP
    )
    rows.waits(course, cast.hamel)
    assert len(_people(cast)) == people
    rows.waits(_coming(cast, days), cast.hamel)
    assert len(_people(cast)) == people


def test_each_sees_their_own(cast: Cast) -> None:
    _cancelled(cast, cast.hamel)
    staff = (cast.coordinator, cast.admin, cast.doctor, cast.stranger, cast.observer)
    now = timezone.now()
    assert [len(to_rebook(one, now)) for one in staff] == [1, 1, 0, 0, 0]
    chosen = [to_rebook(cast.coordinator, now, partner=p) for p in (cast.ours, cast.theirs)]
    assert [len(people) for people in chosen] == [1, 0]


@pytest.mark.parametrize("people", [1, 3])
def test_as_many_queries_for_one_person_as_for_three(
    cast: Cast, people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _n in range(people):
        person = factories.participant()
        factories.referral(person, cast.ours)
        _cancelled(cast, person)
    # Memberships, seats.
    with django_assert_num_queries(2):
        told = to_rebook(cast.admin, timezone.now())
        assert [one.seat.session.partner for one in told] == [cast.ours] * people
