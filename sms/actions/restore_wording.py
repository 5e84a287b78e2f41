from __future__ import annotations

from datetime import datetime

from booking import access, journal
from booking.locking import lock_name, writing
from booking.models import JournalEntry, Partner
from booking.models.journal import Verb
from booking.once import once
from sms import addressing
from sms.models import OwnWording


@once
def restore_wording(
    *,
    by: access.Actor,
    now: datetime,
    partner: Partner,
    kind: str,
    manner: str,
    language: str,
    key: str = "",
) -> Partner:
    """Take the shipped words back: the partner's own are forgotten, and a better default reaches it
    again. Nothing happens where it has none. Raises NotAllowed, Invalid, Busy."""
    access.must_manage(by, partner.pk)
    which = addressing.checked(kind, manner, language)
    with writing():
        lock_name(which.name(partner))
        gone, _ = OwnWording.objects.filter(partner=partner, **which.fields()).delete()
        if gone:
            entry = JournalEntry(
                at=now,
                actor=by,
                verb=Verb.WORDING_RESTORED,
                partner=partner,
                facts=which.fields(),
            )
            journal.write([entry])
    return partner
