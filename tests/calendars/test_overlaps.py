from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.models import Practitioner
from calendars.errors import RhythmsOverlap
from calendars.models import Rhythm, Treatment
from calendars.publish import publish
from calendars.queries.overlaps import Overlap, overlaps
from calendars.recurrence import Nth, Recurrence, Weekday
from tests import factories
from tests.calendars.test_rhythms import rhythm
from tests.cast import Cast
from tests.factories import PARIS, paris

pytestmark = pytest.mark.django_db
NOW = paris("2026-02-01 09:00")
MARCH = date(2026, 3, 1)


def meeting(
    practitioner: Practitioner,
    *days: Weekday,
    start: time = time(18),
    minutes: int = 120,
    first_day: date = MARCH,
    **fields: Any,
) -> list[tuple[str, int]]:
    recurrence = Recurrence(days or (Weekday.TUESDAY,), **fields)
    found = overlaps([practitioner], recurrence, first_day, start, minutes, now=NOW)
    return [(f"{one.first:%Y-%m-%d %H:%M}", one.dates) for one in found]


def test_two_rhythms_on_one_evening_say_when_they_first_meet(cast: Cast) -> None:
    made = rhythm(cast.ours, practitioners=[cast.practitioner])
    found = overlaps(
        [cast.practitioner], Recurrence((Weekday.TUESDAY,)), MARCH, time(19), 60, now=NOW
    )
    # 57 Tuesdays, but for 14 July.
    assert found == [Overlap(made, paris("2026-03-03 19:00"), 56)]
    assert found[0].first.tzinfo == PARIS


@pytest.mark.parametrize(("start", "minutes"), [(time(20), 60), (time(17), 60)])
def test_one_may_begin_when_the_other_ends(cast: Cast, start: time, minutes: int) -> None:
    rhythm(cast.ours, practitioners=[cast.practitioner])
    assert meeting(cast.practitioner, start=start, minutes=minutes) == []


def test_a_fortnight_meets_a_month_where_they_really_do(cast: Cast) -> None:
    last_friday = Recurrence((Weekday.FRIDAY,), nth=Nth.LAST, until=date(2026, 6, 30))
    rhythm(cast.ours, practitioners=[cast.practitioner], recurrence=last_friday)
    # Last Fridays: 27 March, 24 April, 29 May, 26 June. Every second one from 13 March: 27 March,
    # 24 April, 22 May, 5 and 19 June.
    fortnight = meeting(cast.practitioner, Weekday.FRIDAY, every=2, first_day=date(2026, 3, 13))
    assert fortnight == [("2026-03-27 18:00", 2)]


def test_ten_times_are_over_after_ten_that_are_held(cast: Cast) -> None:
    """Easter Monday is skipped, so the third Monday is the 20th."""
    mondays = Recurrence((Weekday.MONDAY,), times=3)
    made = rhythm(
        cast.ours,
        practitioners=[cast.practitioner],
        recurrence=mondays,
        first_day=date(2026, 3, 30),
    )
    expected = [("2026-03-30 18:00", 3)]
    assert meeting(cast.practitioner, Weekday.MONDAY) == expected
    publish(rhythm=made, now=NOW)
    assert meeting(cast.practitioner, Weekday.MONDAY) == expected
    assert meeting(cast.practitioner, Weekday.MONDAY, times=2) == []
    later = date(2026, 4, 1)
    assert meeting(cast.practitioner, Weekday.MONDAY, first_day=later) == [("2026-04-13 18:00", 2)]


def test_a_day_that_the_other_skips_is_not_common(cast: Cast) -> None:
    rhythm(
        cast.ours,
        practitioners=[cast.practitioner],
        recurrence=Recurrence((Weekday.SATURDAY, Weekday.TUESDAY)),
        weekends=Treatment.SKIP,
    )
    assert meeting(cast.practitioner, Weekday.SATURDAY) == []


def test_an_ended_one_meets_until_its_end(cast: Cast) -> None:
    made = rhythm(cast.ours, practitioners=[cast.practitioner])
    Rhythm.objects.filter(pk=made.pk).update(ended_on=date(2026, 3, 17))
    assert meeting(cast.practitioner) == [("2026-03-03 18:00", 2)]


def test_what_is_over_meets_nothing_and_today_counts_from_today(cast: Cast) -> None:
    rhythm(cast.ours, practitioners=[cast.practitioner], first_day=date(2025, 1, 1))
    Rhythm.objects.update(ended_on=date(2026, 2, 1))
    assert meeting(cast.practitioner, first_day=date(2025, 1, 1)) == []
    Rhythm.objects.update(ended_on=None)
    tuesdays = meeting(cast.practitioner, first_day=date(2025, 1, 1))
    assert tuesdays == [("2026-02-03 18:00", 56)]


def test_only_rhythms_of_these_practitioners_and_not_the_one_that_changes(cast: Cast) -> None:
    other = factories.practitioner(cast.ours)
    made = rhythm(cast.ours, practitioners=[cast.practitioner, other])
    assert meeting(factories.practitioner(cast.ours)) == []
    tuesdays = Recurrence((Weekday.TUESDAY,))
    leaders = [cast.practitioner, other]
    assert overlaps(leaders, tuesdays, MARCH, time(18), 60, but=made, now=NOW) == []
    assert len(overlaps(leaders, tuesdays, MARCH, time(18), 60, now=NOW)) == 1
    assert overlaps([], tuesdays, MARCH, time(18), 60, now=NOW) == []


@pytest.mark.parametrize("others", [1, 3])
def test_three_queries_whatever_the_number(cast: Cast, others: int) -> None:
    for _ in range(others):
        ten = Recurrence((Weekday.TUESDAY,), times=10)
        rhythm(cast.ours, practitioners=[cast.practitioner], recurrence=ten, anyway=True)
    with CaptureQueriesContext(connection) as queries:
        found = meeting(cast.practitioner)
    assert (len(found), len(queries)) == (others, 3)


def test_what_overlaps_is_shown_before_it_is_saved(cast: Cast) -> None:
    rhythm(cast.ours, practitioners=[cast.practitioner])
    with pytest.raises(RhythmsOverlap) as refused:
        rhythm(cast.ours, practitioners=[cast.practitioner], anyway=False)
    assert str(refused.value).endswith(": Groupe B (03/03/2026 18:00, 56 dates).")
    assert Rhythm.objects.count() == 1
    rhythm(cast.ours, practitioners=[cast.practitioner], anyway=True)
    assert Rhythm.objects.count() == 2
