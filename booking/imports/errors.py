"""What a spreadsheet can get wrong: as a whole, or in one cell."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from booking.errors import BookingError


class NotATable(BookingError):
    """The file as a whole cannot be read; the message is the one sentence to show."""

    message = _("This file is not a table. Save the spreadsheet as CSV and import that.")


class Unreadable(ValueError):
    """One cell cannot be read. `reason` says what is wrong and what to do."""

    def __init__(self, reason: Promise | str) -> None:
        super().__init__()
        self.reason = reason

    def __str__(self) -> str:
        return str(self.reason)
