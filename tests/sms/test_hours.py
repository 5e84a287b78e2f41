from __future__ import annotations

from datetime import time

import pytest
from pytest_django import Settings

from sms.hours import day_bounds, is_day_of_rest, next_opening, opening_after, paris_day
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
