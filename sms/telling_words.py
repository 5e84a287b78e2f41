"""Finding the words of the never-list in a text, also where somebody cut them up or dressed them.
No database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

from booking.models.language import Language
from sms.folding import fold, plain, skeleton, visible, words_of
from sms.never import INNOCENT, WORDS, Group

#: What Arabic writes as one word with the next: and, so; with, like, for; the.
_PREFIXES = (
    *map("".join, product(("", "و", "ف"), ("", "ب", "ك", "ل"), ("", "ال"))),
    *("لل", "ولل", "فلل"),
)
_FIRST_LETTERS = frozenset(prefix[0] for prefix in _PREFIXES if prefix)
#: Letters and what stands for one; pieces of a word that are cut with anything but the end of a
#: sentence.
_PIECE = r"[^\W_]+"
_SEPARATORS, _LETTER = re.compile(r"[^\w!|@$€]|_"), re.compile(r"[^\W\d_]")
_CHUNK = re.compile(r"[^\s,;:?()\"]+")
_SPELLED_OUT = re.compile(r"(?<![^\W_])[^\W_](?:[\s\-_*/.'+~|]{1,3}[^\W_](?![^\W_])){1,}")
_CUT = re.compile(rf"{_PIECE}(?:[ \-_*/'+~]+{_PIECE})*")
#: With these before another word two words are two words: "de tenue", "pris on", "the rapid".
_BEFORE_ANYTHING = words_of(
    "au aux ce ces con co dans de des du en et il la le les ma mon ne on par pas pour pre pris pro "
    "que sa se ses si son sur un une vos the in of to all off por para por el los las um uma"
)
#: Shorter ones are too often two innocent words side by side.
_LONG_ENOUGH = 6


@dataclass(frozen=True, slots=True)
class _List:
    """Of one language and French: whole words, beginnings, and phrases of several. Once more as
    skeletons."""

    words: dict[str, Group]
    stems: dict[str, Group]
    phrases: dict[tuple[str, ...], Group]
    skeletons: dict[str, Group]
    begun: dict[str, Group]
    offices: dict[str, Group]

    def of(self, word: str) -> Group | None:
        if word.startswith(INNOCENT):
            return None
        if found := self.words.get(word):
            return found
        return next((its for stem, its in self.stems.items() if word.startswith(stem)), None)

    def looks_like(self, word: str) -> Group | None:
        """Of a skeleton."""
        if word.startswith(_INNOCENT_SKELETONS):
            return None
        if found := self.skeletons.get(word):
            return found
        return next((its for stem, its in self.begun.items() if word.startswith(stem)), None)


def never_words(words: Sequence[str], language: str) -> dict[str, Group]:
    """The words of the never-list among these folded ones, French and of the text's own language,
    and why each is there."""
    seen = sorted({*words, *_without_prefixes(words)})
    found = {word: its for word in seen if (its := _of(word, language))}
    for at, word in enumerate(words):
        for phrase, group in _begun_by(word, language):
            said = words[at : at + len(phrase)]
            if len(said) == len(phrase) and all(map(_is, said, phrase)):
                found[" ".join(said)] = group
    return found


def never_in(text: str, language: str) -> dict[str, Group]:
    """The same of a text as it is written, where letters are cut apart ("v i o l e n c e",
    "violen-ce") or are others that look alike ("vi0lence", "SP1P")."""
    found = never_words(fold(text), language)
    if found:
        return found
    written = plain(visible(text))
    for candidate in _disguised(written):
        if its := _looks_like(candidate, language):
            return {candidate: its}
    for candidate in _cut(written):
        if its := _whole(candidate, language):
            return {candidate: its}
    return {}


# Texts say the same few hundred words again and again, and every one that leaves is looked at.


@lru_cache(maxsize=8192)
def _of(word: str, language: str) -> Group | None:
    return _listed(language).of(word)


@lru_cache(maxsize=8192)
def _looks_like(word: str, language: str) -> Group | None:
    return _listed(language).looks_like(skeleton(word))


@lru_cache(maxsize=8192)
def _begun_by(word: str, language: str) -> tuple[tuple[tuple[str, ...], Group], ...]:
    """The phrases whose first word this is."""
    phrases = _listed(language).phrases
    return tuple((phrase, its) for phrase, its in phrases.items() if _is(word, phrase[0]))


def _disguised(text: str) -> Iterator[str]:
    """Each run of signs without the separators in it, and without digits around it."""
    for chunk in _CHUNK.findall(text):
        yield from _squeezed(chunk)
    for run in _SPELLED_OUT.findall(text):
        yield re.sub(r"[\W_]", "", run)


@lru_cache(maxsize=8192)
def _squeezed(chunk: str) -> tuple[str, ...]:
    joined = _SEPARATORS.sub("", chunk).strip("!|")
    if _LETTER.search(joined) is None:
        return ()
    return tuple(dict.fromkeys((joined, joined.strip("0123456789"))))


def _cut(text: str) -> Iterator[str]:
    """Two or three neighbours as one word, where the first is not one that stands before anything."""
    for run in _CUT.findall(text):
        yield from _neighbours(run)


@lru_cache(maxsize=2048)
def _neighbours(run: str) -> tuple[str, ...]:
    pieces = re.findall(_PIECE, run)
    return tuple(
        "".join(pieces[at:upto])
        for at, first in enumerate(pieces[:-1])
        if first not in _BEFORE_ANYTHING and not first.isdigit()
        for upto in (at + 2, at + 3)
        if upto <= len(pieces)
    )


def _whole(word: str, language: str) -> Group | None:
    """Cut words are looked at when they are long, or name an office."""
    if len(word) >= _LONG_ENOUGH:
        return _looks_like(word, language)
    return _listed(language).offices.get(skeleton(word))


@cache
def _listed(language: str) -> _List:
    words: dict[str, Group] = {}
    stems: dict[str, Group] = {}
    phrases: dict[tuple[str, ...], Group] = {}
    offices: dict[str, Group] = {}
    for spoken in dict.fromkeys((Language.FRENCH.value, str(language))):
        for written, group in WORDS.get(spoken, {}).items():
            parts = tuple(_part(part) for part in written.split("-"))
            if len(parts) > 1:
                phrases[parts] = group
            elif written.endswith("*"):
                stems[parts[0].removesuffix("*")] = group
            else:
                words[parts[0]] = group
                if group == Group.OFFICE:
                    words[parts[0] + "s"] = group
                    offices[skeleton(parts[0])] = group
    return _List(
        words,
        stems,
        phrases,
        {skeleton(word): its for word, its in words.items()},
        {skeleton(stem): its for stem, its in stems.items()},
        offices,
    )


def _part(written: str) -> str:
    return "".join(fold(written)) + ("*" if written.endswith("*") else "")


def _is(word: str, wanted: str) -> bool:
    return word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted


def _without_prefixes(words: Sequence[str]) -> Iterator[str]:
    """Arabic words without what is written as one word with them."""
    for word in words:
        if word and word[0] in _FIRST_LETTERS:
            yield from (
                word.removeprefix(one)
                for one in _PREFIXES
                if word.startswith(one) and len(word) - len(one) > 2
            )


_INNOCENT_SKELETONS = tuple(map(skeleton, INNOCENT))
