"""Against an oracle that shares no code with us: dateutil on the naive wall clock, then zoneinfo."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.errors import Invalid
from calendars.recurrence import (
    Nth,
    Recurrence,
    Weekday,
    in_step,
    refuse_odd_hours,
    refuse_odd_recurrence,
)
from calendars.rhythms import dates_of
from tests.factories import PARIS, paris

_WEEKDAY = st.sampled_from(list(Weekday))
_EVERY = st.integers(1, 12)
_KINDS = st.one_of(
    st.builds(
        lambda days, every: Recurrence(tuple(days), every),
        st.lists(_WEEKDAY, min_size=1, max_size=7, unique=True),
        _EVERY,
    ),
    st.builds(
        lambda day, every: Recurrence(month_day=day, every=every),
        st.sampled_from([*range(1, 32), -1]),
        _EVERY,
    ),
    st.builds(
        lambda day, nth, every: Recurrence((day,), every, nth=nth),
        _WEEKDAY,
        st.sampled_from(list(Nth)),
        _EVERY,
    ),
)
#: Minutes since midnight: every hour that a rhythm may have.
_START = (st.integers(0, 115) | st.integers(180, 24 * 60 - 5)).map(lambda n: time(n // 60, n % 60))
_DAY = st.dates(date(2025, 1, 1), date(2029, 12, 31))
_ZONE = st.sampled_from(
    [
        PARIS,
        UTC,
        ZoneInfo("Asia/Kathmandu"),
        ZoneInfo("America/Cayenne"),
        timezone(-timedelta(hours=11)),
    ]
)


def oracle(how: Recurrence, since: datetime, every: int) -> rrule.rrule:
    days = [getattr(rrule, day) for day in how.weekdays]
    if how.nth is not None:
        days = [days[0](how.nth.value)]
    return rrule.rrule(
        rrule.MONTHLY if how.month_day is not None or how.nth is not None else rrule.WEEKLY,
        dtstart=since,
        interval=every,
        byweekday=days or None,
        bymonthday=how.month_day,
    )


@settings(max_examples=4000)
@given(
    how=_KINDS,
    first_day=_DAY,
    start=_START,
    lasts=st.none() | st.integers(0, 900),
    skip=st.integers(-400, 3000),
    span=st.integers(0, 400),
    zone=_ZONE,
)
def test_a_rhythm_has_the_dates_of_the_oracle(
    how: Recurrence,
    first_day: date,
    start: time,
    lasts: int | None,
    skip: int,
    span: int,
    zone: ZoneInfo,
) -> None:
    day_one = oracle(how, datetime.combine(first_day, start), 1)[0]
    assert how.first_on_or_after(first_day) == day_one.date()
    until = None if lasts is None else day_one.date() + timedelta(days=lasts)
    since = datetime.combine(first_day, time(9), PARIS) + timedelta(days=skip)
    to = since + timedelta(days=span)
    naive = takewhile(lambda one: one < to.replace(tzinfo=None), oracle(how, day_one, how.every))
    expected = [
        one.replace(tzinfo=PARIS)
        for one in naive
        if one >= since.replace(tzinfo=None) and (until is None or one.date() <= until)
    ]
    how = Recurrence(how.weekdays, how.every, how.month_day, how.nth, until)
    bounds = (since.astimezone(zone), to.astimezone(zone))
    found = dates_of(how, first_day, start, 5, *bounds)
    assert [one.start for one in found] == expected
    assert {(one.start.hour, one.start.minute) for one in found} <= {(start.hour, start.minute)}
    assert {one.end.astimezone(UTC) - one.start.astimezone(UTC) for one in found} <= {
        timedelta(minutes=5)
    }


@given(how=_KINDS, first_day=_DAY)
def test_the_days_that_it_falls_on_are_the_oracle_s(how: Recurrence, first_day: date) -> None:
    days = [first_day + timedelta(days=n) for n in range(400)]
    midnight = datetime.combine(first_day, time())
    expected = oracle(how, midnight, 1).between(midnight, midnight + timedelta(399), inc=True)
    assert [day for day in days if how.falls_on(day)] == [one.date() for one in expected]


@given(how=_KINDS, first_day=_DAY, later=st.integers(0, 30_000))
def test_a_later_beginning_in_step_gives_the_same_dates(
    how: Recurrence, first_day: date, later: int
) -> None:
    first = how.first_on_or_after(first_day)
    day = first + timedelta(days=later)
    begins = in_step(how, first, day)
    assert begins <= day or begins == first
    since = datetime.combine(day, time())
    whole = oracle(how, datetime.combine(first, time()), how.every).xafter(since, count=3, inc=True)
    part = oracle(how, datetime.combine(begins, time()), how.every).xafter(since, count=3, inc=True)
    assert list(whole) == list(islice(part, 3))


@pytest.mark.parametrize(
    "how",
    [
        Recurrence(()),
        Recurrence((Weekday.MONDAY,), every=0),
        Recurrence((Weekday.MONDAY,), every=13),
        Recurrence((Weekday.MONDAY,), times=0),
        Recurrence((Weekday.MONDAY,), times=201),
        Recurrence((Weekday.MONDAY,), times=3, until=date(2026, 5, 1)),
        Recurrence((Weekday.MONDAY,), until=date(2026, 3, 1)),
        Recurrence((Weekday.MONDAY,), until=date(9999, 12, 31)),
        Recurrence((Weekday.MONDAY,), month_day=3),
        Recurrence(month_day=0),
        Recurrence(month_day=32),
        Recurrence(month_day=-2),
        Recurrence(month_day=3, nth=Nth.FIRST),
        Recurrence((Weekday.MONDAY, Weekday.FRIDAY), nth=Nth.FIRST),
        Recurrence(nth=Nth.LAST),
        Recurrence(month_day=31, every=12, times=200),
        Recurrence((Weekday.MONDAY,), every=12, times=200, nth=Nth.LAST),
    ],
)
def test_what_is_no_recurrence_or_never_ends_is_refused(how: Recurrence) -> None:
    with pytest.raises(Invalid):
        refuse_odd_recurrence(how, date(2026, 3, 2))


@pytest.mark.parametrize("day", [date.min, date.max, date(1999, 12, 31), date(2100, 1, 1)])
def test_a_first_day_beyond_all_reason_is_refused(day: date) -> None:
    with pytest.raises(Invalid):
        refuse_odd_recurrence(Recurrence((Weekday.MONDAY,)), day)


def test_two_hundred_weeks_are_taken() -> None:
    refuse_odd_recurrence(Recurrence((Weekday.MONDAY,), times=200), date(2026, 3, 2))
    refuse_odd_recurrence(Recurrence(month_day=31, every=12, times=70), date(2026, 2, 1))


def test_the_31st_of_every_twelfth_month_begins_in_a_month_that_has_one() -> None:
    yearly = Recurrence(month_day=31, every=12)
    found = dates_of(
        yearly, date(2026, 2, 1), time(18), 60, paris("2027-01-01 00:00"), paris("2028-01-01 00:00")
    )
    assert [one.start for one in found] == [paris("2027-03-31 18:00")]


@pytest.mark.parametrize(
    ("start", "minutes", "slot", "gap"),
    [
        (time(2, 30), 30, None, 0),
        (time(1, 0), 120, None, 0),
        (time(1, 59), 5, None, 0),
        (time(2, 0), 5, None, 0),
        (time(23), 120, None, 0),
        (time(18, 0, 30), 120, None, 0),
        (time(18, tzinfo=UTC), 120, None, 0),
        (time(18), 4, None, 0),
        (time(18), 120, None, 5),
        (time(18), 120, 4, 0),
        (time(18), 120, 121, 0),
        (time(18), 120, 45, -1),
        (time(18), 120, 45, 40_000),
    ],
)
def test_hours_that_a_clock_change_would_bend_or_that_do_not_fit_are_refused(
    start: time, minutes: int, slot: int | None, gap: int
) -> None:
    with pytest.raises(Invalid):
        refuse_odd_hours(start, minutes, slot, gap)


@pytest.mark.parametrize(("start", "minutes"), [(time(1), 60), (time(3), 5), (time(22), 120)])
def test_hours_beside_the_clock_change_are_taken(start: time, minutes: int) -> None:
    refuse_odd_hours(start, minutes, None, 0)
