from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.imports import dates
from booking.imports.errors import Unreadable
from tests.factories import paris


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("13/12/2020", date(2020, 12, 13)),
        ("13-12-20", date(2020, 12, 13)),
        ("13.12.2020", date(2020, 12, 13)),
        ("3/1/21", date(2021, 1, 3)),
        ("13 / 12 / 2020", date(2020, 12, 13)),
        ("2020-12-13", date(2020, 12, 13)),
        ("2020-12-13T00:00:00", date(2020, 12, 13)),
        ("13/12/2020 00:00", date(2020, 12, 13)),
        ("1er mars 2021", date(2021, 3, 1)),
        ("1ER MARS 2021", date(2021, 3, 1)),
        ("2 août 2021", date(2021, 8, 2)),
        ("2 aout 21", date(2021, 8, 2)),
        ("14 févr. 2021", date(2021, 2, 14)),
        ("14 déc 2020", date(2020, 12, 14)),
        ("dimanche 13 décembre 2020", date(2020, 12, 13)),
        ("dim. 13/12/2020", date(2020, 12, 13)),
        ("13-déc-20", date(2020, 12, 13)),
        ("29/02/2020", date(2020, 2, 29)),
    ],
)
def test_a_date_is_read_as_people_in_france_write_it(typed: str, meant: date) -> None:
    assert dates.day(typed, until=2026) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "bientôt",
        "31/02/2021",
        "29/02/2021",
        "00/01/2021",
        "12/13/2021",
        "13/12",
        "13/12/202",
        "13/12/20201",
        "1er marsouin 2021",
        "44178",
        "13/12/1020",
        "13/12/9999",
        "13/12/2020 bientôt",
        "##########",
        "1" * 100_000,
        "1 " * 50_000,
    ],
)
def test_what_is_no_date_is_said_to_be_none(typed: str) -> None:
    with pytest.raises(Unreadable):
        dates.day(typed, until=2026)


def test_a_year_of_two_digits_is_the_latest_that_can_be() -> None:
    assert dates.day("26/02/74", until=2013) == date(1974, 2, 26)
    assert dates.day("26/02/04", until=2013) == date(2004, 2, 26)
    assert dates.day("26/02/13", until=2013) == date(2013, 2, 26)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("9h30", time(9, 30)), ("9 h", time(9)), ("09:00", time(9)), ("à 18h", time(18))],
)
def test_a_time_of_day_is_read(typed: str, meant: time) -> None:
    assert dates.clock(typed) == meant


@pytest.mark.parametrize("typed", ["", "25h", "9h75", "neuf heures", "9", "le soir"])
def test_what_is_no_time_is_said_to_be_none(typed: str) -> None:
    with pytest.raises(Unreadable):
        dates.clock(typed)


@pytest.mark.parametrize(
    "typed",
    ["09/01/2021 09:00", "09/01/2021 9h", "9 janvier 2021 à 9h00", "2021-01-09T09:00:00"],
)
def test_a_moment_is_paris_wall_clock(typed: str) -> None:
    assert dates.moment(typed, until=2026) == (datetime(2021, 1, 9, 8, tzinfo=UTC), True)


def test_summer_is_another_hour_in_utc() -> None:
    at, _ = dates.moment("09/07/2021 09:00 - 10:30", until=2026)
    assert at.astimezone(UTC) == datetime(2021, 7, 9, 7, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["09/01/2021", "09/01/2021 00:00"])
def test_a_moment_without_an_hour_says_so(typed: str) -> None:
    assert dates.moment(typed, until=2026) == (paris("2021-01-09 09:00"), False)


def test_an_hour_that_the_clocks_skip_is_refused() -> None:
    with pytest.raises(Unreadable):
        dates.moment("28/03/2021 02:30", until=2026)
    at, _ = dates.moment("31/10/2021 02:30", until=2026)
    assert at == paris("2021-10-31 02:30")


@given(st.dates(date(1927, 1, 1), date(2026, 12, 31)))
def test_every_day_of_a_century_comes_back(day: date) -> None:
    for shape in ("%d/%m/%Y", "%d-%m-%y", "%d.%m.%Y", "%Y-%m-%d"):
        assert dates.day(day.strftime(shape), until=2026) == day


@given(st.text(alphabet="0123456789/-.: hàmarséût", max_size=30) | st.text(max_size=30))
def test_any_text_is_a_date_or_is_refused_with_a_reason(text: str) -> None:
    with suppress(Unreadable):
        assert 1900 <= dates.day(text, until=2026).year <= 2100
    with suppress(Unreadable):
        assert dates.moment(text, until=2026)[0].tzinfo is not None
