"""From a rhythm's dates to sessions that one may sit in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from booking import access
from booking.actions import open_session
from booking.errors import BookingError, Busy
from booking.locking import writing
from booking.models import Practitioner, Session
from calendars.models import Rhythm, RhythmDate
from calendars.rhythms import Occurrence, occurrences


@dataclass(frozen=True)
class Skipped:
    """A date that became no session, and the reason in words for people."""

    start: datetime
    reason: Promise | str


@dataclass
class Published:
    """What one run did. `sessions` are the new ones only."""

    sessions: list[Session] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def publish(*, rhythm: Rhythm, until: datetime, now: datetime, by: access.Actor) -> Published:
    """Open the sessions of every date that starts after `now` and before `until`, aware instants
    at most 400 days apart. Running it again writes nothing.

    A date that is refused (a practitioner is busy) is skipped, keeps its place among "n times", and is
    tried again by the next run. Raises NotAllowed, Invalid, Busy.
    """
    access.must_manage(by, rhythm.partner_id)
    done = Published()
    with writing():
        # The rhythm's row is the lock: of two runs the second sees what the first published.
        locked = (
            Rhythm.objects.select_for_update(of=("self",), no_key=True)
            .select_related("event__rule", "partner", "service", "venue", "programme")
            .get(pk=rhythm.pk)
        )
        leaders = list(locked.practitioners.all())
        known = set(locked.dates.values_list("day", "start"))
        for date in occurrences(locked, now + timedelta(microseconds=1), until):
            if date.holiday:
                reason = _("Public holiday: %(name)s.") % {"name": date.holiday}
                done.skipped.append(Skipped(date.start, reason))
                continue
            for slot in slots(locked, date):
                if (slot.start.date(), slot.start.time()) not in known:
                    _open(locked, slot, leaders, now=now, by=by, done=done)
    return done


def slots(rhythm: Rhythm, date: Occurrence) -> Iterator[Occurrence]:
    """The whole date, or, for an opening, as many slots as fit; a rest too short is left free."""
    if rhythm.slot_minutes is None:
        yield date
        return
    length = timedelta(minutes=rhythm.slot_minutes)
    start = date.start
    while start + length <= date.end:
        yield Occurrence(start, start + length)
        start += length + timedelta(minutes=rhythm.gap_minutes)


def _open(
    rhythm: Rhythm,
    slot: Occurrence,
    leaders: list[Practitioner],
    *,
    now: datetime,
    by: access.Actor,
    done: Published,
) -> None:
    try:
        session = open_session(
            by=by,
            now=now,
            partner=rhythm.partner,
            service=rhythm.service,
            venue=rhythm.venue,
            programme=rhythm.programme,
            practitioners=leaders,
            label=rhythm.label,
            starts_at=slot.start,
            ends_at=slot.end,
            capacity=rhythm.capacity,
            allowance=rhythm.allowance,
        )
    except Busy:
        raise
    except BookingError as refusal:
        # A practitioner elsewhere, or somebody enrolled who cannot come: tried again next time.
        done.skipped.append(Skipped(slot.start, refusal.message))
        return
    RhythmDate.objects.create(
        rhythm=rhythm, day=slot.start.date(), start=slot.start.time(), session=session
    )
    done.sessions.append(session)
