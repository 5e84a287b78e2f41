"""Which variables a template of one kind and manner may have, and which it must. No database."""

from __future__ import annotations

from collections.abc import Iterator

from sms.kinds import Kind
from sms.models import Manner
from sms.variables import SLOT

#: Any one of these says the day, the date and the time.
_WHEN = frozenset({"quand", "jour", "heure"})
_PLACE = frozenset({"adresse", "lieu"})
#: These name the place: a discreet text has none.
PLACES = frozenset({"adresse", "lieu", "au_lieu", "rdv"})
_MANY = frozenset({"rdv", "dates", "nombre"})

_ALLOWED: dict[Kind, frozenset[str]] = {
    Kind.SUMMONS: _WHEN | _PLACE,
    Kind.SUMMONS_TWO_DAYS: _PLACE | {"deux_jours", "horaires"},
    Kind.SUMMONS_MANY: _MANY,
    Kind.SUMMONS_SAME_DAY: _MANY,
    Kind.DAY7: _WHEN | _PLACE,
    Kind.DAY7_SAME_DAY: _MANY,
    Kind.DAY1: _WHEN | _PLACE | {"demain"},
    Kind.DAY1_SAME_DAY: _MANY | {"demain"},
    Kind.HOURS3: _WHEN | _PLACE | {"demain"},
    Kind.CANCELLED: frozenset({"ancien"}),
    Kind.CANCELLED_SAME_DAY: frozenset({"ancien", "nombre"}),
    Kind.CHANGED_PLACE: _PLACE | {"ancien", "au_lieu"},
    Kind.CHANGED: _WHEN | _PLACE | {"ancien"},
    Kind.CHANGED_BOTH: _WHEN | _PLACE | {"ancien"},
    Kind.CHANGED_UNKNOWN: _WHEN | _PLACE,
    Kind.CHANGED_SAME_DAY: _MANY,
    Kind.MISSED: _WHEN,
    Kind.OFFER: _WHEN | _PLACE | {"avant"},
    Kind.OFFER_MANY: _MANY | {"avant"},
    Kind.ANSWER: frozenset(),
}
#: Alternatives: one whole set of each line must be there.
_Needed = tuple[frozenset[str], ...]
_DATED: _Needed = (frozenset({"quand"}), frozenset({"jour", "heure"}))
_PLACED: _Needed = (frozenset({"lieu"}), frozenset({"adresse"}))
_BEFORE: _Needed = (frozenset({"ancien"}),)
_LISTED: _Needed = (frozenset({"rdv"}),)
_LISTED_DISCREETLY: _Needed = (frozenset({"dates"}),)
_UNTIL: _Needed = (frozenset({"avant"}),)

_NEEDED: dict[Kind, tuple[_Needed, ...]] = {
    Kind.SUMMONS: (_DATED, _PLACED),
    Kind.SUMMONS_TWO_DAYS: ((frozenset({"deux_jours"}),), (frozenset({"horaires"}),), _PLACED),
    Kind.SUMMONS_MANY: (_LISTED,),
    Kind.SUMMONS_SAME_DAY: (_LISTED,),
    Kind.DAY7: (_DATED, _PLACED),
    Kind.DAY7_SAME_DAY: (_LISTED,),
    Kind.DAY1: (_DATED, _PLACED),
    Kind.DAY1_SAME_DAY: (_LISTED,),
    Kind.HOURS3: (_DATED, _PLACED),
    Kind.CANCELLED: (_BEFORE,),
    Kind.CANCELLED_SAME_DAY: (_BEFORE,),
    Kind.CHANGED_PLACE: (_BEFORE, (*_PLACED, frozenset({"au_lieu"}))),
    Kind.CHANGED: (_BEFORE, _DATED, _PLACED),
    Kind.CHANGED_BOTH: (_BEFORE, _DATED, _PLACED),
    Kind.CHANGED_UNKNOWN: (_DATED, _PLACED),
    Kind.CHANGED_SAME_DAY: (_LISTED,),
    Kind.MISSED: (_DATED,),
    Kind.OFFER: (_DATED, _PLACED, _UNTIL),
    Kind.OFFER_MANY: (_LISTED, _UNTIL),
    Kind.ANSWER: (),
}


def allowed(kind: Kind, manner: Manner) -> frozenset[str]:
    """The names that a text of this kind and manner may have in braces."""
    names = _ALLOWED[kind] | {"tel"}
    return names - PLACES if manner == Manner.DISCREET else names


def needed(kind: Kind, manner: Manner) -> Iterator[_Needed]:
    """What it must say, each as alternatives: a number to call always (domain.md)."""
    for one in _NEEDED[kind]:
        if manner != Manner.DISCREET:
            yield one
        elif one == _LISTED:
            yield _LISTED_DISCREETLY
        elif not frozenset().union(*one) & PLACES:
            yield one
    yield (frozenset({"tel"}),)


def named(body: str) -> set[str]:
    """The names in braces, known or not."""
    return set(SLOT.findall(body))


def stray(body: str) -> bool:
    """Whether a brace is left that is not one of a name in braces."""
    rest = SLOT.sub("", body)
    return "{" in rest or "}" in rest


def fits(kind: str, manner: str, body: str) -> bool:
    """Whether these words can be filled: every name is allowed, and nothing else is in braces."""
    if kind not in Kind.values or manner not in Manner.values or stray(body):
        return False
    return named(body) <= allowed(Kind(kind), Manner(manner))
