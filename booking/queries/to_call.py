from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from booking import access, phones
from booking.models import Partner, Seat
from booking.models.person import Participant, PhoneState
from booking.models.seat import SeatState

#: How far ahead a missing number matters today.
AHEAD = timedelta(days=14)

# Numbers of mainland France that receive texts, as the database can tell without loading them.
_FRENCH_MOBILE = Q(participant__phone__startswith="+336") | Q(participant__phone__startswith="+337")


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


@dataclass(frozen=True)
class Call:
    """Somebody to call, for their next seat."""

    seat: Seat
    reason: Reason


def why_no_text(person: Participant) -> Reason | None:
    """What stops a text, the person's own wish first; None when texts arrive."""
    if person.texts_refused:
        return Reason.REFUSED
    if person.phone_state != PhoneState.CONFIRMED:
        return _OF_STATE[PhoneState(person.phone_state)]
    return None if phones.can_receive_texts(person.phone) else Reason.LANDLINE


def to_call(
    user: access.Reader,
    now: datetime,
    *,
    partner: Partner | None = None,
    untold: Collection[int] = (),
) -> list[Call]:
    """The people whom this account may see, who are awaited within 14 days, and whom no text can
    reach: each once, for their next seat, the soonest first. One query.

    `untold` are seats for which a text was tried and did not arrive; the core knows no texts."""
    seats = Seat.objects.visible_to(user).filter(
        ~Q(participant__phone_state=PhoneState.CONFIRMED)
        | Q(participant__texts_refused=True)
        | ~_FRENCH_MOBILE
        | Q(pk__in=untold),
        Q(state=SeatState.BOOKED) | Q(state=SeatState.CANCELLED, pk__in=untold),
        starts_at__gt=now,
        starts_at__lte=now + AHEAD,
    )
    if partner is not None:
        seats = seats.filter(session__partner=partner)
    tried = set(untold)
    calls: dict[int, Call] = {}
    for seat in seats.select_related("participant", "session__partner").order_by("starts_at", "pk"):
        reason = why_no_text(seat.participant)
        if reason is None and seat.pk in tried:
            reason = Reason.UNTOLD
        if reason is not None and seat.participant_id not in calls:
            calls[seat.participant_id] = Call(seat, reason)
    return list(calls.values())
