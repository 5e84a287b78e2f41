"""Letters of another alphabet: "СРСА" in Cyrillic letters is read as CPCA, and found by no list."""

from __future__ import annotations

import unicodedata

from booking.models.language import Language

#: Beside Latin, which times and towns are written in.
_ALSO = {Language.ARABIC.value: "ARABIC", Language.TAMIL.value: "TAMIL"}


def strange(text: str, language: str) -> str:
    """Each letter, once, that is neither Latin nor of the language's own alphabet; in a language that
    is not written in Latin letters, only those without accents are."""
    also = _ALSO.get(str(language))
    return "".join(dict.fromkeys(one for one in text if _strange(one, also)))


def _strange(character: str, also: str | None) -> bool:
    for one in unicodedata.normalize("NFKC", character):
        if not unicodedata.category(one).startswith(("L", "N")) or one.isascii():
            continue
        name = unicodedata.name(one, "")
        if also is not None and name.startswith(
            (also, "EXTENDED ARABIC" if also == "ARABIC" else also)
        ):
            continue
        if also is not None or not name.startswith("LATIN"):
            return True
    return False
