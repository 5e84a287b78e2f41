from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from booking import actions
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_venue_that_is_opened_again_is_offered_to_those_who_wait(cast: Cast) -> None:
    now = timezone.now()
    session = factories.session(cast.ours, venue=cast.venue, capacity=1)
    seat = actions.book_seat(by=None, now=now, session=session, participant=cast.hamel)
    other = factories.participant()
    entry = actions.join_waiting_list(by=None, now=now, participant=other, session=session)
    actions.reserve_venue(by=None, now=now, venue=cast.venue, victims_only=True)
    actions.release_seat(by=None, now=now, seat=seat)
    entry.refresh_from_db()
    assert (entry.state, entry.passed_for) == ("waiting", "VictimsOnly")
    actions.reserve_venue(by=None, now=now, venue=cast.venue, victims_only=False)
    entry.refresh_from_db()
    assert (entry.state, entry.held_until) == ("offered", now + timedelta(hours=48))
