"""The dates of one locked rhythm: what it wants, beside what was published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta

from booking import access
from booking.inserting import insert
from booking.models import Session
from calendars.models import Rhythm, RhythmDate
from calendars.reading import closures_of, dates_of_rhythm, keep_published_until, leaders_of
from calendars.recurrence import PARIS
from calendars.rhythms import occurrences
from calendars.skipping import Judge
from calendars.wanted import wanted_days


class Dates:
    """Read once, in three queries; rows are then changed in memory, and `write` writes those that
    differ. `until` is an aware instant."""

    def __init__(self, rhythm: Rhythm, until: datetime, *, by: access.Actor, now: datetime) -> None:
        self.rhythm, self.until, self.by, self.now = rhythm, until, by, now
        # From midnight on: of an opening that has begun, the slots to come still count.
        since = datetime.combine(now.astimezone(PARIS).date(), time(), PARIS)
        dates = occurrences(rhythm, since, until)
        self.leaders = leaders_of(rhythm)
        # The last date may end up to a day after the window.
        closures = closures_of(rhythm, since, until + timedelta(days=1))
        self.judge = Judge(rhythm, closures)
        self.days = list(wanted_days(rhythm, dates, self.judge, self.leaders))
        # Of "n times" those of the past are counted too.
        self.read = dates_of_rhythm(rhythm, since.date() if rhythm.times is None else date.min)
        self.rows: dict[date, list[RhythmDate]] = defaultdict(list)
        for row in self.read:
            self.rows[row.day].append(row)
        #: The sessions that are locked, to be taken back.
        self.held: set[int] = set()
        #: What a new row begins as.
        self.bare = RhythmDate(rhythm_id=rhythm.pk)
        self._before = {row.pk: _content(row) for row in self.read}

    def known(self) -> Iterator[tuple[RhythmDate, Session]]:
        """Every session that was published for a day that the rhythm still has, and is to come."""
        for day in self.days:
            for row in self.rows.get(day.date, ()):
                if row.session is not None and begins(row) > self.now:
                    yield row, row.session

    def write(self, new: Collection[RhythmDate], gone: Collection[RhythmDate]) -> list[RhythmDate]:
        """Returns the rows of the window as they are now, in order."""
        deleted = {row.pk for row in gone}
        kept = [row for row in self.read if row.pk not in deleted]
        changed = [row for row in kept if _content(row) != self._before[row.pk]]
        if deleted:
            RhythmDate.objects.filter(pk__in=deleted).delete()
        if changed:
            RhythmDate.objects.bulk_update(changed, ("start", "session", "why", "name"))
        insert(list(new))
        if self.rhythm.published_until is None or self.rhythm.published_until < self.until:
            keep_published_until(self.rhythm, self.until)
        rows = sorted((*kept, *new), key=lambda row: (row.day, row.start))
        return [row for row in rows if self.now < begins(row) < self.until]


def begins(row: RhythmDate) -> datetime:
    """When the rhythm gave it, in Europe/Paris."""
    return datetime.combine(row.day, row.start, PARIS)


def planned(row: RhythmDate, now: datetime) -> Session | None:
    """Its session, if that is still to come when the rhythm put it. One that was moved is no longer
    the rhythm's affair."""
    session = row.session
    if session is None or session.cancelled or session.starts_at <= now or row.own_time:
        return None
    return session if session.starts_at == begins(row) else None


def altered(row: RhythmDate, session: Session, rhythm: Rhythm) -> bool:
    """Whether something was decided for this date alone."""
    length = timedelta(minutes=rhythm.slot_minutes or rhythm.minutes)
    own = row.own_time or row.own_place or row.own_leaders or row.own_seats
    return own or session.ends_at - session.starts_at != length


def _content(row: RhythmDate) -> tuple[object, ...]:
    return row.start, row.session_id, row.why, row.name
