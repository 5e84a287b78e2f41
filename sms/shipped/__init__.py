"""The words that come with Jalon: a default for every kind and manner in six languages.

French leaves as it is. The others are to be reviewed: none leaves until somebody who reads the
language has said so of these very words (sms.models.ReviewedWording holds their digest).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from booking.models.language import Language
from sms.kinds import Kind
from sms.models import Manner
from sms.shipped.ar import ARABIC
from sms.shipped.en import ENGLISH
from sms.shipped.es import SPANISH
from sms.shipped.fr import FRENCH
from sms.shipped.pt import PORTUGUESE
from sms.shipped.ro import ROMANIAN
from sms.shipped.shape import Shipped

_WORDS: dict[str, Shipped] = {
    Language.FRENCH: FRENCH,
    Language.ENGLISH: ENGLISH,
    Language.ARABIC: ARABIC,
    Language.PORTUGUESE: PORTUGUESE,
    Language.ROMANIAN: ROMANIAN,
    Language.SPANISH: SPANISH,
}
#: Tamil has no words yet: who reads it gets French.
LANGUAGES = tuple(_WORDS)
_BOUND = re.compile(r"\[([^\]]*)\]")


def _manners(words: Shipped, kind: Kind) -> Iterator[tuple[Manner, str]]:
    told = words.told[kind]
    yield Manner.PLAIN, _BOUND.sub(r"\1", told)
    yield Manner.VOLUNTEER, _BOUND.sub("", told)
    yield Manner.DISCREET, _BOUND.sub("", words.discreet.get(kind, told))


_BODIES: dict[tuple[str, str, str], str] = {
    (kind, manner, language): body
    for language, words in _WORDS.items()
    for kind in Kind
    for manner, body in _manners(words, kind)
}
#: Shorter ways to say a part of them, in this order, where a long address would cost a segment.
TIGHTER: dict[str, tuple[tuple[str, str], ...]] = {
    language: words.tighter for language, words in _WORDS.items()
}


def default(kind: str, manner: str, language: str) -> str:
    """The shipped words; "" where a language has none."""
    return _BODIES.get((kind, manner, language), "")


def everything(language: str = "") -> Iterator[tuple[Kind, Manner, str, str]]:
    """Kind, manner, language and words of all that is shipped, or of one language."""
    for (kind, manner, its), body in _BODIES.items():
        if language in ("", its):
            yield Kind(kind), Manner(manner), its, body


def digest(body: str) -> str:
    """Identifies words to the letter: 64 hexadecimal digits; "" of no words."""
    return hashlib.sha256(body.encode()).hexdigest() if body else ""


def segment_totals() -> tuple[int, int]:
    """What one text of each of these words costs in segments, for a made-up appointment: as it is
    written, and as it leaves, within the alphabet and said shorter where that saves one."""
    # The words are below whatever fills them.
    from booking.models import Partner
    from sms import samples, wording
    from sms.gsm import segments
    from sms.variables import fill
    from sms.words import Picked

    partner, venue = Partner(phone="01 23 45 67 89"), samples.longest(())
    before = after = 0
    for kind, _manner, language, body in everything():
        scene = samples.scene(kind, language, partner=partner, venue=venue)
        before += segments(fill(body, scene))
        after += segments(wording.say(kind, Picked(body, language, own=False), scene))
    return before, after
