"""Sessions that a rhythm wants no more: taken back where nobody ever used them, else listed for
somebody to decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from booking.actions import discard_sessions
from booking.models import Assignment, Session
from calendars.dates import Dates, altered, begins, planned
from calendars.gripping import grip
from calendars.models import RhythmDate, Why
from calendars.rhythms import Date
from calendars.skipping import Verdict


def take_back_closed(dates: Dates) -> tuple[list[Session], list[RhythmDate]]:
    """Those on a day that is skipped now, and those that one of two practitioners is to lead who is
    absent: they come back under the other. Each row of those that stay says what speaks against it,
    if anything does; somebody must settle those that should not take place, as `take_back` says."""
    closed, shared = [], []
    for row, session in dates.known():
        start, leaders = begins(row), [] if row.own_leaders else dates.leaders
        span = Date(start, start + (session.ends_at - session.starts_at))
        verdict = dates.judge.verdict(span, leaders, elsewhere=row.own_place)
        skipped = verdict is not None and verdict.skipped
        if planned(row, dates.now):
            if skipped:
                closed.append(row)
            elif row.why == Why.ABSENCE or dates.judge.absent(span, leaders):
                shared.append(row)
            note(row, verdict)
        elif session.cancelled and (row.why != "") != skipped:
            # So that "ten times" does not count it, as long as something skips the day.
            note(row, verdict if skipped else None)
    shared = _led_by_others(dates, shared)
    _hold(dates, [*closed, *shared])
    gone, _warned = take_back(dates, shared)
    also_gone, stay = take_back(dates, closed)
    return gone + also_gone, stay


def take_back_beyond(dates: Dates, days: Iterable[date]) -> tuple[list[Session], list[RhythmDate]]:
    """Those that are more than "n times"."""
    rows = [row for day in days for row in dates.rows.get(day, ()) if planned(row, dates.now)]
    _hold(dates, rows)
    return take_back(dates, rows)


def take_back(dates: Dates, rows: Collection[RhythmDate]) -> tuple[list[Session], list[RhythmDate]]:
    """The sessions that are gone, whose rows have none now, and the rows of those that stay: somebody
    used them, or something was decided for that date alone."""
    ours = _unaltered(dates, rows)
    gone = discard_sessions(by=dates.by, now=dates.now, sessions=ours) if ours else ()
    pks = {session.pk for session in gone}
    stay = []
    for row in rows:
        if row.session_id in pks:
            row.session = None
        else:
            stay.append(row)
    return list(gone), stay


def _hold(dates: Dates, rows: Collection[RhythmDate]) -> None:
    """Before any of these is taken back: whatever this publication may still lock, in the one order.
    Of "n times" nobody knows yet which dates are too many once these are gone."""
    wanted = {one.pk for one in _unaltered(dates, rows)}
    if wanted <= dates.held:
        return
    if dates.rhythm.times is not None:
        every = [row for row, _session in dates.known() if planned(row, dates.now)]
        wanted |= {one.pk for one in _unaltered(dates, every)}
    grip(now=dates.now, rhythms=[dates.rhythm], sessions=wanted)
    dates.held = wanted


def _unaltered(dates: Dates, rows: Iterable[RhythmDate]) -> list[Session]:
    return [
        row.session
        for row in rows
        if row.session is not None and not altered(row, row.session, dates.rhythm)
    ]


def note(row: RhythmDate, verdict: Verdict | None) -> None:
    row.why, row.name = (verdict.why, verdict.name) if verdict else ("", "")


def _led_by_others(dates: Dates, rows: Collection[RhythmDate]) -> list[RhythmDate]:
    """Those whose practitioners are not the ones who are there."""
    if not rows:
        return []
    led: dict[int | None, set[int]] = defaultdict(set)
    leading = Assignment.objects.filter(session__in=[row.session_id for row in rows])
    for session, leader in leading.values_list("session_id", "practitioner_id"):
        led[session].add(leader)
    there = {
        slot.start: {leader.pk for leader in slot.leaders}
        for day in dates.days
        for slot in day.slots
    }
    return [
        row for row in rows if there.get(begins(row), led[row.session_id]) != led[row.session_id]
    ]
