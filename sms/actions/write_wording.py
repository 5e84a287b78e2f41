from __future__ import annotations

from datetime import datetime

from booking import access, journal
from booking.errors import Invalid
from booking.locking import lock_name, writing
from booking.models import JournalEntry, Partner
from booking.models.journal import Verb
from booking.once import once
from sms import addressing, shipped, templates
from sms.actions.restore_wording import restore_wording
from sms.models import OwnWording


@once
def write_wording(
    *,
    by: access.Actor,
    now: datetime,
    partner: Partner,
    kind: str,
    manner: str,
    language: str,
    body: str,
    key: str = "",
) -> OwnWording | None:
    """Say one kind of text in the partner's own words. The shipped words, written again, are no own
    words: they are taken back, and the answer is None. Other words in another language than French
    leave only once the coordination has reviewed them.

    Raises NotAllowed, Invalid with every reason why these words cannot leave, Busy.
    """
    access.must_manage(by, partner.pk)
    which = addressing.checked(kind, manner, language)
    if faults := templates.faults(*which, body, partner):
        raise Invalid(" ".join(faults))
    body, default = templates.tidy(body), shipped.default(*which)
    if body == default:
        restore_wording(
            by=by, now=now, partner=partner, kind=kind, manner=manner, language=language
        )
        return None
    with writing():
        lock_name(which.name(partner))
        theirs = OwnWording.objects.filter(partner=partner, **which.fields())
        current = theirs.select_for_update(no_key=True).first()
        digest = shipped.digest(default)
        if current is not None and (current.body, current.default_digest) == (body, digest):
            return current
        own = current or OwnWording(partner=partner, **which.fields())
        if own.body != body:
            own.reviewed_at = own.reviewed_by = None
        own.body, own.default_digest = body, digest
        own.changed_at, own.changed_by = now, by
        own.save()
        entry = JournalEntry(
            at=now, actor=by, verb=Verb.WORDING_CHANGED, partner=partner, facts=which.fields()
        )
        journal.write([entry])
    return own
