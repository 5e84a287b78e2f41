from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access, journal
from booking.errors import Invalid, NotAllowed
from booking.identity import fold
from booking.locking import lock_name, writing
from booking.models import JournalEntry, Referrer
from booking.models.journal import Verb
from booking.models.person import ReferrerKind
from booking.once import once

_LONGEST_NAME = 120


@once
def add_referrer(
    *, by: access.Actor, now: datetime, name: str, kind: ReferrerKind, key: str = ""
) -> Referrer:
    """Add an office or a person who sends people, or return the one of that name: capitals and
    accents do not count. Raises NotAllowed, Invalid when the name does not fit.
    """
    if by is not None and not (access.scope(by).network or access.scope(by).admin_of):
        raise NotAllowed
    name = name.strip()
    if not fold(name) or len(name) > _LONGEST_NAME:
        raise Invalid(_("The name of a referrer has from 1 to 120 letters."))
    with writing():
        lock_name(f"referrer|{fold(name)}")
        # A few hundred lines at most, and the database cannot fold accents alike on both engines.
        for referrer in Referrer.objects.order_by("pk"):
            if fold(referrer.name) == fold(name):
                return referrer
        added = Referrer.objects.create(name=name, kind=kind)
        facts = {"referrer": added.pk, "kind": kind}
        journal.write([JournalEntry(at=now, actor=by, verb=Verb.REFERRER_ADDED, facts=facts)])
    return added
