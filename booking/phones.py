"""Telephone numbers in every shape that people type, as E.164. No database."""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

_REGION = "FR"
# "Tél. :" or "Port" before a number is a label. Any other letter is refused: the library would
# read it as on a keypad ("06 39 98 MERE"), and "(mère)" behind a number means another person's.
_LABEL = re.compile(
    r"^(t[ée]l(?:[ée]phone)?|port(?:able)?|mobile|mob|fixe|gsm)\b[\s.:]*", re.IGNORECASE
)
# Nine digits after the 0. No subscriber's number begins with 00, and 08 numbers are services.
_FRENCH_SUBSCRIBER = re.compile(r"[1-79]\d{8}")
_NO_MOBILE = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.VOIP,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
    }
)


def parse(text: str) -> str:
    """The number in E.164 ("+33639980116").

    "06 39…", "06.39…", "0033 6…" and "+33 (0)6…" are one number; a number of another country or of
    overseas France needs its prefix. Raises ValueError when it has too few or too many digits, or
    says more than a number.
    """
    bare = _LABEL.sub("", text.strip())
    if any(character.isalpha() for character in bare):
        raise ValueError("not a telephone number")
    try:
        number = phonenumbers.parse(bare, _REGION)
    except phonenumbers.NumberParseException as error:
        raise ValueError("not a telephone number") from error
    # is_possible, not is_valid: plans change faster than libraries, and the range reserved for
    # fiction that demos and tests use is in no plan.
    if not phonenumbers.is_possible_number(number) or not _fits_plan(number):
        raise ValueError("not a telephone number")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def callable_number(written: str) -> bool:
    """Whether somebody who reads this can call it: a number as it is written, "3919" too."""
    return sum(one.isdigit() for one in written) >= 4


def _fits_plan(number: PhoneNumber) -> bool:
    """A French number short of a digit ("06 39 98 00 7") still counts as possible: its 0 is taken
    for a digit of its own."""
    if number.country_code != 33:
        return True
    return (
        _FRENCH_SUBSCRIBER.fullmatch(phonenumbers.national_significant_number(number)) is not None
    )


def can_receive_texts(e164: str) -> bool:
    """False for a landline, and for what rings in a box or an office. In mainland France 06 and 07 are
    mobiles, ported or not; elsewhere (overseas France too) every number that is not known to be
    something else: plans change faster than libraries."""
    number = phonenumbers.parse(e164)
    if number.country_code == 33:
        return str(number.national_number)[0] in "67"
    return phonenumbers.number_type(number) not in _NO_MOBILE


def display(e164: str) -> str:
    """How a reader in France writes it: "06 39 98 01 16", "+32 470 12 34 56"."""
    if not e164:
        return ""
    number: PhoneNumber = phonenumbers.parse(e164)
    style = (
        PhoneNumberFormat.NATIONAL if number.country_code == 33 else PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(number, style)
