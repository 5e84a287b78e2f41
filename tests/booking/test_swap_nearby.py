from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from booking import actions
from booking.errors import NotAdvised
from booking.models import Seat
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_two_people_to_keep_apart_do_not_swap_within_the_hour_unawares(cast: Cast) -> None:
    now = timezone.now()
    start = now + timedelta(days=3)
    sooner = factories.session(cast.ours, start, venue=cast.venue)
    later = factories.session(cast.ours, start + timedelta(hours=2, minutes=30), venue=cast.venue)
    other = factories.participant()
    first = actions.book_seat(by=None, now=now, session=sooner, participant=cast.hamel)
    second = actions.book_seat(by=None, now=now, session=later, participant=other)
    actions.keep_apart(by=None, now=now, first=cast.hamel, second=other)
    with pytest.raises(NotAdvised):
        actions.swap_seats(by=None, now=now, first=first, second=second)
    assert set(Seat.objects.active()) == {first, second}
    actions.swap_seats(by=None, now=now, first=first, second=second, anyway=True)
    assert Seat.objects.active().get(participant=other).session == sooner
