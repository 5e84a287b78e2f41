"""Days that are not like the others, in metropolitan France. Pure: a day in, a name out."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Final

import holidays

#: The academies of Paris, Créteil and Versailles: all of Île-de-France.
_ZONE: Final = "Zone C"


@lru_cache(maxsize=64)
def _public(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("FR", years=year, language="fr"))


@lru_cache(maxsize=64)
def _school(year: int) -> dict[date, str]:
    found = holidays.country_holidays(
        "FR", years=year, language="fr", subdiv=_ZONE, categories=("school",)
    )
    return dict(found)


def public_holiday(day: date) -> str:
    """The French name of the public holiday of metropolitan France (the eleven days of Code du
    travail L3133-1; Alsace-Moselle has two more, which are not Île-de-France's), or ""."""
    return _public(day.year).get(day, "")


def school_holiday(day: date) -> str:
    """The French name of the school holidays of zone C on this day, or "". What the ministry has not
    published yet is the library's estimate."""
    return _school(day.year).get(day, "")
