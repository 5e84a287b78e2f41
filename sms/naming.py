"""Whether folded words name a person, an association, a service or a file. No database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache

from booking.models.language import Language
from sms import shipped
from sms.folding import fold, holds, words_of
from sms.languages import SPEECHES
from sms.variables import SLOT

#: Parts of a name that name nobody.
PARTICLES = words_of(
    "da de del der des di dos du el al la le les l d dr mr m mme mlle me monsieur madame"
)
_SHORT = PARTICLES | {"un", "une", "et", "a", "au", "aux", "en"}
#: What many associations are called.
_GENERIC = words_of(
    "association asso centre maison espace foyer cap point accueil reseau collectif ligue union "
    "federation comite institut fondation aide social sociale famille familles fil or quatre vents "
    "service services groupe france paris ile nord sud est ouest"
)
#: booking.models.person: six of this alphabet. Words have no digits, hours no six signs.
_REFERENCE = re.compile(
    r"(?<![^\W_])(?=[A-Z]*[2-9])(?=[2-9]*[A-Z])[2-9A-HJKMNP-Z]{6}(?![^\W_])", re.IGNORECASE
)


def name_in(words: Sequence[str], first: str, last: str, known: Iterable[str]) -> bool:
    """Whether folded words name this person. A part that is among the known words does only beside
    the other name."""
    given, family = fold(first), fold(last)
    told = {part for part in given + family if len(part) > 1 and not part.isdigit()}
    parts = told.difference(known, PARTICLES)
    if parts.intersection(words):
        return True
    whole = ([*given, *family], [*family, *given])
    return any(len(name) > 1 and holds(words, name) for name in whole)


def says(words: Sequence[str], label: str, known: Iterable[str]) -> bool:
    """Whether folded words hold this label, unless every word of it is known anyway."""
    phrase = fold(label)
    return not set(phrase).issubset(known) and holds(words, phrase)


def names_association(words: Sequence[str], name: str) -> bool:
    """Whether they hold it whole, or without its article and what many are called: "Relais des
    Tilleuls", "Aubépine" of "Association Aubépine"."""
    return any(holds(words, phrase) for phrase in _ways(name))


@lru_cache(maxsize=512)
def distinctive(name: str) -> frozenset[str]:
    """The words of an association's name by which alone it is found: "tilleuls"."""
    known = everyday(Language.FRENCH) | _GENERIC | _SHORT
    return frozenset(
        word for word in fold(name) if len(word) > 3 and not word.isdigit() and word not in known
    )


def has_reference(text: str, own: str = "") -> bool:
    """Whether a person's reference stands there: `own`, however it is cut, or anything like one."""
    if _REFERENCE.search(text):
        return True
    squeezed = re.sub(r"[\W_]", "", text).casefold()
    return bool(own) and not own.isdigit() and own.casefold() in squeezed


@cache
def everyday(language: str) -> frozenset[str]:
    """The folded words that the shipped texts of a language, and the French ones, say to anybody."""
    said = [
        SLOT.sub(" ", body)
        for spoken in dict.fromkeys((Language.FRENCH.value, str(language)))
        for *_, body in shipped.everything(spoken)
    ]
    for spoken in dict.fromkeys((Language.FRENCH.value, str(language))):
        said += SPEECHES[spoken].everything()
    return frozenset(word for text in said for word in fold(text))


@lru_cache(maxsize=512)
def _ways(name: str) -> tuple[list[str], ...]:
    return tuple(_each_way(name))


def _each_way(name: str) -> Iterator[list[str]]:
    """Each that holds a word which is not everybody's."""
    known = everyday(Language.FRENCH) | _GENERIC | _SHORT
    phrase = fold(name)
    yield phrase
    for leave in (_SHORT, _SHORT | _GENERIC):
        while phrase and phrase[0] in leave:
            phrase = phrase[1:]
        if any(len(word) > 2 and not word.isdigit() for word in set(phrase) - known) or (
            len(phrase) > 1 and not any(word.isdigit() for word in phrase)
        ):
            yield phrase
