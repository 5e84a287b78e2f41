"""Whether a text can reach somebody, and what to do where none can. Pure: a person's row, no query."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from booking import phones
from booking.models.person import Participant, PhoneState


class Reason(TextChoices):
    """Why no text can reach this person."""

    REFUSED = "refused", _("refuses texts")
    NO_NUMBER = "no_number", _("no number")
    UNUSABLE = "unusable", _("unusable number")
    WRONG = "wrong", _("wrong number")
    UNCONFIRMED = "unconfirmed", _("number to confirm by voice")
    LANDLINE = "landline", _("landline")
    UNTOLD = "untold", _("the text did not arrive")


class Task(TextChoices):
    """What takes the place of a text."""

    CALL = "call", _("call")
    ASK_AGAIN = "ask_again", _("ask for the number again")
    LETTER = "letter", _("send a letter")


_OF_STATE = {
    PhoneState.NONE: Reason.NO_NUMBER,
    PhoneState.UNUSABLE: Reason.UNUSABLE,
    PhoneState.WRONG: Reason.WRONG,
    PhoneState.UNCONFIRMED: Reason.UNCONFIRMED,
}
#: Nobody answers there whom one may speak to.
_NOWHERE = frozenset({PhoneState.NONE, PhoneState.UNUSABLE, PhoneState.WRONG})


def why_no_text(person: Participant) -> Reason | None:
    """What stops a text, the person's own wish first; None when texts arrive."""
    if person.texts_refused:
        return Reason.REFUSED
    if person.phone_state != PhoneState.CONFIRMED:
        return _OF_STATE[PhoneState(person.phone_state)]
    return None if phones.can_receive_texts(person.phone) else Reason.LANDLINE


def what_to_do(person: Participant, reason: Reason) -> tuple[Task, ...]:
    """The best first. Without a number to call, whoever sent the person is asked for one; a letter
    goes out beside it where there is an address. Who refuses texts may prefer a letter to a call."""
    nowhere = person.phone_state in _NOWHERE
    tasks = (Task.ASK_AGAIN,) if nowhere else (Task.CALL,)
    if person.postal_address and (nowhere or reason == Reason.REFUSED):
        return (*tasks, Task.LETTER)
    return tasks
