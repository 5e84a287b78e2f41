"""The guard at the door: nothing that leaves may tell the reader of somebody else's phone why this
person is expected, where from, or who they are.

A real address can hold such a word ("rue du Palais de Justice"). It is refused all the same, because
a stranger who reads it learns what the word says: the text does not leave, and a human calls. The
partner is told so beforehand (sms.queries.wordings.places), and may write the street otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence

from booking.models import Seat, Venue
from sms.folding import fold
from sms.links import has_link
from sms.naming import distinctive, everyday, has_reference, name_in, names_association, says
from sms.telling_words import never_in, never_words
from sms.whereabouts import outside_streets, says_where

__all__ = ["everyday", "fold", "never_in", "never_words", "refuse"]


def refuse(
    body: str, seat: Seat, *, discreet: bool = False, venues: Sequence[Venue] | None = None
) -> str:
    """Why this must not leave: "word", "name", "service", "partner", "label", "link", "reference"; of
    a `discreet` text also "place". "" when it may.

    Whole words. A name that is also a word of every text or of the street ("Avril", "rue Jean
    Jaurès") tells nothing alone, so it is refused only beside the person's other name; of the
    partner's name a part is looked for outside the streets. `venues`: all the places that it speaks
    of, the seat's own if left out. One query, for the partner's
    practitioners, unless the caller prefetched them.
    """
    if never_in(body, seat.participant.language):
        return "word"
    words, own = fold(body), seat.session.venue
    there = list(venues) if venues is not None else [own] if own else []
    if why := _named(words, seat) or _labelled(words, seat, there):
        return why
    if why := _looked_up(body, seat, there):
        return why
    said_to_all = everyday(seat.participant.language)
    return "place" if discreet and says_where(words, there, said_to_all) else ""


def _named(words: list[str], seat: Seat) -> str:
    session, person = seat.session, seat.participant
    known = everyday(person.language).union(fold(session.venue.address) if session.venue else ())
    people = (
        (person.first_name, person.last_name),
        *(("", one.name) for one in session.partner.practitioners.all()),
    )
    return "name" if any(name_in(words, *names, known) for names in people) else ""


def _labelled(words: list[str], seat: Seat, venues: Sequence[Venue]) -> str:
    session, said_to_all = seat.session, everyday(seat.participant.language)
    for kind, label in (
        ("service", session.service.name),
        ("partner", session.partner.name),
        ("label", session.label),
    ):
        if says(words, label, said_to_all):
            return kind
    name = session.partner.name
    rest = outside_streets(words, venues)
    return "partner" if names_association(rest, name) or distinctive(name) & set(rest) else ""


def _looked_up(body: str, seat: Seat, venues: Sequence[Venue]) -> str:
    """What a stranger could open, or ask about."""
    filled = [said for venue in venues for said in (venue.address, venue.room)]
    if has_link(body, (*filled, seat.session.partner.phone)):
        return "link"
    return "reference" if has_reference(body, seat.participant.reference) else ""
