"""A plan becomes rows. Call with everything held (calendars.gripping): it is all done or nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from booking import access, changing
from booking.actions import change_seats, discard_sessions
from booking.errors import BookingError, Busy
from booking.models import Session
from booking.moving import Move, move
from booking.purposes import purpose_of
from calendars import publish
from calendars.change import CHANGED_COLUMNS
from calendars.errors import naming
from calendars.form import Form
from calendars.mapping import Step, in_order
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
    _move(plan.shifts, by=by, now=now, anyway=anyway)
    for shift in plan.shifts:
        if shift.resizes:
            with naming(shift.known.session):
                change_seats(
                    by=by,
                    now=now,
                    session=shift.known.session,
                    capacity=shift.capacity,
                    allowance=shift.allowance,
                    reason=reason,
                    anyway=over,
                )
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


def _move(shifts: Collection[Shift], *, by: access.Actor, now: datetime, anyway: bool) -> None:
    by_pk = {shift.known.session.pk: shift for shift in shifts}
    for shift in shifts:
        if shift.details:
            _tell_more(shift)
    moving = [shift for shift in shifts if shift.moves]
    in_turn = [by_pk[step.what] for step in in_order(_step(shift) for shift in moving)]
    try:
        move([_to(shift) for shift in in_turn], by=by, now=now, anyway=anyway)
    except BookingError as refusal:
        if refusal.about is None:
            raise
        with naming(by_pk[refusal.about.pk].known.session):
            raise


def _step(shift: Shift) -> Step:
    session = shift.known.session
    was = (session.starts_at.astimezone(PARIS), session.ends_at.astimezone(PARIS))
    to = (shift.starts_at.astimezone(PARIS), shift.ends_at.astimezone(PARIS))
    return Step(session.pk, was, to)


def _to(shift: Shift) -> Move:
    session = shift.known.session
    venue = shift.venue if shift.venue != session.venue else None
    return Move(session, shift.starts_at, shift.ends_at, venue, shift.leaders)


def _tell_more(shift: Shift) -> None:
    """A course may be too long with another break."""
    session = shift.known.session
    Session.objects.filter(pk=session.pk).update(**shift.details)
    session.refresh_from_db(fields=list(shift.details))
    times, pause = (shift.starts_at, shift.ends_at), session.pause_minutes
    with naming(session):
        changing.refuse_times(*times, pause)
        changing.refuse_long_course(session.programme, *times, pause_minutes=pause, but=session)


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
