"""What two lead goes on when one of them is absent. Call with everything held (calendars.gripping)."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db.models import Exists, OuterRef

from booking import access
from booking.actions import move_session
from booking.errors import PractitionerBusy
from booking.models import Assignment, Practitioner, Session
from booking.models.session import SessionQuerySet, SessionState
from calendars.models import Closure, RhythmDate, Why
from calendars.queries.affected import present_beside


def shared(closure: Closure, now: datetime) -> SessionQuerySet:
    """What somebody else leads too, who is there while this practitioner is absent."""
    sessions = _within(closure, now)
    if closure.practitioner is None:
        return sessions.none()
    led = Assignment.objects.filter(session=OuterRef("pk"), practitioner=closure.practitioner)
    return sessions.filter(Exists(led), Exists(present_beside(closure.practitioner)))


def leave(
    closure: Closure, sessions: list[Session], *, by: access.Actor, now: datetime
) -> list[Session]:
    """The others lead these without the absent one. That is no decision about the date: when the
    absence is lifted, they lead it together again."""
    if closure.practitioner is None:
        return []
    dates = RhythmDate.objects.filter(session__in=sessions, own_leaders=False)
    undecided = list(dates.values_list("pk", flat=True))
    kept = []
    for session in sessions:
        others = session.practitioners.exclude(pk=closure.practitioner.pk)
        kept.append(move_session(by=by, now=now, session=session, practitioners=list(others)))
    rows = RhythmDate.objects.filter(pk__in=undecided)
    rows.update(own_leaders=False, why=Why.ABSENCE, name=closure.name)
    return kept


def left(closure: Closure, now: datetime) -> list[RhythmDate]:
    """What goes on without this practitioner because of the absence."""
    if closure.practitioner is None:
        return []
    led = Assignment.objects.filter(session=OuterRef("session"), practitioner=closure.practitioner)
    rows = RhythmDate.objects.filter(
        ~Exists(led),
        why=Why.ABSENCE,
        own_leaders=False,
        rhythm__practitioners=closure.practitioner,
        session__in=_within(closure, now),
    )
    return list(rows.select_related("session").order_by("pk"))


def come_back(closure: Closure, rows: list[RhythmDate], *, by: access.Actor, now: datetime) -> None:
    """Who was absent leads these again, where they are there and free."""
    for row in rows:
        session, person = row.session, closure.practitioner
        if session is None or person is None or _absent(person, session):
            continue
        together = [*session.practitioners.all(), person]
        with suppress(PractitionerBusy):
            move_session(by=by, now=now, session=session, practitioners=together)
    RhythmDate.objects.filter(pk__in=[row.pk for row in rows]).update(own_leaders=False)


def _absent(practitioner: Practitioner, session: Session) -> bool:
    standing = Closure.objects.standing(session.starts_at, session.ends_at)
    return standing.filter(practitioner=practitioner).exists()


def _within(closure: Closure, now: datetime) -> SessionQuerySet:
    return Session.objects.filter(
        state=SessionState.PLANNED,
        starts_at__gt=now,
        starts_at__lt=closure.ends_at,
        ends_at__gt=closure.starts_at,
    )
