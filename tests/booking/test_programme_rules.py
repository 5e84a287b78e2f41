"""What a course may be, what comes before it, and who comes along."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from booking import actions
from booking.errors import CannotCarry, InterviewFirst, Invalid, SessionFull, TooLate
from booking.models import Participant, Programme, Seat, Session
from booking.models.partner import ServiceFamily
from booking.models.programme import ProgrammeKind
from booking.models.seat import SeatState
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _course(cast: Cast) -> Programme:
    course = factories.service(ServiceFamily.COURSE)
    return factories.programme(cast.ours, ProgrammeKind.COURSE, service=course)


def _day(course: Programme, start: str, hours: float = 2) -> Session:
    starts_at = factories.paris(start)
    return factories.session(
        course.partner,
        starts_at,
        ends_at=starts_at + timedelta(hours=hours),
        programme=course,
        service=course.service,
    )


def test_a_course_takes_at_most_six_hours_a_day(cast: Cast) -> None:
    course = _course(cast)
    _day(course, "2027-03-01 09:00", hours=3)
    with pytest.raises(Invalid):
        _day(course, "2027-03-01 13:00", hours=3.25)
    _day(course, "2027-03-01 13:00", hours=3)
    with pytest.raises(Invalid):
        _day(course, "2027-03-02 09:00", hours=6.5)


def test_a_break_does_not_count_among_the_six_hours(cast: Cast) -> None:
    course = _course(cast)
    start = factories.paris("2027-03-01 09:00")
    call: dict[str, Any] = {"programme": course, "service": course.service}
    factories.session(
        cast.ours, start, ends_at=start + timedelta(hours=7), pause_minutes=60, **call
    )
    with pytest.raises(Invalid):
        factories.session(
            cast.ours, start, ends_at=start + timedelta(hours=7), pause_minutes=420, **call
        )


def test_a_course_takes_at_most_a_month_from_first_to_last_day(cast: Cast) -> None:
    course = _course(cast)
    _day(course, "2027-01-31 09:00")
    _day(course, "2027-02-28 09:00")
    with pytest.raises(Invalid):
        _day(course, "2027-03-01 09:00")


def test_the_law_on_courses_does_not_bind_groups(cast: Cast) -> None:
    group = factories.programme(cast.ours, ProgrammeKind.CLOSED_GROUP)
    _day(group, "2027-01-31 09:00")
    _day(group, "2027-06-01 09:00", hours=7)
    assert group.sessions.count() == 2


def test_a_cancelled_day_no_longer_counts(cast: Cast) -> None:
    course = _course(cast)
    first = _day(course, "2027-01-05 09:00")
    _day(course, "2027-02-01 09:00")
    actions.cancel_session(by=None, now=timezone.now(), session=first)
    _day(course, "2027-02-20 09:00")
    assert course.sessions.count() == 3


def test_a_course_comes_after_an_interview(cast: Cast) -> None:
    course = _course(cast)
    _day(course, "2027-03-01 09:00")
    now = timezone.now()
    actions.require_interview(by=None, now=now, service=course.service, required=True)
    call: dict[str, Any] = {"by": None, "now": now, "programme": course, "participant": cast.hamel}
    with pytest.raises(InterviewFirst):
        actions.enrol(**call)
    _interview(cast, cast.hamel, "2027-03-02 09:00")
    with pytest.raises(InterviewFirst):
        actions.enrol(**call)
    _interview(cast, cast.hamel, "2027-02-02 09:00")
    assert actions.enrol(**call).seats.count() == 1


def _interview(cast: Cast, person: Participant, start: str) -> Seat:
    interview = factories.service(ServiceFamily.INTERVIEW)
    session = factories.session(
        cast.ours,
        factories.paris(start),
        service=interview,
        capacity=1,
        ends_at=factories.paris(start) + timedelta(hours=1),
    )
    return actions.book_seat(by=None, now=timezone.now(), session=session, participant=person)


def test_a_missed_interview_opens_nothing(cast: Cast) -> None:
    course = _course(cast)
    _day(course, "2027-03-01 09:00")
    now = timezone.now()
    actions.require_interview(by=None, now=now, service=course.service, required=True)
    missed = _interview(cast, cast.hamel, "2027-02-02 09:00")
    Seat.objects.filter(pk=missed.pk).update(state=SeatState.UNEXCUSED)
    with pytest.raises(InterviewFirst):
        actions.enrol(by=None, now=now, programme=course, participant=cast.hamel)


def test_a_session_too_small_for_the_enrolled_says_who_is_without_a_seat(cast: Cast) -> None:
    group = factories.programme(cast.ours, ProgrammeKind.CLOSED_GROUP)
    _day(group, "2027-03-01 09:00")
    people = [factories.participant() for _ in range(2)]
    for person in people:
        actions.enrol(by=None, now=timezone.now(), programme=group, participant=person)
    with pytest.raises(CannotCarry) as refused:
        factories.session(
            cast.ours, factories.paris("2027-03-08 09:00"), programme=group, capacity=1
        )
    [misfit] = refused.value.misfits
    assert (misfit.participant, type(misfit.reason)) == (people[1], SessionFull)
    assert group.sessions.count() == 1


def test_a_group_that_began_is_joined_where_it_allows_it_only(cast: Cast) -> None:
    now = timezone.now()
    for late in (False, True):
        group = factories.programme(cast.ours, ProgrammeKind.CLOSED_GROUP, late_joining=late)
        for days in (-1, 5 + late):
            factories.session(cast.ours, now + timedelta(days=days), programme=group)
        call: dict[str, Any] = {
            "by": None,
            "now": now,
            "programme": group,
            "participant": cast.hamel,
        }
        if late:
            assert actions.enrol(**call).seats.count() == 1
        else:
            with pytest.raises(TooLate):
                actions.enrol(**call)


def test_nobody_waits_for_a_course_that_began(cast: Cast) -> None:
    course = _course(cast)
    first = _day(course, "2027-03-01 09:00")
    _day(course, "2027-03-08 09:00")
    with pytest.raises(TooLate):
        actions.join_waiting_list(
            by=None, now=first.starts_at, participant=cast.hamel, programme=course
        )
