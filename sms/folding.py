"""A text as a reader sees it, whatever it is written with. No database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

from sms.gsm import to_gsm

_INITIALS = re.compile(r"\b(?:[^\W\d_]\.)+[^\W\d_]\b")
#: Nothing of this is invisible, or another way to write a letter.
_EVERYDAY = re.compile(r"[\n\r\x20-\x7eÀ-ÖØ-öø-ÿ€]*")
_TATWEEL = "ـ"
#: What looks like another letter: one of them stands for all. "VlOLENCE" and "vi0lence" are read as
#: "violence". Applied to both sides, so that an l and an i are one.
_ALIKE = str.maketrans("01l!|3€4@5$7", "oiiiieeaasst")


def words_of(line: str) -> frozenset[str]:
    """A list, as it is written in the code."""
    return frozenset(line.split())


def fold(text: str) -> list[str]:
    """The words of a text as a reader sees them: no case, no accents, in order; digits apart from
    letters. "C.P.C.A" and "CPCA95" both say CPCA."""
    return list(_folded(text))


@lru_cache(maxsize=2048)
def _folded(text: str) -> tuple[str, ...]:
    """Kept, because streets, labels and names of practitioners come back with every text."""
    return tuple(re.findall(r"[^\W\d_]+|\d+", plain(_INITIALS.sub(_joined, text))))


def plain(text: str) -> str:
    """No case, no accents, nothing invisible; signs and blanks as they are."""
    return "".join(map(_plain, text)).casefold()


def visible(text: str) -> str:
    """As it goes on the wire, or would be drawn: nothing invisible, wide letters as plain ones."""
    if _EVERYDAY.fullmatch(text):
        return text
    composed = unicodedata.normalize("NFKC", text)
    return "".join(one for one in composed if unicodedata.category(one) != "Cf")


def skeleton(word: str) -> str:
    """Of a folded word: look-alikes are one letter."""
    return word.translate(_ALIKE)


def holds(words: Sequence[str], phrase: Sequence[str]) -> bool:
    """Whether these words stand there in this order, one after the other."""
    if not phrase or phrase[0] not in words:
        return False
    wanted, length = list(phrase), len(phrase)
    return any(list(words[at : at + length]) == wanted for at in range(len(words) - length + 1))


def without(words: Sequence[str], phrase: Sequence[str]) -> list[str]:
    """The words without this phrase, wherever it stands. A mark stays, so that what was apart does
    not become a phrase."""
    rest, at, length = [], 0, len(phrase)
    while at < len(words):
        if length and list(words[at : at + length]) == list(phrase):
            rest.append("")
            at += length
        else:
            rest.append(words[at])
            at += 1
    return rest


def _joined(found: re.Match[str]) -> str:
    return found[0].replace(".", "")


@cache
def _plain(character: str) -> str:
    latin = to_gsm(character)
    kept = character if "?" in latin else latin
    parts = unicodedata.normalize("NFKD", kept)
    return "".join(one for one in parts if not unicodedata.combining(one) and one != _TATWEEL)
