"""What one should know before a rhythm is saved. The same call with `anyway=True` goes through."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from booking.errors import Warned

if TYPE_CHECKING:
    from calendars.queries.overlaps import Overlap


class RhythmsOverlap(Warned):
    """Other rhythms of a practitioner take place at the same time: on a common date only the one
    that was published first does. Labels are neutral, and of the practitioner's own partner."""

    def __init__(self, overlaps: Iterable[Overlap]) -> None:
        self.overlaps = tuple(overlaps)
        others = ", ".join(_said(one) for one in self.overlaps)
        super().__init__(
            _("A practitioner already has something at that time: %(others)s.") % {"others": others}
        )


def _said(overlap: Overlap) -> str:
    dates = ngettext("%(dates)s date", "%(dates)s dates", overlap.dates) % {"dates": overlap.dates}
    return f"{overlap.rhythm.label} ({overlap.first:%d/%m/%Y %H:%M}, {dates})"
