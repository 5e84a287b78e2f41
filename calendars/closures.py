"""Days on which nothing is held."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=64)
def _of_year(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("FR", years=year, language="fr"))


def public_holiday(day: date) -> str:
    """The French name of the public holiday of metropolitan France (the eleven days of Code du
    travail L3133-1; Alsace-Moselle has two more, which are not Île-de-France's), or ""."""
    return _of_year(day.year).get(day, "")
