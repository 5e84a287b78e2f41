from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from booking import access, journal
from booking.errors import Invalid
from booking.locking import writing
from booking.models.journal import Verb
from booking.once import once
from calendars.applying import take_back
from calendars.entries import coming, entry
from calendars.gripping import grip
from calendars.models import Rhythm
from calendars.plan import Known, read
from calendars.reading import lock_rhythm
from calendars.rhythms import delete_event


@once
def delete_rhythm(*, by: access.Actor, now: datetime, rhythm: Rhythm, key: str = "") -> None:
    """A rhythm that was a mistake: nobody ever used one of its dates, and none was held. Its dates
    are taken back, and it is gone.

    Raises NotAllowed, Busy, Invalid when it must be ended instead.
    """
    access.must_manage(by, rhythm.partner_id)
    with writing():
        locked = lock_rhythm(rhythm.pk)
        grip(now=now, rhythms=[locked], sessions=coming(locked, now))
        _rows, known = read(locked, date.min)
        if any(one.used or _was_held(one, now) for one in known):
            raise Invalid(_("Somebody used it, or it has begun: end it instead."))
        take_back([one for one in known if not one.session.cancelled], by=by, now=now)
        facts: dict[str, object] = {"rhythm": locked.pk, "sessions": len(known)}
        journal.write([entry(locked, Verb.RHYTHM_DELETED, by, now, facts)])
        event = locked.event
        locked.delete()
        delete_event(event)


def _was_held(one: Known, now: datetime) -> bool:
    return not one.session.cancelled and one.session.starts_at <= now
