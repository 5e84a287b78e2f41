"""A plan becomes rows. Call with everything held (calendars.gripping): it is all done or nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from booking import access, changing
from booking.actions import change_seats, discard_sessions, move_session
from booking.errors import Busy
from booking.models import Session
from booking.purposes import purpose_of
from calendars import publish
from calendars.errors import naming
from calendars.form import CHANGED_COLUMNS, Form
from calendars.mapping import Move, in_order
from calendars.models import RhythmDate
from calendars.plan import Known, Plan, Shift
from calendars.recurrence import PARIS
from calendars.rhythms import calendar_of, change_event


def apply(
    plan: Plan,
    *,
    by: access.Actor,
    now: datetime,
    anyway: bool,
    over: bool,
    reason: str,
) -> list[Session]:
    """The new sessions. `over` lets the capacity fall below the people seated; `reason` is why the
    allowance was raised.

    Raises DateRefused, DateWarned, NotAllowed, Busy.
    """
    take_back(plan.taken_back, by=by, now=now)
    for shift in _in_order(plan.shifts):
        with naming(shift.known.session):
            _shift(shift, by=by, now=now, anyway=anyway, over=over, reason=reason)
    _rewrite(plan)
    _write(plan.form)
    rhythm = plan.form.rhythm
    ends = publish.horizon(now)
    until = max(ends, rhythm.published_until or ends)
    return publish.publish(rhythm=rhythm, now=now, by=by, until=until).opened


def take_back(some: Collection[Known], *, by: access.Actor, now: datetime) -> None:
    """What nobody used, and nobody can use meanwhile."""
    sessions = [one.session for one in some]
    if sessions and len(discard_sessions(by=by, now=now, sessions=sessions)) < len(sessions):
        raise Busy


def _in_order(shifts: Collection[Shift]) -> list[Shift]:
    by_pk = {shift.known.session.pk: shift for shift in shifts}
    moves = in_order(_move(pk, shift) for pk, shift in by_pk.items())
    return [by_pk[move.what] for move in moves]


def _move(pk: int, shift: Shift) -> Move:
    session = shift.known.session
    was = (session.starts_at.astimezone(PARIS), session.ends_at.astimezone(PARIS))
    return Move(pk, was, (shift.starts_at.astimezone(PARIS), shift.ends_at.astimezone(PARIS)))


def _shift(
    shift: Shift, *, by: access.Actor, now: datetime, anyway: bool, over: bool, reason: str
) -> None:
    session = shift.known.session
    if shift.details:
        Session.objects.filter(pk=session.pk).update(**shift.details)
        session.refresh_from_db(fields=list(shift.details))
        times = shift.starts_at, shift.ends_at
        changing.refuse_times(*times, session.pause_minutes)
        changing.refuse_long_course(
            session.programme, *times, pause_minutes=session.pause_minutes, but=session
        )
    if shift.moves:
        move_session(
            by=by,
            now=now,
            session=session,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            venue=shift.venue if shift.venue != session.venue else None,
            practitioners=shift.leaders,
            anyway=anyway,
        )
    if shift.resizes:
        change_seats(
            by=by,
            now=now,
            session=session,
            capacity=shift.capacity,
            allowance=shift.allowance,
            reason=reason,
            anyway=over,
        )


def _rewrite(plan: Plan) -> None:
    """The rows as they are now. Those that get another key are written anew: while one takes
    another's key, no two may have the same. What the actions above noted as somebody's decision was
    the rhythm's own change, and is put right here."""
    followed = {shift.known.row.pk for shift in plan.shifts}
    taken_back = {one.row.pk for one in plan.taken_back}
    anew, gone = [], []
    for row in plan.rows:
        if row.session is None or row.pk in taken_back:
            gone.append(row.pk)
        elif row.pk in plan.keys or row.pk in plan.own or row.pk in followed:
            row.day, row.start = plan.keys.get(row.pk, (row.day, row.start))
            for flag in plan.own.get(row.pk, ()):
                setattr(row, flag, True)
            anew.append(row)
    RhythmDate.objects.filter(pk__in=[*gone, *(row.pk for row in anew)]).delete()
    RhythmDate.objects.bulk_create(anew)


def _write(form: Form) -> None:
    rhythm = form.rhythm
    if form.also_for is not None:
        rhythm.purpose = purpose_of((rhythm.service, *form.also_for))
    rhythm.save(update_fields=CHANGED_COLUMNS)
    rhythm.practitioners.set(form.leaders)
    if rhythm.slot_minutes is not None:
        rhythm.event.calendar = calendar_of(form.leaders[0])
    change_event(
        rhythm,
        first_day=form.first_day,
        start=form.start,
        minutes=rhythm.minutes,
        recurrence=form.recurrence,
    )
