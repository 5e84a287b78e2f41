"""Words that a partner writes: what is wrong with them, in sentences that the writer can act on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from booking import storable
from booking.errors import Invalid
from booking.models import Membership, Partner, Referrer, Service, Venue
from sms import samples, wording
from sms.discretion import everyday, fold, name_in, never_words, says
from sms.gsm import segments, unspelled
from sms.kinds import Kind
from sms.languages import speech
from sms.models import Manner
from sms.never import CANCELS, WHY
from sms.slots import PLACES, allowed, named, needed, stray
from sms.variables import SLOT, VARIABLES, Scene
from sms.words import Picked, Words, words_for

__all__ = ["Known", "Words", "faults", "known_of", "tidy", "variables", "words_for"]

#: As the column of OwnWording.
LONGEST = 600
#: No link: a stranger's thumb opens it, and thieves send them (domain.md: none unless turned on).
_LINK = re.compile(
    r"https?:|www\.|\b[\w-]+\.(?:fr|com|org|net|eu|info|io|ly|me|app|link)\b",
    re.IGNORECASE,
)
_CANCELLATIONS = frozenset({Kind.CANCELLED, Kind.CANCELLED_SAME_DAY})


@dataclass(frozen=True, slots=True)
class Known:
    """What must not be in a partner's words, and the place on which they are tried."""

    partner: Partner
    people: tuple[str, ...]
    services: tuple[str, ...]
    referrers: tuple[str, ...]
    venues: tuple[Venue, ...]

    @property
    def longest(self) -> Venue:
        return samples.longest(self.venues)


def known_of(partner: Partner) -> Known:
    """Five queries, whatever the partner's size."""
    staff = Membership.objects.filter(partner=partner).values_list("user__name", flat=True)
    return Known(
        partner=partner,
        people=(*partner.practitioners.values_list("name", flat=True), *staff),
        services=tuple(Service.objects.values_list("name", flat=True)),
        referrers=tuple(Referrer.objects.values_list("name", flat=True)),
        venues=tuple(partner.venues.all()),
    )


def tidy(body: str) -> str:
    """As it is kept: composed letters, one blank between words, none around."""
    return " ".join(unicodedata.normalize("NFC", body).split())


def variables(kind: Kind, manner: Manner) -> dict[str, str]:
    """What may stand in braces here, in the order of the list, and what it means."""
    names_here = allowed(kind, manner)
    return {name: str(one.meaning) for name, one in VARIABLES.items() if name in names_here}


def faults(
    kind: Kind,
    manner: Manner,
    language: str,
    body: str,
    partner: Partner,
    *,
    known: Known | None = None,
) -> list[str]:
    """Why these words cannot be used, a sentence each; empty when they can. `known` saves the five
    queries where many are looked at."""
    try:
        storable.refuse_unstorable(body)
    except Invalid as error:
        return [str(error)]
    body = tidy(body)
    if not body:
        return [_("Write the text.")]
    if len(body) > LONGEST:
        return [_("A text has at most %(count)s characters.") % {"count": LONGEST}]
    facts = known or known_of(partner)
    found = [*_of_slots(kind, manner, body), *_of_words(kind, language, body)]
    found += _of_names(language, body, facts)
    return found or list(_of_length(kind, language, body, facts))


def _of_slots(kind: Kind, manner: Manner, body: str) -> Iterator[str]:
    if stray(body):
        yield _(
            "Braces only hold one of the words below, exactly as it is written there: {tel}. "
            "Nothing else goes between them."
        )
    here = allowed(kind, manner)
    for name in sorted(named(body) - here):
        if name not in VARIABLES:
            known = ", ".join(f"{{{one}}}" for one in VARIABLES if one in here)
            yield _("{%(name)s} is not known. There are: %(known)s.") % {
                "name": name,
                "known": known,
            }
        elif manner == Manner.DISCREET and name in PLACES:
            yield _(
                "{%(name)s} does not belong here: on a shared phone a text does not say the place."
            ) % {"name": name}
        else:
            yield _("{%(name)s} means nothing in this text.") % {"name": name}
    for alternatives in needed(kind, manner):
        if not any(one <= named(body) for one in alternatives):
            said = _(" or ").join(
                _(" and ").join(f"{{{name}}}" for name in VARIABLES if name in one)
                for one in alternatives
            )
            yield _("This is missing: %(variables)s.") % {"variables": said}


def _of_words(kind: Kind, language: str, body: str) -> Iterator[str]:
    written = SLOT.sub(" ", body)
    words = fold(written)
    for word, group in never_words(words, language).items():
        yield _("Never “%(word)s”: %(why)s.") % {"word": word, "why": WHY[group]}
    if kind not in _CANCELLATIONS:
        beginnings = (*CANCELS["fr"], *CANCELS.get(language, ()))
        for word in dict.fromkeys(one for one in words if one.startswith(beginnings)):
            yield _(
                "“%(word)s” would be read as a cancellation, and this text is none: say it otherwise."
            ) % {"word": word}
    if _LINK.search(written):
        yield _("No link: the text would look like a fraud. Give the number to call.")
    if speech(language).gsm and (lost := unspelled(written)):
        yield _("These characters cannot be sent: %(characters)s") % {"characters": lost}


def _of_names(language: str, body: str, known: Known) -> Iterator[str]:
    words, said = fold(SLOT.sub(" ", body)), everyday(language)
    if any(name_in(words, "", person, said) for person in known.people):
        yield _("No name of anybody: the phone may be in somebody else's hand.")
    if any(says(words, service, said) for service in known.services):
        yield _("Not the service: say “RDV” and no more.")
    if says(words, known.partner.name, said):
        yield _("Not the association's name: a stranger could look it up.")
    if any(says(words, referrer, said) for referrer in known.referrers):
        yield _("Not who sends the person.")


def _of_length(kind: Kind, language: str, body: str, known: Known) -> Iterator[str]:
    text = said(kind, language, body, known)
    most = speech(language).most_segments
    if (count := segments(text)) > most:
        yield _(
            "Too long: with your longest place it would cost %(count)s texts, and may cost %(most)s."
        ) % {"count": count, "most": most}


def said(kind: Kind, language: str, body: str, known: Known, *, own: bool = True) -> str:
    """The text as it would leave for a made-up appointment at the partner's longest place."""
    return wording.say(kind, Picked(body, language, own=own), sample(kind, language, known))


def sample(kind: Kind, language: str, known: Known) -> Scene:
    return samples.scene(kind, language, partner=known.partner, venue=known.longest)
