"""The guard at the door: nothing that leaves may tell the reader of somebody else's phone why this
person is expected, where from, or who they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from booking.models import Seat
from sms import phrases
from sms.gsm import to_gsm

#: Words that a text never holds, folded: no case, no accents. domain.md's list, with the forms,
#: offices and themes that say the same.
NEVER = frozenset(
    word
    for line in (
        "violence violences violent violents violente violentes agresseur agresseurs",
        "conjugal conjugale conjugales conjugaux auteur auteurs autrice autrices victime victimes",
        "justice judiciaire judiciaires tribunal tribunaux juge juges jugement parquet procureur",
        "procureure magistrat magistrate police gendarmerie avocat avocate",
        "spip cpca jap jld crpc csapa caarud cpip arile fnacav",
        "penal penale penales probation sursis condamnation condamne prison detention ecrou",
        "incarceration mandat injonction prescripteur plainte delit infraction",
        "stage responsabilisation therapie therapeutique psychologue psychologique psychiatre",
        "addiction addictions addictologie alcool alcoologie drogue drogues",
    )
    for word in line.split()
)
# Parts of a name that name nobody.
_PARTICLES = frozenset(("da", "de", "del", "der", "des", "di", "dos", "du", "el", "al", "la", "le"))


def fold(text: str) -> list[str]:
    """The words of a text as a reader sees them: no case, no accents, in order."""
    plain = unicodedata.normalize("NFKD", to_gsm(text).casefold())
    return re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c)))


def refuse(body: str, seat: Seat) -> str:
    """Why this text must not leave: "word", "name", "service", "partner", "label"; "" when it may.

    Whole words. A name that is also a word of every text or of the street ("Avril", "rue Jean
    Jaurès") tells nothing alone, so it is refused only beside the person's other name.
    """
    words = fold(body)
    if NEVER.intersection(words):
        return "word"
    session, person = seat.session, seat.participant
    said_to_all = _everyday()
    if session.venue is not None:
        said_to_all = said_to_all.union(fold(session.venue.address))
    for first, last in (
        (person.first_name, person.last_name),
        *(("", name) for name in session.practitioners.values_list("name", flat=True)),
    ):
        if _names(words, fold(first), fold(last), said_to_all):
            return "name"
    for kind, label in (
        ("service", session.service.name),
        ("partner", session.partner.name),
        ("label", session.label),
    ):
        phrase = fold(label)
        if not said_to_all.issuperset(phrase) and _holds(words, phrase):
            return kind
    return ""


def _names(words: list[str], first: list[str], last: list[str], known: Iterable[str]) -> bool:
    parts = {part for part in first + last if len(part) > 1}.difference(known, _PARTICLES)
    if parts.intersection(words):
        return True
    both = bool(first and last)
    return both and (_holds(words, first + last) or _holds(words, last + first))


def _holds(words: list[str], phrase: list[str]) -> bool:
    length = len(phrase)
    return bool(phrase) and any(
        words[at : at + length] == phrase for at in range(len(words) - length + 1)
    )


@cache
def _everyday() -> frozenset[str]:
    slots = re.compile(r"\{\w+\}")
    return frozenset(word for text in phrases.EVERYDAY for word in fold(slots.sub(" ", text)))
