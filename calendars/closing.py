"""What follows from a closure that is noted or lifted. Call inside `writing`, with the rights looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from booking import access, journal
from booking.actions import cancel_session, discard_sessions
from booking.models import Session
from booking.models.journal import Verb
from booking.models.session import SessionQuerySet
from calendars import going_on, republishing
from calendars.closable import acting, concerned, entry
from calendars.gripping import grip, lock_rhythms, may_fall_out
from calendars.models import Closure, Rhythm, RhythmDate, Why
from calendars.queries.affected import Affected, by_itself, in_scope, told
from calendars.recurrence import PARIS
from calendars.rhythms import first_start

#: So many rhythms are published in the transaction of a closure. More are left to a worker, because
#: everybody who wants to book there waits for it.
_FEW = 12


@dataclass(frozen=True)
class Closed:
    """What became of what was planned there."""

    closure: Closure
    #: How many empty dates were taken back. They come back when the closure is lifted.
    taken_back: int
    #: What was left, and who sits there.
    affected: Affected
    #: It was cancelled: its people need another date. Else it is still to settle.
    cancelled: bool
    #: Somebody else leads these too, so they go on without the one who is absent.
    kept: tuple[Session, ...] = ()

    @property
    def to_settle(self) -> tuple[Session, ...]:
        return () if self.cancelled else self.affected.sessions


def close(closure: Closure, *, by: access.Actor, now: datetime, cancel_booked: bool) -> Closed:
    """Write a closure that is not saved yet, and take back what nobody used: from then on no empty
    date of a rhythm can be booked there. What publishing does beside (a tenth evening for the one
    that falls out) is done in the same transaction, or soon after it where many rhythms are concerned.
    """
    doer = acting(by, closure)
    rhythms = lock_rhythms(concerned(closure))
    touched = _published_there(closure, rhythms)
    there, shared = _there(closure, now), going_on.shared(closure, now)
    changed = there if cancel_booked else there.filter(by_itself())
    ids = {*changed.values_list("pk", flat=True), *shared.values_list("pk", flat=True)}
    few = touched if len(touched) <= _FEW else []
    also = {*there.values_list("pk", flat=True), *may_fall_out(few, now)}
    grip(now=now, rhythms=few, sessions=ids | also, seated_there=True)
    kept, left = going_on.leave(closure, list(shared.filter(pk__in=ids)), by=doer, now=now)
    taken_back = _take_back(closure, there.filter(by_itself(), pk__in=ids), by=doer, now=now)
    closure.save()
    affected = told(by, there)
    cancelled = list(there.filter(pk__in=ids)) if cancel_booked else []
    for session in cancelled:
        cancel_session(by=doer, now=now, session=session)
    noted = entry(closure, Verb.CLOSURE_ADDED, by, now)
    noted.facts |= {"taken_back": taken_back, "cancelled": [one.pk for one in cancelled], **left}
    journal.write([noted])
    _publish(touched, by=doer, now=now)
    return Closed(closure, taken_back, affected, cancel_booked, tuple(kept))


def reopen(
    closure: Closure, *, by: access.Actor, now: datetime
) -> tuple[int, tuple[RhythmDate, ...], tuple[Session, ...]]:
    """What a closure that is being lifted had taken away comes back: how many sessions were opened
    at once, the dates that nothing can bring back by itself, because their rhythm has another
    form since, and the sessions that go on without who was absent, who is not free."""
    doer = acting(by, closure)
    touched = _published_there(closure, lock_rhythms(concerned(closure)))
    left = going_on.left(closure, now)
    few = touched if len(touched) <= _FEW else []
    grip(
        now=now,
        rhythms=few,
        sessions={*(one.pk for one in left), *may_fall_out(few, now)},
        leaders=[closure.practitioner_id] if closure.practitioner_id else [],
        seated_there=True,
    )
    Closure.objects.filter(pk=closure.pk).update(lifted_at=now)
    without = going_on.come_back(closure, left, by=doer, now=now)
    journal.write([entry(closure, Verb.CLOSURE_LIFTED, by, now)])
    opened = _publish(touched, by=doer, now=now)
    return opened, _of_an_earlier_form(closure, touched, now), tuple(without)


def _publish(rhythms: list[Rhythm], *, by: access.Actor, now: datetime) -> int:
    if len(rhythms) <= _FEW:
        return republishing.at_once(rhythms, by=by, now=now)
    republishing.later(rhythms)
    return 0


def _there(closure: Closure, now: datetime) -> SessionQuerySet:
    return in_scope(
        now=now,
        starts_at=closure.starts_at,
        ends_at=closure.ends_at,
        partner=closure.partner,
        venue=closure.venue,
        practitioner=closure.practitioner,
    )


def _take_back(
    closure: Closure, sessions: SessionQuerySet, *, by: access.Actor, now: datetime
) -> int:
    """All at once, whatever the rhythm; also dates of an earlier form, which publishing leaves alone."""
    gone = discard_sessions(by=by, now=now, sessions=list(sessions))
    why = Why.CLOSURE if closure.practitioner_id is None else Why.ABSENCE
    rows = RhythmDate.objects.filter(session__in=[one.pk for one in gone])
    rows.update(session=None, why=why, name=closure.name)
    return len(gone)


def _published_there(closure: Closure, rhythms: list[Rhythm]) -> list[Rhythm]:
    """What is published later knows of it anyway."""
    rows = RhythmDate.objects.filter(
        rhythm__in=[one.pk for one in rhythms],
        day__gte=closure.starts_at.astimezone(PARIS).date(),
        day__lte=closure.ends_at.astimezone(PARIS).date(),
    )
    there = set(rows.order_by().values_list("rhythm_id", flat=True).distinct())
    return [one for one in rhythms if one.pk in there]


def _of_an_earlier_form(
    closure: Closure, rhythms: list[Rhythm], now: datetime
) -> tuple[RhythmDate, ...]:
    first = {one.pk: first_start(one).date() for one in rhythms}
    rows = RhythmDate.objects.filter(
        rhythm__in=list(first),
        session=None,
        why__in=(Why.CLOSURE, Why.ABSENCE),
        day__gte=max(closure.starts_at, now).astimezone(PARIS).date(),
        day__lte=closure.ends_at.astimezone(PARIS).date(),
    )
    return tuple(row for row in rows if row.day < first[row.rhythm_id])
