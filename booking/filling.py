"""What a record gains from its double, and how it is given back. Two objects, no query.

Only names of fields are remembered: what they held stands in the absorbed record, which is not
touched. The one exception is a date that moved, of which the number of days is remembered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from booking.models import Participant, Referral
from booking.models.language import Language
from booking.models.person import PhoneState

_NEEDS = ("texts_refused", "needs_interpreter")
#: What a referral of the same day to the same partner may lack.
_OF_REFERRAL: dict[str, Any] = {"deadline": None, "referrer_id": None, "note": ""}


@dataclass
class Filled:
    names: list[str] = field(default_factory=list)
    #: Where the two differ and the kept record's own value stands: for somebody to look at.
    differs: list[str] = field(default_factory=list)
    #: By how many days the earliest date moved; None when there was none.
    days: int | None = None

    def facts(self) -> dict[str, object]:
        return {"filled": self.names, "differs": self.differs, "not_before_days": self.days}


def fill(keep: Participant, absorb: Participant) -> Filled:
    """Give the kept record what it lacks. It is not saved here."""
    filled = Filled()
    _fill_phone(keep, absorb, filled)
    for name in _NEEDS:
        if getattr(absorb, name) and not getattr(keep, name):
            setattr(keep, name, True)
            filled.names.append(name)
    if absorb.not_before and (keep.not_before is None or keep.not_before < absorb.not_before):
        if keep.not_before is not None:
            filled.days = (absorb.not_before - keep.not_before).days
        keep.not_before = absorb.not_before
        filled.names.append("not_before")
    if keep.language == Language.FRENCH != absorb.language:
        keep.language = absorb.language
        filled.names.append("language")
    elif keep.language != absorb.language:
        filled.differs.append("language")
    return filled


def _fill_phone(keep: Participant, absorb: Participant, filled: Filled) -> None:
    lacked = not keep.phone
    if lacked and absorb.phone:
        keep.phone, keep.phone_state = absorb.phone, absorb.phone_state
        filled.names.append("phone")
    elif lacked and absorb.phone_as_typed and not keep.phone_as_typed:
        keep.phone_as_typed, keep.phone_state = absorb.phone_as_typed, absorb.phone_state
        filled.names.append("phone_as_typed")
    elif not lacked and keep.phone == absorb.phone:
        if (keep.phone_state, absorb.phone_state) == (PhoneState.UNCONFIRMED, PhoneState.CONFIRMED):
            keep.phone_state = absorb.phone_state
            filled.names.append("phone_state")
        elif keep.phone_state != absorb.phone_state:
            filled.differs.append("phone_state")
    elif not lacked and absorb.phone:
        filled.differs.append("phone")
    # Once one knows that somebody else reads this phone, texts to it stay discreet.
    same_number = keep.phone == absorb.phone != ""
    if same_number and absorb.phone_shared and not keep.phone_shared:
        keep.phone_shared = True
        filled.names.append("phone_shared")


def empty(keep: Participant, absorb: Participant, facts: dict[str, Any]) -> list[str]:
    """Take out again what was filled in, where it is still the absorbed record's, and tell the
    names. It is not saved here."""
    names = [
        name for name in facts["filled"] if getattr(keep, name) == getattr(absorb, name, object())
    ]
    if "phone_shared" in names and keep.phone != absorb.phone:
        names.remove("phone_shared")
    for name in names:
        match name:
            case "phone":
                keep.phone = ""
                keep.phone_state = _state_without_number(keep)
            case "phone_as_typed":
                keep.phone_as_typed = ""
                keep.phone_state = keep.phone_state if keep.phone else PhoneState.NONE
            case "phone_state":
                # Another number has its own state.
                if keep.phone == absorb.phone:
                    keep.phone_state = PhoneState.UNCONFIRMED
            case "not_before":
                keep.not_before = _earlier(absorb, facts["not_before_days"])
            case "language":
                keep.language = Language.FRENCH
            case _:
                setattr(keep, name, False)
    return names


def _state_without_number(person: Participant) -> PhoneState:
    return PhoneState.UNUSABLE if person.phone_as_typed else PhoneState.NONE


def _earlier(absorb: Participant, days: int | None) -> Any:
    if absorb.not_before is None or days is None:
        return None
    return absorb.not_before - timedelta(days=days)


def fill_referral(twin: Referral, other: Referral) -> list[str]:
    """Complete a referral from the one of the same day that stays behind. Not saved here."""
    names = [n for n, void in _OF_REFERRAL.items() if getattr(twin, n) == void != getattr(other, n)]
    for name in names:
        setattr(twin, name, getattr(other, name))
    return names


def empty_referral(twin: Referral, other: Referral, names: list[str]) -> None:
    for name in names:
        if getattr(twin, name) == getattr(other, name):
            setattr(twin, name, _OF_REFERRAL[name])
