from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from booking import actions
from booking.errors import (
    AlreadyEnrolled,
    CannotCarry,
    EnrolsAsAWhole,
    EnrolsSeatBySeat,
    Invalid,
    NotActive,
    Overlaps,
    SessionFull,
    TooLate,
)
from booking.models import Enrolment, JournalEntry, Programme, Seat, Session
from booking.models.programme import ProgrammeKind
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _course(
    cast: Cast, days: int = 2, first: datetime | None = None, **fields: object
) -> Programme:
    kind = fields.pop("kind", ProgrammeKind.COURSE)
    assert isinstance(kind, ProgrammeKind)
    late = bool(fields.pop("late_joining", False))
    programme = factories.programme(cast.ours, kind, late_joining=late)
    start = first or timezone.now() + timedelta(days=5)
    for day in range(days):
        factories.session(cast.ours, start + timedelta(days=day), programme=programme, **fields)
    return programme


def test_one_enrolment_takes_a_seat_in_every_session(cast: Cast) -> None:
    course = _course(cast)
    enrolment = actions.enrol(
        by=cast.admin, now=timezone.now(), programme=course, participant=cast.hamel
    )
    assert enrolment.seats.count() == 2
    verbs = JournalEntry.objects.filter(programme=course, verb__in=("enrolled", "seat_booked"))
    assert [entry.verb for entry in verbs.order_by("pk")] == [
        "enrolled",
        "seat_booked",
        "seat_booked",
    ]


def test_one_full_day_means_no_seat_at_all(cast: Cast) -> None:
    course = _course(cast, capacity=1)
    now = timezone.now()
    first = actions.enrol(by=None, now=now, programme=course, participant=cast.hamel)
    Seat.objects.filter(pk=first.seats.first().pk).update(state="released")  # type: ignore[union-attr]
    before = JournalEntry.objects.count()
    with pytest.raises(SessionFull):
        actions.enrol(by=None, now=now, programme=course, participant=factories.participant())
    assert Enrolment.objects.count() == 1
    assert Seat.objects.count() == 2
    assert JournalEntry.objects.count() == before


def test_a_clash_on_the_last_day_refuses_the_whole(cast: Cast) -> None:
    course = _course(cast)
    last = Session.objects.filter(programme=course).latest("starts_at")
    elsewhere = factories.session(cast.theirs, last.starts_at)
    now = timezone.now()
    actions.book_seat(by=None, now=now, session=elsewhere, participant=cast.hamel)
    with pytest.raises(Overlaps):
        actions.enrol(by=None, now=now, programme=course, participant=cast.hamel)
    assert Seat.objects.filter(session__programme=course).count() == 0


def test_a_course_that_began_is_never_joined(cast: Cast) -> None:
    course = _course(cast, first=timezone.now() - timedelta(hours=3))
    with pytest.raises(TooLate):
        actions.enrol(by=None, now=timezone.now(), programme=course, participant=cast.hamel)


def test_a_closed_group_may_allow_late_joining(cast: Cast) -> None:
    began = timezone.now() - timedelta(hours=3)
    group = _course(cast, 3, began, kind=ProgrammeKind.CLOSED_GROUP, late_joining=True)
    enrolment = actions.enrol(by=None, now=timezone.now(), programme=group, participant=cast.hamel)
    assert enrolment.seats.count() == 2


def test_nobody_enrols_twice_nor_in_an_open_group_nor_in_nothing(cast: Cast) -> None:
    course = _course(cast)
    now = timezone.now()
    actions.enrol(by=None, now=now, programme=course, participant=cast.hamel)
    with pytest.raises(AlreadyEnrolled):
        actions.enrol(by=None, now=now, programme=course, participant=cast.hamel)
    with pytest.raises(EnrolsSeatBySeat):
        actions.enrol(
            by=None, now=now, programme=factories.programme(cast.ours), participant=cast.hamel
        )
    empty = factories.programme(cast.ours, ProgrammeKind.COURSE)
    with pytest.raises(Invalid):
        actions.enrol(by=None, now=now, programme=empty, participant=cast.hamel)


def test_a_day_of_a_course_is_not_taken_or_released_alone(cast: Cast) -> None:
    course = _course(cast)
    now = timezone.now()
    session = Session.objects.filter(programme=course).earliest("starts_at")
    with pytest.raises(EnrolsAsAWhole):
        actions.book_seat(by=None, now=now, session=session, participant=cast.hamel)
    enrolment = actions.enrol(by=None, now=now, programme=course, participant=cast.hamel)
    with pytest.raises(EnrolsAsAWhole):
        actions.release_seat(by=None, now=now, seat=enrolment.seats.earliest("pk"))


def test_withdrawing_gives_back_every_seat_to_come(cast: Cast) -> None:
    course = _course(cast)
    now = timezone.now()
    enrolment = actions.enrol(by=None, now=now, programme=course, participant=cast.hamel)
    actions.withdraw(by=cast.admin, now=now, enrolment=enrolment)
    assert set(enrolment.seats.values_list("state", flat=True)) == {"released"}
    with pytest.raises(NotActive):
        actions.withdraw(by=cast.admin, now=now, enrolment=enrolment)
    actions.enrol(by=None, now=now, programme=course, participant=cast.hamel)
    assert Seat.objects.active().count() == 2


def test_a_session_that_is_added_carries_everybody_enrolled_or_is_not_opened(cast: Cast) -> None:
    group = _course(cast, kind=ProgrammeKind.CLOSED_GROUP, capacity=1)
    now = timezone.now()
    enrolment = actions.enrol(by=None, now=now, programme=group, participant=cast.hamel)
    later = now + timedelta(days=20)
    added = factories.session(cast.ours, later, programme=group, capacity=1)
    assert added.seats.get().enrolment == enrolment
    elsewhere = factories.session(cast.theirs, later + timedelta(days=1))
    actions.book_seat(by=None, now=now, session=elsewhere, participant=cast.hamel)
    with pytest.raises(CannotCarry):
        factories.session(cast.ours, later + timedelta(days=1), programme=group)
    assert group.sessions.count() == 3
