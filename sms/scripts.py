"""Letters of another alphabet: "СРСА" in Cyrillic letters is read as CPCA, and found by no list."""

from __future__ import annotations

import unicodedata

from booking.models.language import Language

#: Beside Latin, which times and towns are written in.
_ALSO = {Language.ARABIC.value: "ARABIC", Language.TAMIL.value: "TAMIL"}
#: Latin Extended-A ends here; after it come letters that only look like others.
_LAST_ACCENT = "\u017f"


def strange(text: str, language: str) -> str:
    """Each letter, once, that is neither Latin nor of the language's own alphabet; in a language that
    is not written in Latin letters, of those only the usual ones are: nobody spells out the others."""
    also = _ALSO.get(str(language))
    return "".join(dict.fromkeys(one for one in text if _strange(one, also)))


def _strange(character: str, also: str | None) -> bool:
    for one in unicodedata.normalize("NFKC", character):
        if not unicodedata.category(one).startswith(("L", "N")) or one.isascii():
            continue
        name = unicodedata.name(one, "")
        latin = name.startswith("LATIN") and (also is None or one <= _LAST_ACCENT)
        if not latin and not (also and also in name.split()[:2]):
            return True
    return False
