"""Words that a partner writes: what is wrong with them, in sentences that the writer can act on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from booking import storable
from booking.errors import Invalid
from booking.models import Membership, Partner, Practitioner, Referrer, Service, Venue
from sms import samples, wording
from sms.folding import fold, visible
from sms.gsm import segments, unspelled
from sms.kinds import Kind
from sms.languages import speech
from sms.links import has_link
from sms.models import Manner
from sms.naming import distinctive, everyday, has_reference, name_in, names_association, says
from sms.never import CANCELS, WHY
from sms.scripts import strange
from sms.slots import PLACES, allowed, named, needed, stray
from sms.telling_words import never_in
from sms.variables import SLOT, VARIABLES, Scene
from sms.whereabouts import outside_streets, says_where
from sms.words import Picked, Words, words_for

__all__ = ["Known", "Words", "faults", "known_of", "tidy", "variables", "words_for"]

#: As the column of OwnWording.
LONGEST = 600
#: A variable with letters right before and after it: what says nothing there makes one word of both.
_GLUED = re.compile(r"[^\W_](?:\{[a-z_]+\})+[^\W_]")
_CAPITAL = re.compile(r"\b[^\W\d_a-z][\w'’-]*")
_CANCELLATIONS = frozenset({Kind.CANCELLED, Kind.CANCELLED_SAME_DAY})


@dataclass(frozen=True, slots=True)
class Known:
    """What must not be in a partner's words, and the place on which they are tried. `people` are its
    own staff; `colleagues` and `others` the people and the associations of the rest of the network."""

    partner: Partner
    people: tuple[str, ...]
    services: tuple[str, ...]
    referrers: tuple[str, ...]
    venues: tuple[Venue, ...]
    colleagues: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def everybody(self) -> tuple[str, ...]:
        return (*self.people, *self.colleagues)

    @property
    def longest(self) -> Venue:
        return samples.longest(self.venues)


def known_of(partner: Partner) -> Known:
    """Five queries, whatever the network's size. Participants are not read: whoever writes could try
    names until one is refused (docs/texts.md)."""
    led = Practitioner.objects.order_by().values_list("name", "partner")
    staff = Membership.objects.order_by().values_list("user__name", "partner")
    people = list(led.union(staff).order_by("name"))
    return Known(
        partner=partner,
        people=tuple(name for name, whose in people if whose == partner.pk),
        services=tuple(Service.objects.values_list("name", flat=True)),
        referrers=tuple(Referrer.objects.values_list("name", flat=True)),
        venues=tuple(partner.venues.all()),
        colleagues=tuple(name for name, whose in people if whose != partner.pk),
        others=tuple(Partner.objects.exclude(pk=partner.pk).values_list("name", flat=True)),
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
    found += [*_of_names(language, body, facts), *_of_marks(language, body)]
    if manner == Manner.DISCREET:
        found += _of_places(language, body, facts)
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
    # And as it reads where a variable says nothing.
    never = never_in(written, language) or never_in(SLOT.sub("", body), language)
    for word, group in never.items():
        yield _("Never “%(word)s”: %(why)s.") % {"word": word, "why": WHY[group]}
    if kind not in _CANCELLATIONS:
        beginnings = (*CANCELS["fr"], *CANCELS.get(language, ()))
        words = fold(written)
        for word in dict.fromkeys(one for one in words if one.startswith(beginnings)):
            yield _(
                "“%(word)s” would be read as a cancellation, and this text is none: say it otherwise."
            ) % {"word": word}


def _of_marks(language: str, body: str) -> Iterator[str]:
    """Links, references, characters."""
    written = SLOT.sub(" ", body)
    if has_link(written) or has_link(SLOT.sub("", body)):
        yield _("No link: the text would look like a fraud. Give the number to call.")
    if has_reference(visible(written)):
        yield _("No reference of a file: the phone may be in somebody else's hand.")
    if _GLUED.search(visible(body)):
        yield _("Leave a blank before or after what stands in braces.")
    lost = unspelled(written) if speech(language).gsm else ""
    if lost:
        yield _("These characters cannot be sent: %(characters)s") % {"characters": lost}
    if foreign := "".join(one for one in strange(written, language) if one not in lost):
        yield _(
            "These characters are of another alphabet and only look like letters of this one: "
            "%(characters)s"
        ) % {"characters": foreign}


def _of_names(language: str, body: str, known: Known) -> Iterator[str]:
    written = SLOT.sub(" ", body)
    words, said = fold(written), everyday(language)
    capitals = fold(" . ".join(_CAPITAL.findall(visible(written))))
    if any(name_in(words, "", person, said) for person in known.people) or any(
        name_in(capitals, "", person, said) for person in known.colleagues
    ):
        yield _("No name of anybody: the phone may be in somebody else's hand.")
    if any(says(words, service, said) for service in known.services):
        yield _("Not the service: say “RDV” and no more.")
    rest = outside_streets(words, known.venues)
    ours = known.partner.name
    if says(words, ours, said) or names_association(rest, ours) or distinctive(ours) & set(rest):
        yield _("Not the association's name: a stranger could look it up.")
    if any(names_association(rest, other) for other in known.others):
        yield _("Not the name of another association: a stranger could look it up.")
    if any(says(words, referrer, said) for referrer in known.referrers):
        yield _("Not who sends the person.")


def _of_places(language: str, body: str, known: Known) -> Iterator[str]:
    if says_where(fold(SLOT.sub(" . ", body)), known.venues, everyday(language)):
        yield _("No street, town or room here: on a shared phone a text does not say the place.")


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
