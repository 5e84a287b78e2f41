"""What can be refused, in words that a person can act on.

None of these sentences names another person, or reveals that two people must not meet.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class BookingError(Exception):
    """A refusal. `str()` gives the sentence to show, in the reader's language."""

    message: Promise | str = _("This is not possible.")

    def __init__(self, message: Promise | str | None = None) -> None:
        if message is not None:
            self.message = message
        super().__init__()

    def __str__(self) -> str:
        return str(self.message)


class Invalid(BookingError):
    """A value cannot be taken; the message says which and what to do."""


class NotAllowed(BookingError):
    message = _("Your account may not do this.")


class SessionFull(BookingError):
    message = _("Every seat of this session is taken.")


class AlreadySeated(BookingError):
    message = _("This person already has a seat in this session.")


class AlreadyEnrolled(BookingError):
    message = _("This person is already enrolled in this programme.")


class Overlaps(BookingError):
    message = _("This person already has a seat somewhere at that time.")


class PractitionerBusy(BookingError):
    message = _("A practitioner already leads another session at that time.")


class NotPossibleHere(BookingError):
    """Deliberately says no more: the reason may be somebody else's safety."""

    message = _("Not possible here. Choose another place or time, or ask the coordination.")


class KnownInNetwork(BookingError):
    """Says that somebody is known, and nothing else: not where, not since when."""

    message = _("Already known in the network: ask the coordination.")


class VictimsOnly(BookingError):
    message = _("This venue is kept for victims: nobody can be seated there.")


class TooEarly(BookingError):
    message = _("This person cannot come before the date given in their record.")


class TooLate(BookingError):
    message = _("It is too late: this has already started.")


class SessionCancelled(BookingError):
    message = _("This session is cancelled.")


class NotActive(BookingError):
    message = _("This seat is no longer taken. Reload the page to see how it is now.")


class EnrolsAsAWhole(BookingError):
    message = _(
        "This belongs to a course or a closed group: enrol or withdraw the person for the whole."
    )


class EnrolsSeatBySeat(BookingError):
    message = _("People join an open group session by session: book a seat instead.")


class Busy(BookingError):
    message = _("Somebody else is changing the same thing. Try again in a moment.")
