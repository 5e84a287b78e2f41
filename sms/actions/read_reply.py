from __future__ import annotations

from datetime import datetime

from booking import access, journal
from booking.errors import NotAllowed
from booking.locking import writing
from booking.models import JournalEntry
from booking.models.journal import Verb
from booking.once import once
from sms.models import Reply
from sms.queries.replies import readable


@once
def read_reply(*, by: access.Actor, now: datetime, reply: Reply, key: str = "") -> Reply:
    """Note that somebody dealt with this reply: it leaves the list, for everybody.

    For whoever may read it. Dealt with twice, it was the first who did. Raises NotAllowed, Busy.
    """
    if by is not None and not readable(by).filter(pk=reply.pk).exists():
        raise NotAllowed
    with writing():
        locked = Reply.objects.select_for_update(of=("self",), no_key=True)
        reply = locked.select_related("seat").get(pk=reply.pk)
        if reply.read_at is not None:
            return reply
        reply.read_at, reply.read_by = now, by
        reply.save(update_fields=["read_at", "read_by"])
        entry = JournalEntry(
            at=now,
            actor=by,
            verb=Verb.REPLY_READ,
            partner_id=reply.partner_id,
            seat_id=reply.seat_id,
            participant_id=reply.seat.participant_id if reply.seat else None,
            facts={"reply": reply.pk},
        )
        journal.write([entry])
    return reply
