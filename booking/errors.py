"""What can be refused, in words that a person can act on.

None of these sentences names another person, or reveals that two people must not meet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from booking.models.person import Participant
    from booking.models.session import Session


class BookingError(Exception):
    """A refusal. `str()` gives the sentence to show, in the reader's language."""

    message: Promise | str = _("This is not possible.")
    #: Of many that are changed at once, the one of which it speaks.
    about: Session | None = None

    def __init__(self, message: Promise | str | None = None) -> None:
        if message is not None:
            self.message = message
        super().__init__()

    def __str__(self) -> str:
        return str(self.message)


class Warned(BookingError):
    """Not a refusal: what one should know first. The same call with `anyway=True` goes through,
    unless it is not this account's to pass (booking.rights)."""

    passable: bool = True


class Invalid(BookingError):
    """A value cannot be taken; the message says which and what to do."""


class NotAllowed(BookingError):
    message = _("Your account may not do this.")


class SessionFull(BookingError):
    message = _("Every seat of this session is taken.")


class OtherPurpose(BookingError):
    message = _("This slot is taken for another service. Choose another slot.")


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


class AlreadyWaiting(BookingError):
    message = _("This person is already on this waiting list.")


class OfferOver(BookingError):
    message = _("This offer is over. Reload the page to see how it is now.")


class InterviewFirst(BookingError):
    message = _(
        "An interview comes first: book one before this, or record the one that took place."
    )


class Merged(BookingError):
    message = _("This record was merged into another one: use that one.")


class NotAdvised(Warned):
    """Deliberately says no more, as NotPossibleHere."""

    message = _("Another time or another place would be better here. Ask the coordination.")


@dataclass(frozen=True)
class Rival:
    """Something that two records hold and one person cannot: what, and when if it has a moment
    (Europe/Paris, as it is read)."""

    label: str
    when: str = ""


class TooMuchForOne(BookingError):
    """Two records cannot be merged as they are. `rivals` says because of what."""

    def __init__(self, rivals: Iterable[Rival]) -> None:
        self.rivals = tuple(rivals)
        what = ", ".join(f"{one.label} {one.when}".strip() for one in self.rivals)
        super().__init__(
            _(
                "One person cannot have all of this. Release a seat, withdraw the person or take "
                "them off a waiting list first, then merge. %(what)s"
            )
            % {"what": what}
        )


class LooksKnown(Warned):
    """Says that somebody like this is known, and nothing else."""

    message = _("Already known in the network, it seems: ask the coordination.")


class NumberInUse(Warned):
    """Says that there is another record with this number, and nothing else: two people may well
    share a phone."""

    message = _(
        "This number stands in another record too. Ask whether somebody else reads this phone."
    )


class NumberRefusesTexts(Warned):
    """Says that there is another record with this number, and what it is to be used for."""

    message = _(
        "Somebody at this number asked for no more texts. Ask whose phone it is, and whether texts "
        "may go there."
    )


class NumberWasWrong(Warned):
    """Says that there is another record with this number, where it was noted as wrong."""

    message = _(
        "This number was noted as wrong in another record: it may be somebody else's. Ask again "
        "whose phone it is."
    )


class BelowSeated(Warned):
    message = _(
        "More people are seated than that: nobody loses their seat, and it will show “over”."
    )


@dataclass(frozen=True)
class Misfit:
    """Somebody who cannot be carried along, and why."""

    participant: Participant
    reason: BookingError


class CannotCarry(BookingError):
    """A session cannot be added or moved, because somebody who sits there could not come along.
    `misfits` says who and why, `others` how many more whose record the actor may not open; the
    sentence gives references, never a name."""

    def __init__(self, misfits: Iterable[Misfit], *, others: int = 0) -> None:
        self.misfits, self.others = tuple(misfits), others
        said = [f"{one.participant.reference}: {one.reason}" for one in self.misfits]
        if others:
            said.append(
                ngettext(
                    "%(others)s more person: ask the coordination.",
                    "%(others)s more people: ask the coordination.",
                    others,
                )
                % {"others": others}
            )
        super().__init__(_("Not everybody could come along. %(who)s") % {"who": " ".join(said)})


class KeyReused(BookingError):
    message = _("This form was sent before with other content. Reload the page and start again.")


class Busy(BookingError):
    message = _("Somebody else is changing the same thing. Try again in a moment.")
