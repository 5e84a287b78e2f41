"""How many sessions one rhythm may make, opened or changed."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from booking.errors import Invalid
from calendars.actions import change_rhythm
from calendars.models import Rhythm
from calendars.recurrence import Recurrence, Weekday
from tests.calendars.test_rhythms import rhythm
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db
WORKDAYS = tuple(Weekday)[:5]
LONG_DAY = {"start": time(3), "minutes": 21 * 60}


@pytest.mark.parametrize(
    ("how", "hours", "accepted"),
    [
        (Recurrence((Weekday.TUESDAY,)), {**LONG_DAY, "slot_minutes": 5}, False),
        (Recurrence((Weekday.TUESDAY,)), {"minutes": 245, "slot_minutes": 5}, False),
        (Recurrence((Weekday.TUESDAY,), times=1), {"minutes": 245, "slot_minutes": 5}, False),
        (Recurrence((Weekday.TUESDAY,), times=50), {"minutes": 240, "slot_minutes": 5}, True),
        (Recurrence((Weekday.TUESDAY,)), {"minutes": 240, "slot_minutes": 5}, False),
        (Recurrence((Weekday.TUESDAY,), every=2), {"minutes": 240, "slot_minutes": 5}, True),
        (Recurrence(WORKDAYS), {"start": time(9), "minutes": 8 * 60, "slot_minutes": 60}, True),
        (Recurrence(WORKDAYS), {"start": time(9), "minutes": 9 * 60, "slot_minutes": 60}, False),
        (Recurrence(WORKDAYS, until=date(2026, 6, 30)), {**LONG_DAY, "slot_minutes": 60}, True),
        (Recurrence(month_day=1), {**LONG_DAY, "slot_minutes": 30}, True),
    ],
)
def test_an_opening_has_no_more_slots_than_one_publication_bears(
    cast: Cast, how: Recurrence, hours: dict[str, Any], accepted: bool
) -> None:
    opening = {**hours, "recurrence": how, "capacity": 1, "practitioners": [cast.practitioner]}
    if accepted:
        assert rhythm(cast.ours, **opening).slot_minutes
    else:
        with pytest.raises(Invalid, match="au plus"):
            rhythm(cast.ours, **opening)


def test_a_change_that_makes_too_many_slots_is_refused(cast: Cast) -> None:
    hours = {"start": time(9), "minutes": 240, "slot_minutes": 60, "capacity": 1}
    made = rhythm(cast.ours, practitioners=[cast.practitioner], **hours)
    now, day = paris("2026-02-02 09:00"), date(2026, 3, 1)
    every_day = Recurrence(tuple(Weekday))
    for change in (
        {"slot_minutes": 5, "minutes": 300},
        {"slot_minutes": 10, "recurrence": every_day},
    ):
        with pytest.raises(Invalid, match="au plus"):
            change_rhythm(by=None, now=now, rhythm=made, from_day=day, **change)
    assert Rhythm.objects.get().slot_minutes == 60
