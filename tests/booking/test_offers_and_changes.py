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
