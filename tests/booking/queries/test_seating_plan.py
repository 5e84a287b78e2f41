from __future__ import annotations

import pytest
from django.utils import timezone

from booking import actions
from booking.models import HiddenFrom
from booking.queries.seating_plan import seating_plan
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_somebody_hidden_is_a_number_and_nothing_more(cast: Cast) -> None:
    session = factories.session(cast.ours)
    hidden = factories.participant()
    for person in (hidden, cast.hamel):
        actions.book_seat(by=None, now=timezone.now(), session=session, participant=person)
    HiddenFrom.objects.create(participant=hidden, partner=cast.ours)
    plan = seating_plan(session, cast.admin)
    assert ([seat.number for seat in plan.seats], plan.hidden) == ([2], 1)
    assert [entry.participant for entry in plan.journal] == [cast.hamel, None, None]


def test_the_journal_keeps_to_its_length(cast: Cast) -> None:
    session = factories.session(cast.ours)
    for _n in range(3):
        actions.book_seat(
            by=None, now=timezone.now(), session=session, participant=factories.participant()
        )
    plan = seating_plan(session, cast.coordinator, journal=2)
    assert [entry.verb for entry in plan.journal] == ["seat_booked", "seat_booked"]
