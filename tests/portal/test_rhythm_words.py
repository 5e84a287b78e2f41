from __future__ import annotations

from datetime import date, time

import pytest
import time_machine
from django.utils import translation

from calendars.recurrence import Nth, Recurrence, Weekday
from portal.rhythm_words import say
from tests.factories import paris

_MONDAY, _THURSDAY, _FRIDAY = Weekday.MONDAY, Weekday.THURSDAY, Weekday.FRIDAY


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (Recurrence((_MONDAY,)), "on Mondays at 18:00, every week"),
        (Recurrence((_MONDAY,), times=10), "on Mondays at 18:00, every week, 10 times"),
        (Recurrence((_MONDAY,), times=1), "on Mondays at 18:00, every week, once"),
        (
            Recurrence((_THURSDAY, _MONDAY), every=2, until=date(2026, 12, 12)),
            "on Mondays and on Thursdays at 18:00, every 2 weeks, until 12 December",
        ),
        (Recurrence(tuple(Weekday)[:5]), "from Monday to Friday at 18:00, every week"),
        (Recurrence((_FRIDAY,), nth=Nth.LAST), "on the last Friday of the month at 18:00"),
        (
            Recurrence((_FRIDAY,), nth=Nth.FIRST, every=3, times=4),
            "on the first Friday of the month at 18:00, every 3 months, 4 times",
        ),
        (Recurrence(month_day=15), "on day 15 of the month at 18:00"),
        (Recurrence(month_day=-1), "on the last day of the month at 18:00"),
    ],
)
def test_a_rhythm_in_words(how: Recurrence, words: str) -> None:
    with translation.override("en"), time_machine.travel(paris("2026-11-23 08:45"), tick=False):
        assert say(how, time(18)) == words


def test_an_opening_says_until_what_hour() -> None:
    with translation.override("en"):
        said = say(Recurrence((_MONDAY,)), time(9), time(12, 30))
    assert said == "on Mondays from 9:00 to 12:30, every week"
