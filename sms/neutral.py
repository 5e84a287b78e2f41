"""Whether a sender's name says too much. It stands above every text, on whoever's phone."""

from __future__ import annotations

from booking.models import Partner
from booking.models.language import Language
from sms.discretion import everyday, fold, never_words, says
from sms.never import WORDS

#: Shorter ones are parts of too many harmless words: "jap" of "Japon".
_LONG_ENOUGH = 4


def tells(sender: str, partner: Partner) -> bool:
    """Whether it holds a word of the never-list, the partner's name or a word of it, alone or written
    as one word with others."""
    words = fold(sender)
    if never_words(words, Language.FRENCH) or says(words, partner.name, ()):
        return True
    known = everyday(Language.FRENCH)
    telling = {
        part
        for phrase in (partner.name, *WORDS[Language.FRENCH])
        for part in fold(phrase)
        if len(part) >= _LONG_ENOUGH and part not in known
    }
    telling.add("".join(fold(partner.name)))
    as_one = "".join(words)
    return any(part in as_one for part in telling)
