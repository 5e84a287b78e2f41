"""From a rhythm's dates to sessions that one may sit in: the only place that does it.

Publishing reconciles. It compares what the rhythm wants from now on with what was published, opens
what is missing, takes back what nobody used and is wanted no more, and notes why a date is none.
Running it again writes nothing. What was decided for one date alone stays: a session that was moved,
cancelled or made longer is never touched, nor replaced.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.conf import settings

from booking import access
from booking.actions import open_sessions
from booking.actions.open_sessions import OpenedSessions
from booking.errors import Invalid, VictimsOnly
from booking.locking import writing
from booking.models import Practitioner, Session
from booking.models.language import Language
from calendars.comparing import Comparison, ToOpen, compare, new_row
from calendars.dates import Dates
from calendars.models import Rhythm, RhythmDate, Why
from calendars.reading import lock_rhythm
from calendars.recurrence import PARIS
from calendars.skipping import RHYTHM_INVALID, refusal_kept
from calendars.taking_back import note, take_back_beyond, take_back_closed
from calendars.wanted import beyond


@dataclass
class Published:
    """What one run found and did. Sessions are those of this run; rows are all that there are between
    now and `until`, new or not."""

    until: datetime
    opened: list[Session] = field(default_factory=list)
    discarded: list[Session] = field(default_factory=list)
    #: Dates that are no session: `calendars.skipping.reason` says why.
    skipped: list[RhythmDate] = field(default_factory=list)
    #: Sessions that take place with a warning.
    warned: list[RhythmDate] = field(default_factory=list)
    #: Sessions that are wanted no more but were used: somebody must move or cancel them.
    to_settle: list[RhythmDate] = field(default_factory=list)


def horizon(now: datetime) -> datetime:
    """Until when rhythms are published: the same instant all day."""
    day = now.astimezone(PARIS).date() + timedelta(days=settings.RHYTHM_HORIZON_DAYS)
    return datetime.combine(day, time(), PARIS)


def publish(
    *, rhythm: Rhythm, now: datetime, by: access.Actor = None, until: datetime | None = None
) -> Published:
    """Bring the rhythm's sessions between `now` and `until` (an aware instant at most 400 days after
    the day of `now`; the horizon of the settings unless told) up to date.

    A date that is refused (a practitioner is busy, somebody enrolled cannot come) says so, keeps its
    place among "n times", and is tried again by the next run. So does each date of a rhythm that is
    not possible any more as a whole: its partner offers the service no more, a practitioner left.
    Raises NotAllowed, Busy, and Invalid for a rule or an end that makes no sense.
    """
    access.must_manage(by, rhythm.partner_id)
    with writing():
        locked = lock_rhythm(rhythm.pk)
        done = _reconcile(Dates(locked, until or horizon(now), by=by, now=now))
    rhythm.published_until = locked.published_until
    return done


def _reconcile(dates: Dates) -> Published:
    done = Published(dates.until)
    gone, stay = take_back_closed(dates)
    # Only now is it known which days are skipped, and so which is the tenth.
    too_many = beyond(dates.rhythm.times, dates.days, dates.rows, now=dates.now)
    also_gone, also_stay = take_back_beyond(dates, too_many)
    found = compare(dates, too_many)
    by_leaders: dict[tuple[Practitioner, ...], list[ToOpen]] = defaultdict(list)
    for one in found.open:
        by_leaders[one.slot.leaders].append(one)
    for leaders, some in by_leaders.items():
        done.opened += _open(dates, leaders, some, found)
    done.discarded = gone + also_gone
    to_settle = {row.pk for row in stay + also_stay}
    for row in dates.write(found.new, found.gone):
        if row.session is None:
            done.skipped.append(row)
        elif row.pk in to_settle:
            done.to_settle.append(row)
        elif row.why and not row.session.cancelled:
            done.warned.append(row)
    return done


def _open(
    dates: Dates, leaders: Collection[Practitioner], some: Collection[ToOpen], found: Comparison
) -> list[Session]:
    starts = [one.slot.start for one in some]
    sessions: dict[datetime, Session] = {}
    refused: dict[datetime, str] = {}
    # The venue as it is now: nobody could be seated there.
    whole = VictimsOnly.__name__ if dates.rhythm.venue.victims_only else ""
    if not whole:
        try:
            answer = _opened(dates, leaders, starts)
        except Invalid:  # Values that are the same for every date.
            whole = RHYTHM_INVALID
        else:
            sessions = {session.starts_at: session for session in answer.opened}
            refused = {one.starts_at: refusal_kept(one.reason) for one in answer.refused}
    for one in some:
        row = one.row
        if row is None:
            row = new_row(dates, one.slot)
            found.new.append(row)
        note(row, one.slot.verdict)
        row.session = sessions.get(one.slot.start)
        if row.session is None:
            row.why, row.name = Why.REFUSED, whole or refused[one.slot.start]
    return list(sessions.values())


def _opened(
    dates: Dates, leaders: Collection[Practitioner], starts: Collection[datetime]
) -> OpenedSessions:
    rhythm = dates.rhythm
    return open_sessions(
        by=dates.by,
        now=dates.now,
        partner=rhythm.partner,
        service=rhythm.service,
        venue=rhythm.venue,
        label=rhythm.label,
        starts=starts,
        minutes=rhythm.slot_minutes or rhythm.minutes,
        capacity=rhythm.capacity,
        allowance=rhythm.allowance,
        pause_minutes=rhythm.pause_minutes,
        programme=rhythm.programme,
        practitioners=leaders,
        purpose=rhythm.purpose,
        language=Language(rhythm.language),
        interpreter=Language(rhythm.interpreter) if rhythm.interpreter else None,
        open_to_network=rhythm.open_to_network,
    )
