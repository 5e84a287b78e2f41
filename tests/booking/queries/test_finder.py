"""What the finder answers, case by case; tests/…/test_finder_towns.py compares it with the slow way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine

from booking import actions
from booking.errors import Invalid
from booking.models import Assignment, Enrolment, Participant, Programme, Session
from booking.models.partner import ServiceFamily
from booking.models.programme import EnrolmentState, ProgrammeKind
from booking.purposes import purpose_of
from booking.queries.finder import Found, Search, find, first_days
from tests import factories
from tests.booking.queries import rows
from tests.cast import Cast
from tests.factories import paris

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("_monday_morning"),
]
_NOW = paris("2026-11-23 08:45")


@pytest.fixture
def _monday_morning() -> Any:
    with time_machine.travel(_NOW, tick=False):
        yield


def _search(*families: ServiceFamily, **asked: Any) -> Search:
    wanted = families or (ServiceFamily.GROUP,)
    return Search(services=frozenset(factories.service(one).pk for one in wanted), **asked)


def _find(cast: Cast, person: Participant | None = None, **asked: Any) -> Found:
    return find(cast.coordinator, person or cast.hamel, _search(**asked), now=_NOW)


def _keys(found: Found) -> list[int]:
    return [place.session.pk for place in found.places]


def _courses(cast: Cast, size: int = 20) -> Found:
    search = _search(ServiceFamily.COURSE)
    return find(cast.coordinator, cast.hamel, search, now=_NOW, size=size)


def _evening(cast: Cast, day: int = 1, **fields: Any) -> Session:
    return rows.bare(cast.ours, paris(f"2026-12-{day:02d} 18:00"), **fields)


def _course(cast: Cast, *days: int, **fields: Any) -> Programme:
    return rows.course(cast.ours, *(paris(f"2026-12-{day:02d} 09:00") for day in days), **fields)


def test_the_soonest_comes_first(cast: Cast) -> None:
    later, sooner = _evening(cast, 8), _evening(cast, 1)
    assert _keys(_find(cast)) == [sooner.pk, later.pk]


def test_a_place_says_what_and_how_many_are_left(cast: Cast) -> None:
    session = _evening(cast, capacity=3)
    rows.seat(session, factories.participant())
    Assignment.objects.create(
        session=session,
        practitioner=cast.practitioner,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
    )
    [place] = _find(cast).places
    assert (place.sessions, place.first, place.last) == (1, date(2026, 12, 1), date(2026, 12, 1))
    assert (place.taken, place.free, place.deadline_ok) == (1, 2, True)
    assert (place.practitioners, place.service) == ((cast.practitioner,), factories.service())
    assert (place.session.partner, place.session.venue) == (cast.ours, cast.venue)


def test_what_is_full_begun_or_cancelled_is_no_place(cast: Cast) -> None:
    rows.full(_evening(cast, 1, capacity=2, allowance=2))
    _evening(cast, 2, state="cancelled")
    _evening(cast, 3, state="discarded")
    rows.bare(cast.ours, _NOW)
    rows.bare(cast.ours, _NOW - timedelta(hours=1))
    assert _keys(_find(cast)) == []


def test_another_partner_s_place_only_where_it_is_open(cast: Cast) -> None:
    rows.bare(cast.theirs, paris("2026-12-01 18:00"), open_to_network=False)
    open_ = rows.bare(cast.theirs, paris("2026-12-02 18:00"))
    own = _evening(cast, 3, open_to_network=False)
    found = find(cast.admin, cast.hamel, _search(), now=_NOW)
    assert _keys(found) == [open_.pk, own.pk]


def test_nothing_stands_in_the_way_of_nobody(cast: Cast) -> None:
    session = _evening(cast)
    cast.venue.victims_only = True
    found = find(cast.admin, None, _search(), now=_NOW)
    assert (_keys(found), found.latest) == ([session.pk], None)


def test_the_nearest_deadline_is_the_bound(cast: Cast) -> None:
    near = factories.referral(
        cast.hamel,
        cast.ours,
        deadline=date(2026, 12, 8),
        referred_on=date(2026, 11, 1),
    )
    factories.referral(cast.hamel, cast.theirs, deadline=date(2026, 12, 20))
    in_time, late = _evening(cast, 8), _evening(cast, 9)
    told = _find(cast)
    assert (_keys(told), told.latest, told.mandate) == ([in_time.pk], date(2026, 12, 8), near.pk)
    asked = _find(cast, latest=date(2026, 12, 9))
    assert _keys(asked) == [in_time.pk, late.pk]
    assert [place.deadline_ok for place in asked.places] == [True, False]
    assert (asked.latest, asked.mandate, asked.deadline) == (
        date(2026, 12, 9),
        None,
        date(2026, 12, 8),
    )


def test_a_deadline_that_passed_or_is_for_something_else_is_no_bound(cast: Cast) -> None:
    passed, other = date(2026, 11, 22), factories.service(ServiceFamily.COURSE)
    factories.referral(cast.hamel, cast.ours, deadline=passed, referred_on=date(2026, 11, 1))
    factories.referral(cast.hamel, cast.ours, deadline=date(2026, 12, 1), service=other)
    assert _find(cast).latest is None


def test_hours_and_days_are_those_of_paris(cast: Cast) -> None:
    """The first of December is a Tuesday, in UTC as here; a quarter past midnight is not."""
    evening = _evening(cast, 1)
    midnight = rows.bare(cast.ours, paris("2026-12-02 00:15"))
    assert _keys(_find(cast, weekdays=frozenset({2}))) == [evening.pk]
    assert _keys(_find(cast, weekdays=frozenset({3}))) == [midnight.pk]
    assert _keys(_find(cast, after=time(18))) == [evening.pk]
    assert _keys(_find(cast, before=time(20), after=time(9))) == [evening.pk]
    assert _keys(_find(cast, before=time(19, 59))) == [midnight.pk]


def test_an_evening_that_runs_past_midnight_does_not_end_early(cast: Cast) -> None:
    rows.bare(cast.ours, paris("2026-12-01 23:00"))
    assert _keys(_find(cast, before=time(20))) == []


def test_a_day_at_the_clock_change_is_a_whole_day(cast: Cast) -> None:
    sunday = rows.bare(cast.ours, paris("2027-03-28 23:30"))
    day = date(2027, 3, 28)
    assert _keys(_find(cast, earliest=day, latest=day)) == [sunday.pk]
    assert _keys(_find(cast, latest=date(2027, 3, 27))) == []


def test_by_department_and_partner(cast: Cast) -> None:
    there = factories.partner(department="77")
    one, _other = rows.bare(there, paris("2026-12-01 18:00")), _evening(cast)
    assert _keys(_find(cast, departments=frozenset({"77", "no' one", "\x00"}))) == [one.pk]
    assert _keys(_find(cast, partners=frozenset({there.pk, 2**70}))) == [one.pk]
    assert _keys(_find(cast, partners=frozenset({there.pk}), departments=frozenset({"95"}))) == []


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({"language": "ta"}, ["ta"]),
        ({"interpreter": "ta"}, ["", "fr", "ta"]),
        ({}, ["", "fr"]),
    ],
)
def test_what_language_it_is_held_in(cast: Cast, fields: dict[str, Any], asked: list[str]) -> None:
    session = _evening(cast, **fields)
    found = [said for said in ("", "fr", "ta", "ar") if _keys(_find(cast, language=said))]
    assert (found, session.capacity) == (asked, 8)


def test_what_the_person_speaks_is_found_without_asking(cast: Cast) -> None:
    session = _evening(cast, language="ta")
    tamil = factories.participant(language="ta")
    assert _keys(_find(cast, tamil)) == [session.pk]


def test_an_appointment_with_somebody_who_speaks_it(cast: Cast) -> None:
    cast.practitioner.spoken.create(language="ta")
    alone, group = (_evening(cast, day, capacity=day) for day in (1, 2))
    for session in (alone, group):
        Assignment.objects.create(
            session=session,
            practitioner=cast.practitioner,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
        )
    assert _keys(_find(cast, language="ta")) == [alone.pk]
    assert _keys(_find(cast, language="ar")) == []


def test_a_course_is_one_place(cast: Cast) -> None:
    course = _course(cast, 1, 8, 15)
    first, middle, _last = course.sessions.order_by("starts_at")
    rows.seat(middle, factories.participant())
    [place] = _courses(cast).places
    assert (place.session.pk, place.sessions) == (first.pk, 3)
    assert (place.first, place.last) == (date(2026, 12, 1), date(2026, 12, 15))
    # The fullest of its sessions.
    assert (place.taken, place.free) == (1, 1)


@pytest.mark.parametrize("spoil", ["full", "begun", "late", "enrolled", "busy", "weekday"])
def test_a_course_is_all_of_it_or_nothing(cast: Cast, spoil: str) -> None:
    course = _course(cast, 1, 8, 15)
    search = _search(ServiceFamily.COURSE)
    if spoil == "full":
        rows.full(course.sessions.latest("starts_at"))
    elif spoil == "begun":
        rows.bare(cast.ours, _NOW, programme=course, service=course.service)
    elif spoil == "late":
        search = replace(search, latest=date(2026, 12, 14))
    elif spoil == "enrolled":
        rows.enrolled(course, cast.hamel)
    elif spoil == "busy":
        rows.seat(rows.bare(cast.theirs, paris("2026-12-15 08:00")), cast.hamel)
    else:
        rows.bare(cast.ours, paris("2026-12-17 09:00"), programme=course, service=course.service)
        search = replace(search, weekdays=frozenset({2}))
    assert _keys(find(cast.coordinator, cast.hamel, search, now=_NOW)) == []


def test_whoever_is_offered_a_course_is_not_sent_to_it_again(cast: Cast) -> None:
    """Also when none of its seats is theirs any more."""
    course = _course(cast, 1, 8)
    for state in (EnrolmentState.OFFERED, EnrolmentState.ACTIVE):
        enrolment = Enrolment.objects.create(programme=course, participant=cast.hamel, state=state)
        assert _keys(_courses(cast)) == []
        enrolment.delete()
    assert len(_courses(cast).places) == 1


def test_a_course_in_which_one_would_be_in_two_places_at_once(cast: Cast) -> None:
    rows.course(cast.ours, paris("2026-12-01 09:00"), paris("2026-12-01 10:30"))
    assert _keys(_courses(cast)) == []


def test_a_course_with_a_full_session_takes_no_room_on_the_page(cast: Cast) -> None:
    full, free = _course(cast, 1, 8), _course(cast, 2, 9)
    rows.full(full.sessions.latest("starts_at"))
    [place] = _courses(cast, size=1).places
    assert place.session.programme == free


def test_a_closed_group_that_began_only_where_it_may_be_joined(cast: Cast) -> None:
    coming = []
    for late in (True, False):
        made = rows.series(
            cast.ours,
            *(_NOW - timedelta(days=7), _NOW + timedelta(days=7)),
            kind=ProgrammeKind.CLOSED_GROUP,
            late_joining=late,
        )
        coming.append(made.sessions.latest("starts_at").pk)
    [place] = _find(cast).places
    assert (place.session.pk, place.sessions) == (coming[0], 1)


def test_an_open_group_is_found_evening_by_evening(cast: Cast) -> None:
    starts = (paris("2026-12-01 18:00"), paris("2026-12-08 18:00"))
    rows.series(cast.ours, *starts, kind=ProgrammeKind.OPEN_GROUP)
    assert [place.sessions for place in _find(cast).places] == [1, 1]


def test_a_programme_s_session_is_for_the_programme_s_service(cast: Cast) -> None:
    purpose = purpose_of([factories.service(), factories.service(ServiceFamily.SOCIAL)])
    group = factories.programme(cast.ours)
    _evening(cast, 1, programme=group, purpose=purpose)
    slot = _evening(cast, 2, purpose=purpose)
    search = _search(ServiceFamily.SOCIAL)
    [place] = find(cast.coordinator, cast.hamel, search, now=_NOW).places
    assert (place.session, place.service) == (slot, factories.service(ServiceFamily.SOCIAL))


def test_somebody_who_has_just_left_is_not_met_in_the_hall(cast: Cast) -> None:
    other = factories.participant()
    actions.keep_apart(by=None, now=_NOW, first=cast.hamel, second=other)
    rows.seat(rows.bare(cast.ours, _NOW - timedelta(minutes=150)), other)
    rows.bare(cast.ours, _NOW + timedelta(minutes=20))
    later = rows.bare(cast.ours, _NOW + timedelta(minutes=40))
    assert _keys(_find(cast)) == [later.pk]


def test_pages_join_and_hold_while_others_book(cast: Cast) -> None:
    evenings = [_evening(cast, day, capacity=1) for day in (1, 1, 2, 3)]
    search = _search()
    page = find(cast.coordinator, cast.hamel, search, now=_NOW, size=2)
    assert _keys(page) == [one.pk for one in evenings[:2]]
    for taken in (evenings[0], evenings[2]):
        rows.full(taken)
    rest = find(cast.coordinator, cast.hamel, search, now=_NOW, size=2, cursor=page.cursor)
    assert (_keys(rest), rest.cursor) == ([evenings[3].pk], "")


def test_a_full_last_page_has_no_next(cast: Cast) -> None:
    _evening(cast, 1)
    _evening(cast, 2)
    assert find(cast.coordinator, cast.hamel, _search(), now=_NOW, size=2).cursor == ""


def test_a_cursor_that_is_not_ours_is_refused(cast: Cast) -> None:
    _evening(cast, 1)
    _evening(cast, 2)
    ours = find(cast.coordinator, cast.hamel, _search(), now=_NOW, size=1).cursor
    forged = (ours[:-1], "9" + ours, ours.split("~")[0], "~", "x~y", "é", ours + "\x00")
    for cursor in forged:
        with pytest.raises(Invalid, match=r"\w"):
            find(cast.coordinator, cast.hamel, _search(), now=_NOW, cursor=cursor)


@pytest.mark.parametrize(
    "asked",
    [
        {"services": frozenset()},
        {"services": frozenset(range(1, 60))},
        {"weekdays": frozenset({0})},
        {"weekdays": frozenset({8})},
        {"language": "xx"},
        {"earliest": date(9999, 12, 31)},
        {"latest": date(1, 1, 1)},
        {"earliest": date(2026, 12, 2), "latest": date(2026, 12, 1)},
        {"after": time(18), "before": time(18)},
    ],
)
def test_what_cannot_be_searched_is_refused(cast: Cast, asked: dict[str, Any]) -> None:
    search = replace(_search(), **asked)
    for ask in (find, first_days):
        with pytest.raises(Invalid, match=r"\w"):
            ask(cast.coordinator, cast.hamel, search, now=_NOW)


@pytest.mark.parametrize("size", [0, -1, 101])
def test_a_page_has_a_size(cast: Cast, size: int) -> None:
    with pytest.raises(Invalid):
        find(cast.coordinator, cast.hamel, _search(), now=_NOW, size=size)


def test_services_that_do_not_exist_find_nothing(cast: Cast) -> None:
    _evening(cast)
    search = Search(services=frozenset({10**12, 2**70, -1, 0}))
    assert _keys(find(cast.coordinator, cast.hamel, search, now=_NOW)) == []
    assert first_days(cast.coordinator, cast.hamel, search, now=_NOW) == []


def test_far_days_in_a_record_do_no_harm(cast: Cast) -> None:
    session = _evening(cast)
    cast.referral.deadline = date(9999, 12, 31)
    cast.referral.save()
    assert _keys(_find(cast)) == [session.pk]
    later = factories.participant(not_before=date(9999, 12, 31))
    assert _keys(_find(cast, later)) == []


def test_first_days_the_soonest_first_then_those_without(cast: Cast) -> None:
    third = factories.partner(name="Zénith")
    _evening(cast, 2)
    rows.bare(cast.theirs, paris("2026-12-01 18:00"))
    elsewhere = factories.partner()
    elsewhere.services.clear()
    days = first_days(cast.coordinator, cast.hamel, _search(), now=_NOW)
    assert [(one.partner, one.day) for one in days] == [
        (cast.theirs, date(2026, 12, 1)),
        (cast.ours, date(2026, 12, 2)),
        (third, None),
    ]


def test_what_is_found_can_be_booked(cast: Cast) -> None:
    _evening(cast, capacity=1)
    [place] = _find(cast).places
    actions.book_seat(by=cast.admin, now=_NOW, session=place.session, participant=cast.hamel)
    assert _keys(_find(cast)) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(
    cast: Cast, count: int, django_assert_num_queries: Any
) -> None:
    search = _search(ServiceFamily.GROUP, ServiceFamily.COURSE)
    for n in range(count):
        _rows_of_every_kind(cast, n)
    for by in (cast.coordinator, cast.admin):
        # What an account may do is read once a request, and a connection learns its statements.
        find(by, cast.hamel, search, now=_NOW, size=100)
        first_days(by, cast.hamel, search, now=_NOW)
        with django_assert_num_queries(2):
            found = find(by, cast.hamel, search, now=_NOW, size=100)
        assert len(found.places) == 2 * count
        assert all(place.practitioners for place in found.places if place.sessions == 1)
        with django_assert_num_queries(2):
            first_days(by, cast.hamel, search, now=_NOW)


def _rows_of_every_kind(cast: Cast, n: int) -> None:
    partner, day = factories.partner(), n + 1
    session = rows.bare(partner, paris(f"2026-12-{day:02d} 18:00"))
    Assignment.objects.create(
        session=session,
        practitioner=factories.practitioner(partner),
        starts_at=session.starts_at,
        ends_at=session.ends_at,
    )
    rows.course(partner, *(datetime(2027, 2, day, hour, tzinfo=_NOW.tzinfo) for hour in (9, 14)))
    rows.seat(rows.bare(partner, _NOW + timedelta(days=40 + n)), cast.hamel)
    other = factories.participant()
    rows.seat(rows.bare(partner, _NOW + timedelta(days=50 + n)), other)
    actions.keep_apart(by=None, now=_NOW, first=cast.hamel, second=other)
