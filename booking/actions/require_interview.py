from __future__ import annotations

from datetime import datetime

from booking import access, journal
from booking.locking import writing
from booking.models import JournalEntry, Service
from booking.models.journal import Verb
from booking.once import once


@once
def require_interview(
    *, by: access.Actor, now: datetime, service: Service, required: bool, key: str = ""
) -> Service:
    """Whether nobody takes part in this service before a welcome interview (law for courses: Code
    pénal R131-36). Who is seated already stays. Raises NotAllowed, Busy."""
    access.must_coordinate(by)
    with writing():
        current = Service.objects.select_for_update(no_key=True).get(pk=service.pk)
        if current.interview_first != required:
            current.interview_first = required
            current.save(update_fields=["interview_first"])
            facts = {"service": service.pk, "interview_first": required}
            journal.write([JournalEntry(at=now, actor=by, verb=Verb.POLICY_CHANGED, facts=facts)])
    return current
