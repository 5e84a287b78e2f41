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
def pause_sending(*, by: access.Actor, now: datetime, key: str = "") -> Sending:
    """Let no text leave until `resume_sending`. What is being handed over at this very moment still
    leaves; what is due waits, and becomes somebody's call when it is too late. For the coordination.

    Said again, it changes nothing. Raises NotAllowed, Busy.
    """
    access.must_coordinate(by)
    with writing():
        row = sending.locked()
        if row.paused_at is not None:
            return row
        row.paused_at, row.paused_by = now, by
        row.save(update_fields=["paused_at", "paused_by"])
        journal.write([JournalEntry(at=now, actor=by, verb=Verb.SENDING_PAUSED)])
    return row
