"""Days, hours and lists, as each language says them."""

from __future__ import annotations

import pytest

from booking.models.language import Language
from sms.languages import SPEECHES, speech
from tests.factories import paris

TUESDAY = paris("2026-04-14 18:00")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "mardi 14 avril à 18h00"),
        ("en", "Tuesday 14 April at 18:00"),
        ("ar", "الثلاثاء 14 أبريل الساعة 18:00"),
        ("pt", "terça-feira 14 de abril às 18:00"),
        ("ro", "marți 14 aprilie la 18:00"),
        ("es", "martes 14 de abril a las 18:00"),
        ("ta", "செவ்வாய் 14 ஏப்ரல் 18:00"),
    ],
)
def test_when(language: str, said: str) -> None:
    assert speech(language).when(TUESDAY) == said


def test_every_language_of_people_has_its_speech() -> None:
    assert set(SPEECHES) == set(Language)


@pytest.mark.parametrize(
    ("starts", "said"),
    [
        (["2026-04-14 14:00", "2026-04-14 09:00"], "mardi 14 avril à 9h00 et à 14h00"),
        (
            ["2026-04-14 09:00", "2026-04-14 11:00", "2026-04-14 14:30"],
            "mardi 14 avril à 9h00, à 11h00 et à 14h30",
        ),
        (
            ["2026-04-14 18:00", "2026-04-21 18:00", "2026-05-05 18:00"],
            "mardi 14, mardi 21 avril et mardi 5 mai à 18h00",
        ),
        (
            ["2026-04-30 09:00", "2026-05-01 14:00"],
            "jeudi 30 avril à 9h00 et vendredi 1er mai à 14h00",
        ),
        # The clock changes in between: 18h00 stays 18h00.
        (
            ["2026-10-20 18:00", "2026-10-27 18:00"],
            "mardi 20 et mardi 27 octobre à 18h00",
        ),
        # A year apart, the same month.
        (
            ["2026-12-29 18:00", "2027-12-28 18:00"],
            "mardi 29 décembre et mardi 28 décembre à 18h00",
        ),
    ],
)
def test_lists_of_times(starts: list[str], said: str) -> None:
    assert speech("fr").dates([paris(start) for start in starts]) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Tuesday 14 and Thursday 16 April at 18:00"),
        ("ar", "الثلاثاء 14 والخميس 16 أبريل الساعة 18:00"),
        ("es", "martes 14 y jueves 16 de abril a las 18:00"),
    ],
)
def test_two_days_of_one_hour(language: str, said: str) -> None:
    assert speech(language).dates([TUESDAY, paris("2026-04-16 18:00")]) == said


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-04-13 23:59", "demain"),
        ("2026-04-14 00:00", "aujourd'hui"),
        ("2026-04-12 12:00", ""),
        ("2026-04-15 12:00", ""),
    ],
)
def test_tomorrow_is_a_day_of_paris(now: str, said: str) -> None:
    assert speech("fr").near(TUESDAY, paris(now)) == said


def test_latin_words_keep_their_order_in_arabic() -> None:
    mark = "\N{LEFT-TO-RIGHT MARK}"
    assert speech("ar").latin("01 23 45 67 89") == f"{mark}01 23 45 67 89{mark}"
    assert speech("ar").latin("") == ""
    assert speech("ro").latin("12 rue des Lilas") == "12 rue des Lilas"
