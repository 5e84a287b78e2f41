"""What is asked of the finder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time

from django.utils.translation import gettext_lazy as _

from booking.errors import Invalid
from booking.models.language import Language

LARGEST_PAGE = 100
_MOST_SERVICES = 50
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Search:
    """Services, partners by primary key. Of a course or closed group every coming session must be
    as it is asked here; of anything else, the one session."""

    services: frozenset[int]
    departments: frozenset[str] = frozenset()
    partners: frozenset[int] = frozenset()
    #: ISO: Monday is 1. Days as Paris counts them.
    weekdays: frozenset[int] = frozenset()
    #: Paris clock: starts at or after the one, ends at or before the other, on the same day.
    after: time | None = None
    before: time | None = None
    #: Held in it, with an interpreter for it, or an appointment with somebody who speaks it.
    #: Empty: held in French or in the person's own language.
    language: str = ""
    earliest: date | None = None
    #: The last day too. None: the person's nearest coming deadline for one of these services.
    latest: date | None = None

    def department_codes(self) -> list[str]:
        """Those that can be one."""
        return sorted(code for code in self.departments if code.isalnum())

    def refuse(self) -> None:
        """Raise Invalid for what cannot be searched."""
        if not self.services:
            raise Invalid(_("Choose at least one service."))
        if len(self.services) > _MOST_SERVICES:
            raise Invalid(_("At most %(most)s services at once.") % {"most": _MOST_SERVICES})
        if not self.weekdays <= set(range(1, 8)):
            raise Invalid(_("Choose days of the week."))
        if self.language and self.language not in Language.values:
            raise Invalid(_("Choose a language from the list."))
        for day in (self.earliest, self.latest):
            if day is not None and not _FIRST_YEAR <= day.year < _LAST_YEAR:
                raise Invalid(_("Check the year."))
        if self.earliest and self.latest and self.latest < self.earliest:
            raise Invalid(_("The last day comes before the first."))
        if self.after and self.before and self.before <= self.after:
            raise Invalid(_("The end comes before the start."))


def keys(ids: Iterable[int]) -> list[int]:
    """Those that can be a primary key."""
    return sorted(pk for pk in ids if 0 < pk < 2**63)
