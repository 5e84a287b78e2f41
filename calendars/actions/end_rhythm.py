from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from booking import access, journal
from booking.actions import cancel_session
from booking.locking import writing
from booking.models import Session
from booking.models.journal import Verb
from booking.once import once
from calendars.applying import take_back
from calendars.change import refuse_odd_day
from calendars.ending import Ending, end, of_end
from calendars.entries import coming, entry
from calendars.gripping import grip
from calendars.models import Rhythm, RhythmDate
from calendars.reading import lock_rhythm
from calendars.review import gate


@dataclass(frozen=True)
class Ended:
    rhythm: Rhythm
    taken_back: int
    cancelled: tuple[Session, ...]
    #: Somebody sits or waits there: they take place all the same.
    kept: tuple[Session, ...]


@once
def end_rhythm(
    *,
    by: access.Actor,
    now: datetime,
    rhythm: Rhythm,
    from_day: date,
    seated: Ending = Ending.KEEP,
    reviewed: str = "",
    anyway: bool = False,
    key: str = "",
) -> Ended:
    """No date of the rhythm from this day on (tomorrow at the soonest). What nobody ever used is
    taken back; where somebody sits or waits it takes place all the same, or is cancelled. An evening
    that everybody left again is cancelled in any case: nobody else shall find a place there.

    Raises ReviewFirst when people would be told, unless `reviewed` is the token of
    `calendars.ending.review_end`, or `anyway`; NotAllowed, Invalid, Busy.
    """
    access.must_manage(by, rhythm.partner_id)
    with writing():
        locked = lock_rhythm(rhythm.pk)
        refuse_odd_day(locked, from_day, now)
        grip(now=now, rhythms=[locked], sessions=coming(locked, now), seated_there=True)
        found = end(locked, from_day, seated=seated, now=now)
        gate(of_end(locked, found), reviewed=reviewed, anyway=anyway)
        take_back(found.taken_back, by=by, now=now)
        for one in found.cancelled:
            cancel_session(by=by, now=now, session=one.session)
        taken_back = {one.row.pk for one in found.taken_back}
        gone = [row.pk for row in found.rows if row.session is None or row.pk in taken_back]
        RhythmDate.objects.filter(pk__in=gone).delete()
        # Everything here asks `ended_on`. The event keeps its own end, which is part of the form.
        locked.ended_on = from_day
        locked.save(update_fields=["ended_on"])
        cancelled = tuple(one.session for one in found.cancelled)
        kept = tuple(one.session for one in found.kept)
        facts: dict[str, object] = {
            "rhythm": locked.pk,
            "from_day": from_day.isoformat(),
            "cancelled": [one.pk for one in cancelled],
            "kept": [one.pk for one in kept],
        }
        journal.write([entry(locked, Verb.RHYTHM_ENDED, by, now, facts)])
    return Ended(locked, len(taken_back), cancelled, kept)
