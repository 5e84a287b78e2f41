"""Whatever a change of rhythms may touch, locked at once: rhythms by primary key, and then in the one
order of `booking.locking` practitioners, programmes, sessions, participants.

Publishing takes the rhythm first and the others after it, so that nobody who holds a rhythm waits for
somebody who wants it. Before it takes anything back it holds all that it may need; where it only
opens, `open_sessions` does, in the same order. An action that changes several sessions of a rhythm,
or publishes several rhythms, takes them all beforehand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q

from booking.errors import Busy
from booking.holding import Held, hold
from booking.locking import lock_practitioners
from booking.models import Assignment, Enrolment
from booking.models.programme import STANDING_STATES
from booking.models.session import SessionState
from calendars.models import Rhythm, RhythmDate


def lock_rhythms(which: Q) -> list[Rhythm]:
    """These rhythms as they are now, in primary-key order: none of them is being published."""
    held = Rhythm.objects.select_for_update(of=("self",), no_key=True).filter(which)
    ids = [one.pk for one in held.order_by("pk").only("pk")]
    # Read then: what is joined to a row on which one had to wait is as old as the statement.
    rhythms = Rhythm.objects.filter(pk__in=ids)
    return list(rhythms.select_related("event__rule").order_by("pk"))


def grip(
    *,
    now: datetime,
    rhythms: Collection[Rhythm],
    sessions: Iterable[int],
    leaders: Iterable[int] = (),
    seated_there: bool = False,
) -> Held:
    """With the rhythms locked: whoever leads one of them or one of these sessions, their programmes
    and who is enrolled, the sessions, and with `seated_there` whoever sits there. Publishing these
    rhythms and moving or cancelling these sessions then waits for nobody.

    Raises Busy, also when somebody else was given a session to lead meanwhile.
    """
    wanted = set(sessions)
    led = Rhythm.practitioners.through.objects.filter(rhythm__in=[one.pk for one in rhythms])
    known = {*leaders, *led.values_list("practitioner_id", flat=True), *_leading(wanted)}
    lock_practitioners(known)
    programmes = {one.programme_id for one in rhythms if one.programme_id is not None}
    held = hold(
        now=now,
        sessions=wanted,
        programmes=programmes,
        people=_enrolled(programmes),
        seated_there=seated_there,
    )
    if not (_leading(wanted) <= known and _enrolled(programmes) <= set(held.people)):
        raise Busy
    return held


def may_fall_out(rhythms: Collection[Rhythm], now: datetime) -> set[int]:
    """The sessions that publishing these rhythms may take back: where something was noted, and of "n
    times" any that nothing was decided about."""
    rows = RhythmDate.objects.filter(
        ~Q(why="") | Q(rhythm__times__isnull=False),
        rhythm__in=[one.pk for one in rhythms],
        session__state=SessionState.PLANNED,
        session__starts_at__gt=now,
        own_time=False,
        own_place=False,
        own_leaders=False,
        own_seats=False,
    )
    return set(rows.order_by().values_list("session_id", flat=True))


def _leading(sessions: set[int]) -> set[int]:
    if not sessions:
        return set()
    led = Assignment.objects.filter(session__in=sessions).order_by()
    return set(led.values_list("practitioner_id", flat=True))


def _enrolled(programmes: set[int]) -> set[int]:
    if not programmes:
        return set()
    standing = Enrolment.objects.filter(programme__in=programmes, state__in=STANDING_STATES)
    return set(standing.order_by().values_list("participant_id", flat=True))
