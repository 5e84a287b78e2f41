"""Whether a text holds something that a telephone makes a link of. A stranger's thumb opens it, and
thieves send them (domain.md: none unless turned on). No database."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sms.folding import visible, words_of
from sms.gsm import to_gsm

#: A scheme, "www", an address for letters, an address of a machine; a telephone number of five pairs
#: with dots is none.
_CERTAIN = re.compile(
    r"://|\bhttps?\b|\bwww\b|[^\s@]@[^\s@]"
    r"|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\d|\.\d)"
    r"|\bpoint\s+(?:fr|com|org|net|be|eu)\b",
    re.IGNORECASE,
)
#: A dot with letters right after it: after the end of a sentence there is a blank.
_DOTTED = re.compile(r"(\w*)\s?(?<!\.)\.[^\W\d_]{2,}")
#: In streets a dot may stand before a name: "12 av.Foch".
_STREETS = words_of("av bd bld bvd boul pl st ste all imp ch rte sq bat esc res fg r n no")
_DOTS = str.maketrans(dict.fromkeys("。․．｡·", "."))


def has_link(text: str, values: Iterable[str] = ()) -> bool:
    """`values` are what was filled in, a place and a number: dots there are no link."""
    seen = visible(text).translate(_DOTS)
    if _CERTAIN.search(seen):
        return True
    filled = tuple(values)
    for value in filled:
        for said in (value, to_gsm(value)):
            seen = seen.replace(said, " ") if said else seen
    return any(
        not filled or found[1].casefold() not in _STREETS for found in _DOTTED.finditer(seen)
    )
