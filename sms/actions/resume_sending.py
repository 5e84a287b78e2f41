from __future__ import annotations

from datetime import datetime

from booking import access, journal
from booking.locking import writing
from booking.models import JournalEntry
from booking.models.journal import Verb
from booking.once import once
from sms import sending
from sms.models import Sending


@once
def resume_sending(*, by: access.Actor, now: datetime, key: str = "") -> Sending:
    """Let texts leave again: those that waited and are still true, no faster than their sender may
    (settings.SMS_RATE). Where the provider refuses us, one text is tried at once instead of at the
    next probe: for whoever has just paid. For the coordination.

    Said where nothing is held up, it changes nothing. Raises NotAllowed, Busy.
    """
    access.must_coordinate(by)
    with writing():
        row = sending.locked()
        if row.paused_at is None and row.halted_at is None:
            return row
        facts = {"halted": row.halted_at is not None}
        row.paused_at, row.paused_by = None, None
        row.probe_at = now if row.halted_at is not None else None
        row.save(update_fields=["paused_at", "paused_by", "probe_at"])
        journal.write([JournalEntry(at=now, actor=by, verb=Verb.SENDING_RESUMED, facts=facts)])
    return row
