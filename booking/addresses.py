"""When two venues stand at one place. Pure text, no database."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from booking.errors import Invalid
from booking.identity import fold

if TYPE_CHECKING:
    from booking.models.partner import Venue


def postcode_of(text: str) -> str:
    """As it is kept: five digits, however somebody spaced them. Raises Invalid."""
    digits = "".join(text.split())
    if not re.fullmatch(r"[0-9]{5}", digits):
        raise Invalid(_("A postcode has five digits."))
    return digits


def same_address(one: Venue, other: Venue) -> bool:
    """Whether two venues have one postcode and one street, however each partner wrote them; rooms
    and names of buildings apart: people meet in the hall."""
    return _address(one) == _address(other)


def _address(venue: Venue) -> tuple[str, str, list[str]]:
    """The numbers once more, each by itself: folded, 3-5 would be 35."""
    return fold(venue.postcode), fold(venue.street), re.findall(r"\d+", venue.street)
