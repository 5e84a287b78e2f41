"""The words of one partner as its editor shows them: which are its own, which count, what is wrong
with them, and what a text of them would cost."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from booking.models import Partner, Venue
from booking.models.language import Language
from booking.phones import callable_number
from sms import shipped, templates
from sms.folding import fold
from sms.gsm import measure, septets, to_gsm
from sms.kinds import Kind
from sms.languages import speech
from sms.models import Manner, OwnWording, ReviewedWording
from sms.naming import name_in, says
from sms.telling_words import never_in
from sms.templates import Known
from sms.variables import fill
from sms.words import Words, may_leave


@dataclass(frozen=True, slots=True)
class Entry:
    """`body` is what is written, or shipped, for this kind and manner; "" where the language has no
    words. `leaves` tells whether these very words leave; otherwise the shipped ones of the
    language do where `shipped_leaves` (they are reviewed), and else the French ones.
    `default_changed`: the shipped words are others now than when these were written."""

    kind: Kind
    manner: Manner
    body: str
    default: str
    is_own: bool
    default_changed: bool
    reviewed: bool
    leaves: bool
    shipped_leaves: bool
    digest: str
    faults: list[str]


@dataclass(frozen=True, slots=True)
class Preview:
    """`characters` counts septets, or UCS-2 units; `left` is how many more fit without paying for
    another segment; `cost_thousandths` of a euro. `replaced`: each character that the alphabet does
    not have, and what is sent instead."""

    body: str
    alphabet: str
    characters: int
    segments: int
    left: int
    cost_thousandths: int
    replaced: list[tuple[str, str]]
    faults: list[str]


@dataclass(frozen=True, slots=True)
class Place:
    """A place, or the partner's number, that no text may say: those texts are calls to make."""

    venue: Venue | None
    faults: list[str]


def catalogue(partner: Partner, language: str) -> list[Entry]:
    """Every kind and manner in one language. Seven queries, whatever was written."""
    known = templates.known_of(partner)
    own = list(OwnWording.objects.filter(partner=partner, language=language))
    reviewed = list(ReviewedWording.objects.filter(language=language))
    said = {(one.kind, one.manner): one for one in own}
    leaving = Words([one for one in own if may_leave(one)], reviewed)
    looked_at = {(one.kind, one.manner): one.digest for one in reviewed}
    return [
        _entry(kind, manner, language, said.get((kind, manner)), looked_at, leaving, known)
        for kind in Kind
        for manner in Manner
    ]


def preview(partner: Partner, kind: Kind, manner: Manner, language: str, body: str) -> Preview:
    """These words for a made-up appointment at the partner's longest place."""
    known = templates.known_of(partner)
    wrong = templates.faults(kind, manner, language, body, partner, known=known)
    body = templates.tidy(body.replace("\0", ""))
    own = body != shipped.default(kind, manner, language)
    text = templates.said(kind, language, body, known, own=own)
    size = measure(text)
    return Preview(
        body=text,
        alphabet="UCS-2" if size.ucs2 else "GSM-7",
        characters=size.units,
        segments=size.segments,
        left=size.left,
        cost_thousandths=size.segments * settings.SMS_SEGMENT_PRICE,
        replaced=_replaced(kind, language, body, known),
        faults=wrong,
    )


def places(partner: Partner) -> list[Place]:
    """The partner's places that texts may not say, and its number if that is one: the guard refuses
    such a text, and somebody must call instead (sms.discretion). Empty when all is well."""
    known = templates.known_of(partner)
    looked_at = [
        Place(None, _of_phone(partner.phone)),
        *(Place(one, _of_place(one, known)) for one in known.venues if not one.victims_only),
    ]
    return [place for place in looked_at if place.faults]


def _entry(
    kind: Kind,
    manner: Manner,
    language: str,
    own: OwnWording | None,
    looked_at: dict[tuple[str, str], str],
    leaving: Words,
    known: Known,
) -> Entry:
    default = shipped.default(kind, manner, language)
    body = own.body if own else default
    picked = leaving.pick(known.partner.pk, kind, manner, language)
    french = language == Language.FRENCH
    as_shipped = looked_at.get((kind, manner)) == shipped.digest(default) != ""
    return Entry(
        kind=kind,
        manner=manner,
        body=body,
        default=default,
        is_own=own is not None,
        default_changed=own is not None and own.default_digest != shipped.digest(default),
        reviewed=french or (own.reviewed_at is not None if own else as_shipped),
        leaves=picked.language == language and picked.own == (own is not None),
        shipped_leaves=picked.language == language and not picked.own,
        digest=shipped.digest(body),
        faults=(
            templates.faults(kind, manner, language, body, known.partner, known=known)
            if body
            else []
        ),
    )


def _replaced(kind: Kind, language: str, body: str, known: Known) -> list[tuple[str, str]]:
    if not speech(language).gsm:
        return []
    text = fill(body, templates.sample(kind, language, known))
    outside = dict.fromkeys(one for one in text if not septets(one))
    return [(one, to_gsm(one)) for one in outside]


def _of_phone(phone: str) -> list[str]:
    if not callable_number(phone) or never_in(phone, Language.FRENCH):
        return [_("Your number to call is no number: texts need one.")]
    return []


def _of_place(venue: Venue, known: Known) -> list[str]:
    words = fold(f"{venue.address} {venue.room}")
    wrong = [
        _(
            "Its address holds “%(word)s”, which no text may say. Texts for it do not leave and "
            "become calls to make. Write the street without that word if it can be found so."
        )
        % {"word": word}
        for word in never_in(f"{venue.address} {venue.room}", Language.FRENCH)
    ]
    street = fold(venue.address)
    told = any(says(words, one, ()) for one in (*known.services, known.partner.name))
    if told or any(name_in(words, "", person, street) for person in known.people):
        wrong.append(
            _(
                "It names somebody, a service or the association. Texts for it do not leave and "
                "become calls to make. Describe the place otherwise."
            )
        )
    return wrong
