from __future__ import annotations

from datetime import datetime

from booking import access, journal, waiting
from booking.holding import hold
from booking.locking import writing
from booking.models import JournalEntry, Session, Venue
from booking.models.journal import Verb
from booking.once import once


@once
def reserve_venue(
    *, by: access.Actor, now: datetime, venue: Venue, victims_only: bool, key: str = ""
) -> Venue:
    """Keep a venue for victims, or open it again: nobody is seated in one that is kept (domain
    rule 3). Seats that are there stay and are listed by `queries.conflicts`; when it is opened
    again, its free places are offered to those who wait for them.

    Raises NotAllowed, Busy.
    """
    access.must_manage(by, venue.partner_id)
    with writing():
        # With its sessions locked nobody is being seated there at this moment.
        coming = Session.objects.filter(venue=venue, starts_at__gt=now)
        held = hold(now=now, sessions=coming.values_list("pk", flat=True))
        current = Venue.objects.select_for_update(no_key=True).get(pk=venue.pk)
        if current.victims_only == victims_only:
            return current
        current.victims_only = victims_only
        current.save(update_fields=["victims_only"])
        facts = {"rule": "victims_only", "venue": venue.pk, "after": victims_only}
        verb, partner = Verb.SAFETY_CHANGED, venue.partner_id
        entry = JournalEntry(at=now, actor=by, verb=verb, partner_id=partner, facts=facts)
        for session in held.sessions.values():
            if session.venue_id == venue.pk:
                session.venue = current
        journal.write([entry, *waiting.serve(held, now=now)])
    return current
