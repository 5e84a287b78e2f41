from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from booking import actions
from booking.errors import CannotCarry
from booking.models import Venue
from booking.models.programme import ProgrammeKind
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


def test_whoever_read_the_venue_before_it_was_kept_moves_nobody_into_it(cast: Cast) -> None:
    now = timezone.now()
    session = factories.session(cast.ours, venue=cast.venue)
    actions.book_seat(by=None, now=now, session=session, participant=cast.hamel)
    read_before = factories.venue(cast.ours)
    actions.reserve_venue(by=None, now=now, venue=read_before, victims_only=True)
    assert not read_before.victims_only
    with pytest.raises(CannotCarry):
        actions.move_session(by=None, now=now, session=session, venue=read_before)
    with pytest.raises(CannotCarry):
        _one_more_day(cast, read_before)


def _one_more_day(cast: Cast, venue: Venue) -> None:
    now = timezone.now()
    group = factories.programme(cast.ours, ProgrammeKind.CLOSED_GROUP)
    factories.session(cast.ours, now + timedelta(days=8), programme=group, venue=cast.venue)
    actions.enrol(by=None, now=now, programme=group, participant=cast.hamel)
    factories.session(cast.ours, now + timedelta(days=9), programme=group, venue=venue)


def test_nobody_is_moved_from_one_venue_for_victims_into_another(cast: Cast) -> None:
    now = timezone.now()
    session = factories.session(cast.ours, venue=cast.venue)
    actions.book_seat(by=None, now=now, session=session, participant=cast.hamel)
    other = factories.venue(cast.ours, victims_only=True)
    actions.reserve_venue(by=None, now=now, venue=cast.venue, victims_only=True)
    later = session.starts_at + timedelta(days=1)
    actions.move_session(by=None, now=now, session=session, starts_at=later)
    with pytest.raises(CannotCarry):
        actions.move_session(by=None, now=now, session=session, venue=other)
