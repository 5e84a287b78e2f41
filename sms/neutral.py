"""Whether a sender's name says too much. It stands above every text, on whoever's phone. No
database."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from booking.models.language import Language
from sms.folding import fold, skeleton
from sms.naming import PARTICLES, distinctive, everyday, says
from sms.never import INNOCENT, WORDS
from sms.telling_words import never_in

#: Shorter ones are parts of too many harmless words.
_LONG_ENOUGH = 4
#: A word of this length is perhaps the beginning of one that found no room.
_CUT = 7
#: What is cut to eleven signs, and what only a sender would say so.
_MORE = ("associa", "trib", "assises", "courappel", "couple", "victim", "jap", "jld", "psy")
#: So short that they count only at an end.
_ENDS = ("tj",)
#: Words of services that anybody's appointment has.
_HARMLESS = frozenset({"accueil", "entretien", "suivi", "individuel", "social"})


@lru_cache(maxsize=256)
def tells(
    sender: str,
    partner: str,
    people: tuple[str, ...] = (),
    partners: tuple[str, ...] = (),
    services: tuple[str, ...] = (),
) -> bool:
    """Whether it holds a word of the never-list, the partner's name or a word of it, the name of one
    of these people, partners or services: alone, or written as one word with others, or with digits
    that look like letters."""
    words = fold(sender)
    if never_in(sender, Language.FRENCH) or says(words, partner, ()):
        return True
    if set(words) & {"dr", "docteur", "me", "maitre", "mme", "monsieur", "madame"}:
        return True
    as_one = "".join(words)
    for innocent in INNOCENT:
        as_one = as_one.replace(innocent, "")
    seen = skeleton(as_one)
    ends = tuple(map(skeleton, _ENDS))
    if seen.startswith(ends) or seen.endswith(ends):
        return True
    parts = (*_of_lists(), *_of_names(partner, people, partners), *_of_services(services))
    begun = tuple(skeleton(word) for word in words if len(word) >= _CUT)
    listed = tuple(map(skeleton, parts))
    return any(part in seen or part.startswith(begun) for part in listed)


def _of_lists() -> Iterable[str]:
    """Whole words and beginnings, as long as one another."""
    for written in (*WORDS[Language.FRENCH], *_MORE):
        if "-" in written:
            continue
        part = "".join(fold(written))
        if len(part) >= _LONG_ENOUGH or written in _MORE:
            yield part


def _of_names(partner: str, people: Iterable[str], partners: Iterable[str]) -> Iterable[str]:
    yield "".join(fold(partner))
    known = everyday(Language.FRENCH)
    yield from (one for one in fold(partner) if len(one) >= _LONG_ENOUGH and one not in known)
    for name in partners:
        yield from distinctive(name)
    for person in people:
        yield from (
            part
            for part in fold(person)
            if len(part) >= _LONG_ENOUGH and part not in known and part not in PARTICLES
        )


def _of_services(services: Iterable[str]) -> Iterable[str]:
    for service in services:
        yield from (
            part
            for part in fold(service)
            if len(part) > _LONG_ENOUGH and part not in _HARMLESS | everyday(Language.FRENCH)
        )
