"""The alphabet of text messages (GSM 03.38, 3GPP TS 23.038) and how long a text is on the wire.

One character outside the alphabet turns the whole text into UCS-2, and 160 characters into 70.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

import gsm0338

_CODEC = gsm0338.Codec()
_ESCAPE = "\x1b"

# What unicodedata does not know how to take apart, or takes apart wrongly for a reader of French.
_SPELLED = {
    "œ": "oe",
    "Œ": "OE",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ı": "i",
    "ð": "d",
    "Ð": "D",
    "þ": "th",
    "Þ": "Th",
    "’": "'",
    "ʼ": "'",
    "‘": "'",
    "‛": "'",
    "′": "'",
    "`": "'",
    "´": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "″": '"',
    "‚": ",",
    "«": '"',
    "»": '"',
    "‹": "'",
    "›": "'",
    "–": "-",
    "—": "-",
    "―": "-",
    "‒": "-",
    "‐": "-",
    "‑": "-",
    "−": "-",
    "•": "-",
    "·": "-",
    "⁄": "/",
    "÷": "/",
    "×": "x",
    "°": "o",
    "\t": " ",
}
# Line feed and carriage return are in the alphabet; the rest of these would be "?".
_INVISIBLE = {"Cc", "Cf", "Mn", "Me"}


@cache
def septets(character: str) -> int:
    """1 or 2 (the extension table) for a character of the alphabet, 0 for any other."""
    if character == _ESCAPE:
        return 0  # The table's own escape: alone it would swallow the next character.
    try:
        return len(_CODEC.encode(character)[0])
    except UnicodeEncodeError:
        return 0


@cache
def _letter(character: str) -> str:
    if septets(character):
        return character
    if character in _SPELLED:
        return _SPELLED[character]
    category = unicodedata.category(character)
    if category in _INVISIBLE:
        return ""
    if category.startswith("Z"):
        return " "
    parts = unicodedata.normalize("NFKD", character)
    return "".join(map(_letter, parts)) if parts != character else "?"


def to_gsm(text: str) -> str:
    """The same text within the alphabet: "août" is "aout", "l’œil" is "l'oeil", and what has no
    spelling there is "?"."""
    return "".join(map(_letter, unicodedata.normalize("NFC", text)))


@dataclass(frozen=True, slots=True)
class Measure:
    """What a text is on the wire. `units` are septets of GSM-7, or UCS-2's 16 bits; `left` is how
    many more go into the last segment before another one is paid for."""

    ucs2: bool
    units: int
    segments: int
    left: int


def measure(text: str) -> Measure:
    """GSM: 160 septets alone, 153 each when joined, an extension pair is never cut in two. Otherwise
    UCS-2: 70 units of 16 bits alone, 67 each when joined, and a surrogate pair is not cut either.
    At least one segment: an empty text is a text."""
    sizes = [septets(character) for character in text]
    if all(sizes):
        return _parts(sizes, ucs2=False, alone=160, joined=153)
    return _parts([1 + (ord(one) > 0xFFFF) for one in text], ucs2=True, alone=70, joined=67)


def segments(text: str) -> int:
    """How many messages are paid for."""
    return measure(text).segments


def unspelled(text: str) -> str:
    """The characters that have no letter in the alphabet and would be sent as "?"."""
    return "".join(dict.fromkeys(one for one in text if one != "?" and "?" in to_gsm(one)))


def _parts(sizes: list[int], *, ucs2: bool, alone: int, joined: int) -> Measure:
    units = sum(sizes)
    if units <= alone:
        return Measure(ucs2, units, 1, alone - units)
    count, filled = 1, 0
    for size in sizes:
        if filled + size > joined:
            count, filled = count + 1, 0
        filled += size
    return Measure(ucs2, units, count, joined - filled)
