"""An interview that somebody gives up for a place opens that place no more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from booking import actions
from booking.errors import InterviewFirst
from booking.models import Session
from booking.models.partner import ServiceFamily
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _interview_and_evening(cast: Cast) -> tuple[Session, Session]:
    start = timezone.now() + timedelta(days=3)
    group = factories.service(name="Groupe du soir", interview_first=True)
    cast.ours.services.add(group)
    interview = factories.session(
        cast.ours, start, service=factories.service(ServiceFamily.INTERVIEW), capacity=1
    )
    return interview, factories.session(cast.ours, start + timedelta(days=1), service=group)


def test_nobody_moves_from_the_interview_into_what_it_opens(cast: Cast) -> None:
    now = timezone.now()
    interview, evening = _interview_and_evening(cast)
    seat = actions.book_seat(by=None, now=now, session=interview, participant=cast.hamel)
    with pytest.raises(InterviewFirst):
        actions.move_seat(by=None, now=now, seat=seat, to=evening)
    actions.book_seat(by=None, now=now, session=evening, participant=cast.hamel)


def test_nobody_swaps_the_interview_for_what_it_opens(cast: Cast) -> None:
    now = timezone.now()
    interview, evening = _interview_and_evening(cast)
    other = factories.participant()
    actions.require_interview(by=None, now=now, service=evening.service, required=False)
    theirs = actions.book_seat(by=None, now=now, session=evening, participant=other)
    actions.require_interview(by=None, now=now, service=evening.service, required=True)
    seat = actions.book_seat(by=None, now=now, session=interview, participant=cast.hamel)
    with pytest.raises(InterviewFirst):
        actions.swap_seats(by=None, now=now, first=seat, second=theirs)
