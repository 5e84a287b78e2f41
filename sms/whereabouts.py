"""Whether a text says where. On a shared phone none does: not by a variable, and not by a partner's
own words. No database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from booking.models import Venue
from sms.folding import fold, holds, without, words_of

#: Nobody says these of anything but a place.
STREETS = words_of(
    "rue avenue boulevard bd bld allee impasse chemin quai square esplanade sentier ruelle faubourg "
    "street calle rua strada شارع metro rer tramway gare"
)
#: These are ways too, and words of everyday: "une place est libre", "au cours de".
_PERHAPS = words_of("place cours passage route villa cite residence parvis av pl")
_OF = words_of("d de del des du l la le les")
_ROOMS = words_of("salle bureau porte batiment bat escalier hall etage room")
_BIS = frozenset({"bis", "ter", "quater"})
#: Postcodes of Île-de-France (booking.models.partner.Department).
_POSTCODE = re.compile(r"(?:75|77|78|91|92|93|94|95)\d{3}")


def says_where(words: Sequence[str], venues: Iterable[Venue], known: frozenset[str]) -> bool:
    """Whether folded words hold a street, a town, a room, a postcode, a place's name or a distinctive
    part of one of these places, or anything built like an address. `known` words tell nothing."""
    if _built_like_one(words):
        return True
    return any(
        holds(words, phrase)
        for venue in venues
        for phrase in _phrases(venue)
        if not {one for one in phrase if not one.isdigit()}.issubset(known)
    )


def outside_streets(words: Sequence[str], venues: Iterable[Venue]) -> list[str]:
    """The words without those addresses, and without streets: the rue des Tilleuls says nothing of
    the association Les Tilleuls."""
    for venue in venues:
        words = without(words, fold(venue.address))
    rest: list[str] = []
    at = 0
    while at < len(words):
        rest.append(words[at])
        street = words[at] in STREETS or (words[at] in _PERHAPS and _numbered(words, at))
        at += 1
        if street:
            while at < len(words) and words[at] in _OF:
                at += 1
            at += 2
    return rest


def _phrases(venue: Venue) -> Iterator[list[str]]:
    street = fold(venue.street)
    yield street
    while street and (street[0].isdigit() or street[0] in _BIS):
        street = street[1:]
    yield street
    if street and street[0] in STREETS | _PERHAPS:
        named = street[1:]
        while named and named[0] in _OF:
            named = named[1:]
        yield named
    yield from (fold(venue.city), fold(venue.name))
    if len(room := fold(venue.room)) > 1 or (room and len(room[0]) > 2):
        yield room


def _built_like_one(words: Sequence[str]) -> bool:
    for at, word in enumerate(words):
        after = words[at + 1] if at + 1 < len(words) else ""
        if word in STREETS and after:
            return True
        if word in _PERHAPS and (_numbered(words, at) or _place_of(word, after, words[at + 2 :])):
            return True
        if word in _ROOMS and (after.isdigit() or (len(after) == 1 and after not in "adlyo")):
            return True
        if word == "etage" and at and (words[at - 1] in {"e", "er", "eme", "ieme"}):
            return True
        if _POSTCODE.fullmatch(word):
            return True
    return False


def _numbered(words: Sequence[str], at: int) -> bool:
    """Whether a house number stands right before: "12 place", "3 bis, place"; not an hour, nor the
    end of a telephone number."""
    before = at - 2 if at and words[at - 1] in _BIS else at - 1
    if before < 0 or not words[before].isdigit():
        return False
    return before == 0 or not (words[before - 1] == "h" or words[before - 1].isdigit())


def _place_of(word: str, after: str, rest: Sequence[str]) -> bool:
    """place du Parc, place de la Paix; not "une place de libre"."""
    named = after in {"du", "des", "d"} or (after == "de" and rest[:1] in (["la"], ["l"]))
    return word == "place" and named
