from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import translation

from portal import wording
from tests.factories import paris

NOW = paris("2026-04-14 08:45")


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-04-14 18:00", "mardi 14 avril à 18\u00a0h"),
        ("2026-04-14 09:05", "mardi 14 avril à 9\u00a0h\u00a005"),
        ("2026-12-01 18:30", "mardi 1er décembre à 18\u00a0h\u00a030"),
        ("2027-03-01 00:00", "lundi 1er mars 2027 à 0\u00a0h"),
    ],
)
def test_a_moment_reads_as_a_secretary_writes_it(moment: str, words: str) -> None:
    with time_machine.travel(NOW, tick=False):
        assert wording.moment(paris(moment)) == words


def test_an_hour_is_that_of_paris_on_both_sides_of_the_clock_change() -> None:
    assert wording.hour(paris("2026-10-24 18:00")) == "18\u00a0h"
    assert wording.hour(paris("2026-10-26 18:00")) == "18\u00a0h"


def test_what_comes_today_needs_no_date() -> None:
    with time_machine.travel(NOW, tick=False):
        assert wording.coming(paris("2026-04-14 18:00"), now=NOW) == "à 18\u00a0h"
        assert wording.coming(paris("2026-04-15 18:00"), now=NOW) == "mercredi 15 avril à 18\u00a0h"


@pytest.mark.parametrize(
    ("minutes", "words"), [(45, "45\u00a0min"), (120, "2\u00a0h"), (90, "1\u00a0h\u00a030")]
)
def test_a_length(minutes: int, words: str) -> None:
    assert wording.duration(NOW, NOW + timedelta(minutes=minutes)) == words


def test_a_list_ends_with_and() -> None:
    with translation.override("en"):
        said = [wording.several(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])]
    assert said == ["", "a", "a and b", "a, b and c"]


@pytest.mark.parametrize(
    ("count", "last", "words"),
    [
        (2, date(2026, 4, 17), "2 days: Thu\u00a016 and Fri\u00a017"),
        (2, date(2026, 5, 1), "2 days: Thu\u00a016\u00a0April and Fri\u00a01\u00a0May"),
        (2, date(2026, 4, 16), "2 sessions, until Thu\u00a016\u00a0April"),
        (1, date(2026, 4, 16), "1 session, until Thu\u00a016\u00a0April"),
        (6, date(2026, 5, 21), "6 sessions, until Thu\u00a021\u00a0May"),
    ],
)
def test_what_a_series_consists_of(count: int, last: date, words: str) -> None:
    with translation.override("en"):
        assert wording.sittings(count, date(2026, 4, 16), last) == words


def test_the_quarters_of_a_year() -> None:
    names = [wording.quarter(date(2021, month, 1)) for month in (1, 4, 7, 10)]
    assert names == [f"{nth}\u00a0trimestre\u00a02021" for nth in ("1er", "2e", "3e", "4e")]


def test_english_is_plain() -> None:
    with translation.override("en"), time_machine.travel(NOW, tick=False):
        assert wording.moment(paris("2026-12-01 18:00")) == "Tuesday 1 December at 18:00"
