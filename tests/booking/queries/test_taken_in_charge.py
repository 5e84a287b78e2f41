from __future__ import annotations

from datetime import date, datetime

import pytest
from django.utils import timezone

from booking import actions
from booking.models import Participant
from booking.queries.taken_in_charge import taken_in_charge, taken_in_charge_by_quarter
from tests import factories
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db

_FIRST_QUARTER = (date(2021, 1, 1), date(2021, 3, 31))


def _came(cast: Cast, when: datetime, person: Participant | None = None) -> Participant:
    person = person or factories.participant()
    referral = factories.referral(person, cast.ours, referred_on=when.date())
    actions.record_history(
        by=None, now=timezone.now(), referral=referral, starts_at=when, label="Séance"
    )
    return person


def test_both_ends_are_days_of_paris(cast: Cast) -> None:
    for when in ("2020-12-31 23:30", "2021-01-01 00:15", "2021-03-31 23:45", "2021-04-01 00:15"):
        _came(cast, paris(when))
    assert taken_in_charge(*_FIRST_QUARTER) == 2
    assert taken_in_charge_by_quarter() == {
        date(2020, 10, 1): 1,
        date(2021, 1, 1): 2,
        date(2021, 4, 1): 1,
    }


def test_a_person_counts_once_where_they_first_came(cast: Cast) -> None:
    person = _came(cast, paris("2021-02-01 18:00"))
    _came(cast, paris("2021-05-03 18:00"), person)
    _came(cast, paris("2020-11-02 18:00"), person)
    assert taken_in_charge_by_quarter() == {date(2020, 10, 1): 1}
    assert taken_in_charge(*_FIRST_QUARTER) == 0


def test_a_seat_that_nobody_came_to_does_not_count(cast: Cast) -> None:
    session = factories.session(cast.ours)
    actions.book_seat(by=None, now=timezone.now(), session=session, participant=cast.hamel)
    assert taken_in_charge_by_quarter() == {}
