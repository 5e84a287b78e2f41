"""When two written names are one person. Pure text, no database."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})


def fold(name: str) -> str:
    """A name without case, accents, ligatures, hyphens, apostrophes or spaces.

    >>> fold("D’ALMEIDA-Sœur"), fold("d'almeida  soeur")
    ('dalmeidasoeur', 'dalmeidasoeur')
    """
    lower = unicodedata.normalize("NFKD", name.casefold().translate(_LIGATURES))
    return re.sub(r"[\W_]+", "", "".join(c for c in lower if not unicodedata.combining(c)))


def identity_key(last_name: str, first_name: str, birth_date: date) -> str:
    """The same for the same person in capitals, without accents, or with another hyphen.

    At most 200 characters, as its column: folding can make a name longer (œ, ß).
    """
    return f"{fold(last_name)[:90]}|{fold(first_name)[:90]}|{birth_date.isoformat()}"
