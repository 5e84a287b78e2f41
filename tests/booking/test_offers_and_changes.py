"""What becomes of an open offer when the sessions that it is made of change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from booking import actions
from booking.models import Enrolment, Seat, WaitingEntry
from booking.models.programme import ProgrammeKind
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_an_offer_of_a_course_whose_last_day_is_cancelled_is_over(cast: Cast) -> None:
    now = timezone.now()
    course = factories.programme(cast.ours, ProgrammeKind.COURSE)
    days = [
        factories.session(cast.ours, now + timedelta(days=day), programme=course) for day in (3, 4)
    ]
    actions.join_waiting_list(by=None, now=now, participant=cast.hamel, programme=course)
    actions.cancel_session(by=None, now=now, session=days[0])
    assert (WaitingEntry.objects.get().state, Enrolment.objects.get().state) == (
        "offered",
        "offered",
    )
    actions.cancel_session(by=None, now=now, session=days[1])
    entry = WaitingEntry.objects.get()
    assert (entry.state, entry.enrolment, Enrolment.objects.get().state) == (
        "waiting",
        None,
        "withdrawn",
    )
    assert Seat.objects.active().count() == 0


def test_an_offer_ends_a_day_before_the_start_also_when_that_comes_earlier(cast: Cast) -> None:
    now = timezone.now()
    session = factories.session(cast.ours, now + timedelta(days=5))
    actions.join_waiting_list(by=None, now=now, participant=cast.hamel, session=session)
    assert WaitingEntry.objects.get().held_until == now + timedelta(hours=48)
    sooner = now + timedelta(hours=30)
    actions.move_session(by=None, now=now, session=session, starts_at=sooner)
    assert WaitingEntry.objects.get().held_until == now + timedelta(hours=6)


def test_an_offer_of_a_course_ends_a_day_before_a_day_that_is_added(cast: Cast) -> None:
    now = timezone.now()
    group = factories.programme(cast.ours, ProgrammeKind.CLOSED_GROUP)
    factories.session(cast.ours, now + timedelta(days=5), programme=group)
    actions.join_waiting_list(by=None, now=now, participant=cast.hamel, programme=group)
    factories.session(cast.ours, now + timedelta(hours=10), programme=group)
    entry = WaitingEntry.objects.get()
    assert (entry.state, entry.held_until) == ("offered", now - timedelta(hours=14))
    actions.serve_waiting_lists(now=now)
    assert WaitingEntry.objects.get().state == "lapsed"
    assert Seat.objects.active().count() == 0


def test_a_programme_that_meets_twice_at_once_is_offered_to_nobody(cast: Cast) -> None:
    now = timezone.now()
    group = factories.programme(cast.ours, ProgrammeKind.CLOSED_GROUP)
    for minutes in (0, 60):
        start = now + timedelta(days=3, minutes=minutes)
        factories.session(cast.ours, start, programme=group)
    entry = actions.join_waiting_list(by=None, now=now, participant=cast.hamel, programme=group)
    assert (entry.state, entry.passed_for) == ("waiting", "Overlaps")


@pytest.mark.parametrize("how", ["declined", "lapsed"])
def test_an_offer_that_ends_after_the_first_day_leaves_no_held_seat(cast: Cast, how: str) -> None:
    now = timezone.now()
    group = factories.programme(cast.ours, ProgrammeKind.CLOSED_GROUP)
    for day in (2, 9):
        factories.session(cast.ours, now + timedelta(days=day), programme=group)
    entry = actions.join_waiting_list(by=None, now=now, participant=cast.hamel, programme=group)
    late = now + timedelta(days=3)
    if how == "declined":
        actions.decline_offer(by=None, now=late, waiting_entry=entry)
    else:
        actions.serve_waiting_lists(now=late)
    entry.refresh_from_db()
    assert (entry.state, Seat.objects.active().count()) == (how, 0)
