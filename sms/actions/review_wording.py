from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, journal
from booking.errors import Invalid
from booking.locking import lock_name, writing
from booking.models import JournalEntry, Partner
from booking.models.journal import Verb
from booking.models.language import Language
from booking.once import once
from sms import addressing, shipped
from sms.models import OwnWording, ReviewedWording


@once
def review_wording(
    *,
    by: access.Actor,
    now: datetime,
    language: str,
    kind: str = "",
    manner: str = "",
    partner: Partner | None = None,
    digest: str = "",
    key: str = "",
) -> int:
    """Say that somebody who reads the language has looked at these words: from now on they leave.
    Without kind and manner: at all words of the language. With a partner: at its own words, not at
    the shipped ones. `digest` (sms.queries.wordings.Entry) is of the words that were read: others,
    written meanwhile, are refused. Returns how many were not reviewed before.

    Raises NotAllowed, Invalid, Busy.
    """
    access.must_coordinate(by)
    if language not in Language.values or language == Language.FRENCH:
        raise Invalid(_("Only words in another language than French are reviewed."))
    only: dict[str, str] = {}
    if kind or manner:
        which = addressing.checked(kind, manner, language)
        only = {"kind": which.kind.value, "manner": which.manner.value}
    with writing():
        lock_name(f"review {partner.pk if partner else ''} {language}")
        if partner is None:
            reviewed = _shipped(by, now, language, only, digest)
        else:
            reviewed = _own(by, now, partner, language, only, digest)
        if reviewed:
            facts = {"language": language, **only, "count": reviewed}
            entry = JournalEntry(
                at=now, actor=by, verb=Verb.WORDING_REVIEWED, partner=partner, facts=facts
            )
            journal.write([entry])
    return reviewed


def _shipped(
    by: access.Actor, now: datetime, language: str, only: dict[str, str], digest: str
) -> int:
    words = {
        (kind.value, manner.value): shipped.digest(body)
        for kind, manner, _language, body in shipped.everything(language)
        if not only or (only["kind"], only["manner"]) == (kind, manner)
    }
    _must_be(words.values(), digest)
    there = {
        (one.kind, one.manner): one.digest
        for one in ReviewedWording.objects.filter(language=language)
    }
    new = {which: its for which, its in words.items() if there.get(which) != its}
    ReviewedWording.objects.bulk_create(
        [
            ReviewedWording(
                kind=kind,
                manner=manner,
                language=language,
                digest=its,
                reviewed_at=now,
                reviewed_by=by,
            )
            for (kind, manner), its in new.items()
        ],
        update_conflicts=True,
        unique_fields=("kind", "manner", "language"),
        update_fields=("digest", "reviewed_at", "reviewed_by"),
    )
    return len(new)


def _own(
    by: access.Actor,
    now: datetime,
    partner: Partner,
    language: str,
    only: dict[str, str],
    digest: str,
) -> int:
    theirs = OwnWording.objects.filter(partner=partner, language=language, **only)
    rows = list(theirs.select_for_update(no_key=True).order_by("pk"))
    _must_be([shipped.digest(row.body) for row in rows], digest)
    new = [row.pk for row in rows if row.reviewed_at is None]
    return OwnWording.objects.filter(pk__in=new).update(reviewed_at=now, reviewed_by=by)


def _must_be(digests: Collection[str], digest: str) -> None:
    """Raise Invalid where there are no words, or others than were read."""
    if not digests:
        raise Invalid(_("There are no words to review here."))
    if digest and set(digests) != {digest}:
        raise Invalid(_("These words were changed meanwhile. Reload the page and read them again."))
