from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from booking import access, actions
from booking.models import Participant, Seat
from booking.models.person import PhoneState
from booking.queries.to_call import Reason, Task, to_call
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _awaited(cast: Cast, *, days: float = 3, hour: int = 0, **fields: Any) -> Participant:
    person = factories.participant(**fields)
    factories.referral(person, cast.ours)
    start = timezone.now() + timedelta(days=days, hours=hour)
    session = factories.session(cast.ours, start)
    actions.book_seat(by=None, now=timezone.now(), session=session, participant=person)
    return person


@pytest.mark.parametrize(
    ("fields", "reasons"),
    [
        ({}, []),
        ({"texts_refused": True}, [Reason.REFUSED]),
        ({"phone": "", "phone_state": PhoneState.NONE}, [Reason.NO_NUMBER]),
        ({"phone": "", "phone_state": PhoneState.UNUSABLE}, [Reason.UNUSABLE]),
        ({"phone_state": PhoneState.UNCONFIRMED}, [Reason.UNCONFIRMED]),
        ({"phone_state": PhoneState.WRONG}, [Reason.WRONG]),
        ({"phone": "+33199000012"}, [Reason.LANDLINE]),
        ({"phone": "+32470123456"}, []),
        ({"phone": "+262692123456"}, []),
    ],
)
def test_why_no_text_reaches_somebody(
    cast: Cast, fields: dict[str, Any], reasons: list[Reason]
) -> None:
    _awaited(cast, **fields)
    assert [call.reason for call in to_call(cast.admin, timezone.now())] == reasons


def test_only_the_fourteen_days_to_come_matter(cast: Cast) -> None:
    near = _awaited(cast, days=13, texts_refused=True)
    _awaited(cast, days=15, texts_refused=True)
    assert [call.seat.participant for call in to_call(cast.admin, timezone.now())] == [near]


def test_somebody_with_two_seats_is_called_once_for_the_next(cast: Cast) -> None:
    person = _awaited(cast, days=5, texts_refused=True)
    sooner = factories.session(cast.ours, timezone.now() + timedelta(days=2))
    actions.book_seat(by=None, now=timezone.now(), session=sooner, participant=person)
    [call] = to_call(cast.admin, timezone.now())
    assert call.seat.session == sooner


def test_each_sees_their_own_people(cast: Cast) -> None:
    _awaited(cast, texts_refused=True)
    staff = (cast.coordinator, cast.admin, cast.doctor, cast.stranger, cast.observer)
    assert [len(to_call(one, timezone.now())) for one in staff] == [1, 1, 0, 0, 0]


def test_a_partner_may_be_chosen(cast: Cast) -> None:
    _awaited(cast, texts_refused=True)
    now = timezone.now()
    chosen = [len(to_call(cast.coordinator, now, partner=p)) for p in (cast.ours, cast.theirs)]
    assert chosen == [1, 0]


@pytest.mark.parametrize(
    ("fields", "tasks"),
    [
        ({"texts_refused": True}, [Task.CALL]),
        ({"texts_refused": True, "postal_address": "3 place du Parc"}, [Task.CALL, Task.LETTER]),
        ({"texts_refused": True, "phone": "", "phone_state": PhoneState.NONE}, [Task.ASK_AGAIN]),
        ({"phone": "", "phone_state": PhoneState.NONE}, [Task.ASK_AGAIN]),
        (
            {"phone": "", "phone_state": PhoneState.UNUSABLE, "postal_address": "3 place du Parc"},
            [Task.ASK_AGAIN, Task.LETTER],
        ),
        ({"phone_state": PhoneState.WRONG}, [Task.ASK_AGAIN]),
        ({"phone_state": PhoneState.UNCONFIRMED, "postal_address": "3 place"}, [Task.CALL]),
        ({"phone": "+33199000012"}, [Task.CALL]),
    ],
)
def test_what_takes_the_place_of_a_text(
    cast: Cast, fields: dict[str, Any], tasks: list[Task]
) -> None:
    _awaited(cast, **fields)
    [call] = to_call(cast.admin, timezone.now())
    assert list(call.tasks) == tasks


def test_a_text_that_did_not_arrive_is_a_call(cast: Cast) -> None:
    _awaited(cast)
    seat = Seat.objects.get()
    [call] = to_call(cast.admin, timezone.now(), untold=[seat.pk])
    assert (call.reason, call.tasks) == (Reason.UNTOLD, (Task.CALL,))


def test_who_was_told_is_left_out_until_a_later_text_fails(cast: Cast) -> None:
    _awaited(cast, texts_refused=True)
    seat, now = Seat.objects.get(), timezone.now()
    assert to_call(cast.admin, now, told=[seat.pk]) == []
    assert len(to_call(cast.admin, now, told=[seat.pk], untold=[seat.pk])) == 1


def test_who_was_told_of_one_seat_is_called_for_the_next(cast: Cast) -> None:
    person = _awaited(cast, texts_refused=True)
    later = factories.session(cast.ours, timezone.now() + timedelta(days=5))
    actions.book_seat(by=None, now=timezone.now(), session=later, participant=person)
    told = Seat.objects.exclude(session=later).values_list("pk", flat=True)
    [call] = to_call(cast.admin, timezone.now(), told=list(told))
    assert call.seat.session == later


@pytest.mark.parametrize("people", [1, 3])
def test_as_many_queries_for_one_person_as_for_three(
    cast: Cast, people: int, django_assert_num_queries: Any
) -> None:
    for _ in range(people):
        _awaited(cast, texts_refused=True)
    access.scope(cast.admin)
    with django_assert_num_queries(1):
        assert len(to_call(cast.admin, timezone.now(), told=[0], untold=[1])) == people
