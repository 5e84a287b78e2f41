"""The guard at the door: nothing that leaves may tell the reader of somebody else's phone why this
person is expected, where from, or who they are.

A real address can hold such a word ("rue du Palais de Justice"). It is refused all the same, because
a stranger who reads it learns what the word says: the text does not leave, and a human calls. The
partner is told so beforehand (sms.queries.wordings.places), and may write the street otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import product

from booking.models import Seat
from booking.models.language import Language
from sms import shipped
from sms.gsm import to_gsm
from sms.languages import SPEECHES
from sms.never import WORDS, Group
from sms.variables import SLOT

# Parts of a name that name nobody.
_PARTICLES = frozenset(
    (
        *("da", "de", "del", "der", "des", "di", "dos", "du", "el", "al", "la", "le"),
        *("dr", "mr", "mme", "monsieur", "madame"),
    )
)
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.)+[^\W\d_]\b")
#: What Arabic writes as one word with the next: and, so; with, like, for; the.
_PREFIXES = (
    *map("".join, product(("", "و", "ف"), ("", "ب", "ك", "ل"), ("", "ال"))),
    *("لل", "ولل", "فلل"),
)
_FIRST_LETTERS = frozenset(prefix[0] for prefix in _PREFIXES if prefix)
_TATWEEL = "ـ"


def fold(text: str) -> list[str]:
    """The words of a text as a reader sees them: no case, no accents, in order; digits apart from
    letters. "C.P.C.A" and "CPCA95" both say CPCA."""
    together = _INITIALS.sub(lambda found: found[0].replace(".", ""), text)
    return re.findall(r"[^\W\d_]+|\d+", "".join(map(_plain, together)).casefold())


def never_words(words: Sequence[str], language: str) -> dict[str, Group]:
    """The words of the never-list among these folded ones, French and of the text's own language,
    each as the list has it, and why it is there."""
    single, phrases = _never(language)
    seen = {*words, *_without_prefixes(words)}
    found = {word: single[word] for word in sorted(seen.intersection(single))}
    for phrase, group in phrases.items():
        if seen.issuperset(phrase) and _holds(words, phrase):
            found[" ".join(phrase)] = group
    return found


def refuse(body: str, seat: Seat) -> str:
    """Why this text must not leave: "word", "name", "service", "partner", "label"; "" when it may.

    Whole words. A name that is also a word of every text or of the street ("Avril", "rue Jean
    Jaurès") tells nothing alone, so it is refused only beside the person's other name. One query,
    for the partner's practitioners, unless the caller prefetched them.
    """
    words = fold(body)
    session, person = seat.session, seat.participant
    if never_words(words, person.language):
        return "word"
    said_to_all = everyday(person.language)
    known = said_to_all.union(fold(session.venue.address) if session.venue else ())
    for first, last in (
        (person.first_name, person.last_name),
        *(("", one.name) for one in session.partner.practitioners.all()),
    ):
        if name_in(words, first, last, known):
            return "name"
    for kind, label in (
        ("service", session.service.name),
        ("partner", session.partner.name),
        ("label", session.label),
    ):
        if says(words, label, said_to_all):
            return kind
    return ""


def name_in(words: Sequence[str], first: str, last: str, known: Iterable[str]) -> bool:
    """Whether folded words name this person. A part that is among the known words does only beside
    the other name."""
    given, family = fold(first), fold(last)
    told = {part for part in given + family if len(part) > 1 and not part.isdigit()}
    parts = told.difference(known, _PARTICLES)
    if parts.intersection(words):
        return True
    whole = ([*given, *family], [*family, *given])
    return any(len(name) > 1 and _holds(words, name) for name in whole)


def says(words: Sequence[str], label: str, known: Iterable[str]) -> bool:
    """Whether folded words hold this label, unless every word of it is known anyway."""
    phrase = fold(label)
    return not set(phrase).issubset(known) and _holds(words, phrase)


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


@cache
def _never(language: str) -> tuple[dict[str, Group], dict[tuple[str, ...], Group]]:
    """Single words, and phrases of several."""
    folded = {
        tuple(fold(written)): group
        for spoken in dict.fromkeys((Language.FRENCH.value, str(language)))
        for written, group in WORDS.get(spoken, {}).items()
    }
    single = {words[0]: group for words, group in folded.items() if len(words) == 1}
    return single, {words: group for words, group in folded.items() if len(words) > 1}


def _without_prefixes(words: Sequence[str]) -> Iterator[str]:
    """Arabic words without what is written as one word with them."""
    for word in words:
        if word[0] in _FIRST_LETTERS:
            yield from (
                word.removeprefix(one)
                for one in _PREFIXES
                if word.startswith(one) and len(word) - len(one) > 2
            )


def _holds(words: Sequence[str], phrase: Sequence[str]) -> bool:
    length = len(phrase)
    return bool(phrase) and any(
        list(words[at : at + length]) == list(phrase) for at in range(len(words) - length + 1)
    )


@cache
def _plain(character: str) -> str:
    latin = to_gsm(character)
    kept = character if "?" in latin else latin
    parts = unicodedata.normalize("NFKD", kept)
    return "".join(one for one in parts if not unicodedata.combining(one) and one != _TATWEEL)
