"""How people name a row, beside its primary key: by its own name, or by what staff can see of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from booking.models import (
    AvoidancePair,
    Enrolment,
    JournalEntry,
    Participant,
    Partner,
    Practitioner,
    Programme,
    Referrer,
    Seat,
    Service,
    User,
    Venue,
    WaitingEntry,
)
from booking.models.journal import Verb
from booking.models.programme import STANDING_STATES
from booking.models.waiting import ON_THE_LIST, WaitingState
from calendars.models import Rhythm

_KEY = re.compile(r"#?([0-9]{1,18})")


@dataclass(frozen=True)
class Name:
    #: As `manage.py act --list` shows it.
    form: str
    #: The same for a sentence: “its primary key or …”.
    said: Promise
    #: The rows that this word names; two are one too many.
    look: Callable[[str], Sequence[Model]]
    #: What it is called, where the model's own word says too little.
    what: Promise | None = None


def key(word: str) -> int | None:
    """A primary key, which may carry a #."""
    found = _KEY.fullmatch(word)
    return int(found[1]) if found else None


def _by(kind: type[Model], field: str) -> Callable[[str], Sequence[Model]]:
    rows = kind._default_manager  # noqa: SLF001 - documented all the same
    return lambda word: list(rows.filter(**{f"{field}__iexact": word})[:2])


def _of_partner(kind: type[Model], field: str) -> Callable[[str], Sequence[Model]]:
    """“le-relais/Groupe B”: a short name has no slash."""
    rows = kind._default_manager  # noqa: SLF001 - documented all the same

    def look(word: str) -> Sequence[Model]:
        slug, _slash, name = word.partition("/")
        return list(rows.filter(**{"partner__slug__iexact": slug, f"{field}__iexact": name})[:2])

    return look


def _whose(word: str) -> tuple[str, Q]:
    """“412:K7MPQ2”: what, and the person's."""
    what, _colon, reference = word.rpartition(":")
    return what.strip(), Q(participant__reference__iexact=reference.strip())


def _programmes(word: str) -> QuerySet[Programme]:
    if (pk := key(word)) is not None:
        return Programme.objects.filter(pk=pk)
    slug, _slash, label = word.partition("/")
    return Programme.objects.filter(partner__slug__iexact=slug, label__iexact=label)


def _seat(word: str) -> Sequence[Model]:
    session, theirs = _whose(word)
    return list(Seat.objects.active().filter(theirs, session=key(session))[:2])


def _enrolment(word: str) -> Sequence[Model]:
    programme, theirs = _whose(word)
    standing = Enrolment.objects.filter(theirs, state__in=STANDING_STATES)
    return list(standing.filter(programme__in=_programmes(programme))[:2])


def _waiting(word: str) -> Sequence[Model]:
    """The entry that is on the list; else the last one whose offer nobody answered."""
    target, theirs = _whose(word)
    its = Q(session=key(target))
    if "/" in target:
        its = Q(programme__in=_programmes(target))
    elif target[:1] in ("p", "P"):
        its = Q(programme=key(target[1:]))
    entries = WaitingEntry.objects.filter(theirs, its)
    lapsed = entries.filter(state=WaitingState.LAPSED).order_by("-pk")
    return list(entries.filter(state__in=ON_THE_LIST)[:2]) or list(lapsed[:1])


def _pair(word: str) -> Sequence[Model]:
    one, _colon, other = (part.strip() for part in word.partition(":"))
    either = Q(first__reference__iexact=one, second__reference__iexact=other)
    either |= Q(first__reference__iexact=other, second__reference__iexact=one)
    return list(AvoidancePair.objects.filter(either)[:2])


def _merge(word: str) -> Sequence[Model]:
    """The last merge into this record that was not undone."""
    about = JournalEntry.objects.filter(participant__reference__iexact=word).order_by("-pk")
    undone = {entry.facts["merge"] for entry in about.filter(verb=Verb.MERGE_UNDONE)}
    merges = about.filter(verb=Verb.PEOPLE_MERGED)
    return [entry for entry in merges if entry.pk not in undone][:1]


_ITS_NAME = _("its name")
NAMES: dict[type[Model], Name] = {
    Participant: Name("reference", _("its reference"), _by(Participant, "reference")),
    Partner: Name("slug", _("its short name"), _by(Partner, "slug")),
    User: Name("email", _("its e-mail address"), _by(User, "email"), _("account")),
    Service: Name("name", _ITS_NAME, _by(Service, "name")),
    Referrer: Name("name", _ITS_NAME, _by(Referrer, "name")),
    Programme: Name("partner-slug/label", _("SHORT-NAME/LABEL"), _of_partner(Programme, "label")),
    Rhythm: Name("partner-slug/label", _("SHORT-NAME/LABEL"), _of_partner(Rhythm, "label")),
    Venue: Name("partner-slug/name", _("SHORT-NAME/NAME"), _of_partner(Venue, "name")),
    Practitioner: Name(
        "partner-slug/name", _("SHORT-NAME/NAME"), _of_partner(Practitioner, "name")
    ),
    Seat: Name("SESSION:REFERENCE", _("SESSION:REFERENCE"), _seat),
    Enrolment: Name("PROGRAMME:REFERENCE", _("PROGRAMME:REFERENCE"), _enrolment),
    WaitingEntry: Name(
        "SESSION:REFERENCE or pPROGRAMME:REFERENCE",
        _("SESSION:REFERENCE or pPROGRAMME:REFERENCE"),
        _waiting,
    ),
    AvoidancePair: Name(
        "REFERENCE:REFERENCE",
        _("REFERENCE:REFERENCE"),
        _pair,
        _("pair of people who must not meet"),
    ),
    JournalEntry: Name(
        "reference of the person kept", _("the reference of the person kept"), _merge, _("merge")
    ),
}
