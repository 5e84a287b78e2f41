"""Whether a text can reach somebody. Pure: a person's row, no query."""

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


_OF_STATE = {
    PhoneState.NONE: Reason.NO_NUMBER,
    PhoneState.UNUSABLE: Reason.UNUSABLE,
    PhoneState.WRONG: Reason.WRONG,
    PhoneState.UNCONFIRMED: Reason.UNCONFIRMED,
}


def why_no_text(person: Participant) -> Reason | None:
    """What stops a text, the person's own wish first; None when texts arrive."""
    if person.texts_refused:
        return Reason.REFUSED
    if person.phone_state != PhoneState.CONFIRMED:
        return _OF_STATE[PhoneState(person.phone_state)]
    return None if phones.can_receive_texts(person.phone) else Reason.LANDLINE
