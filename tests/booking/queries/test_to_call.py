from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from booking import actions
from booking.models import Participant
from booking.models.person import PhoneState
from booking.queries.to_call import Reason, to_call
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
