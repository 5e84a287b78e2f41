from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest
from pytest_django import Settings

from sms.hours import (
    day_bounds,
    is_day_of_rest,
    next_opening,
    opening_after,
    opening_of,
    paris_day,
    within,
)
from sms.policies import network_rules
from tests.factories import paris


@pytest.mark.parametrize(
    ("moment", "any_day", "opening"),
    [
        ("2026-03-16 10:00", False, "2026-03-16 10:00"),
        ("2026-03-16 08:00", False, "2026-03-16 08:00"),
        ("2026-03-16 07:59", False, "2026-03-16 08:00"),
        ("2026-03-16 20:00", False, "2026-03-17 08:00"),
        ("2026-03-21 21:00", False, "2026-03-23 08:00"),  # Saturday evening to Monday.
        ("2026-03-21 21:00", True, "2026-03-22 08:00"),
        ("2026-03-22 12:00", True, "2026-03-22 12:00"),
        ("2026-05-01 12:00", False, "2026-05-02 08:00"),  # Labour Day.
        ("2026-04-04 20:30", False, "2026-04-07 08:00"),  # Easter Sunday and Monday.
        ("2026-03-28 20:30", True, "2026-03-29 08:00"),  # Across the clock change.
    ],
)
def test_a_text_leaves_within_hours(moment: str, any_day: bool, opening: str) -> None:
    assert next_opening(paris(moment), any_day=any_day) == paris(opening)


def test_hours_all_day_are_never_closed_on_a_working_day(settings: Settings) -> None:
    settings.SMS_HOURS = (time(0, 0), time.max)
    late = paris("2026-03-16 23:59")
    assert next_opening(late, any_day=False) == late


def test_a_demo_may_be_tried_on_a_sunday(settings: Settings) -> None:
    settings.SMS_REST_DAYS = False
    sunday = paris("2026-03-22 12:00")
    assert next_opening(sunday, any_day=False) == sunday


def test_a_day_ends_at_midnight_in_paris() -> None:
    assert paris_day(paris("2026-03-28 23:59")).isoformat() == "2026-03-28"
    start, end = day_bounds(paris_day(paris("2026-03-29 12:00")))
    assert (end.astimezone() - start.astimezone()).total_seconds() == 23 * 3600
    assert opening_after(paris_day(start), any_day=True) == paris("2026-03-30 08:00")


def test_the_days_of_rest_are_sundays_and_french_holidays() -> None:
    rest = ("2026-03-22", "2026-04-06", "2026-05-01", "2026-07-14", "2026-11-11", "2026-12-25")
    assert all(is_day_of_rest(paris(f"{day} 12:00").date()) for day in rest)
    assert not is_day_of_rest(paris("2026-04-03 12:00").date())  # Good Friday is a working day.


@pytest.mark.parametrize(
    ("moment", "any_day", "opening"),
    [
        ("2026-03-16 08:30", False, "2026-03-16 10:00"),
        ("2026-03-16 12:00", False, "2026-03-17 10:00"),
        ("2026-03-22 11:00", False, "2026-03-22 11:00"),  # A Sunday like any other day, there.
    ],
)
def test_a_partner_s_own_hours_count(moment: str, any_day: bool, opening: str) -> None:
    rules = replace(network_rules(), opens=time(10), closes=time(12), rest_days=False)
    assert next_opening(paris(moment), any_day=any_day, rules=rules) == paris(opening)


def test_hours_are_half_open_and_begin_at_the_same_wall_clock_all_year() -> None:
    rules = network_rules()
    inside = [
        within(paris(f"2026-03-16 {at}"), rules) for at in ("07:59", "08:00", "19:59", "20:00")
    ]
    assert inside == [False, True, True, False]
    days = [paris(f"2026-03-{day} 12:00").date() for day in (28, 29)]
    assert [opening_of(day, rules).isoformat()[11:] for day in days] == [
        "08:00:00+01:00",
        "08:00:00+02:00",
    ]
