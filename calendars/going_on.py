"""What two lead goes on when one of them is absent. Call with everything held (calendars.gripping)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from booking import access
from booking.actions import move_session
from booking.errors import BookingError, Busy, PractitionerBusy
from booking.models import Assignment, JournalEntry, Practitioner, Session
from booking.models.journal import Verb
from booking.models.session import SessionQuerySet, SessionState
from calendars.closable import partner_of
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
) -> tuple[list[Session], dict[str, Any]]:
    """The others lead these without the absent one. That is no decision about the date: when the
    absence is lifted, they lead it together again. Returns the sessions, and what the journal keeps
    to know them by: with whom each is left, and who leads which was decided for that session alone."""
    if closure.practitioner is None:
        return [], {}
    dates = RhythmDate.objects.filter(session__in=sessions, own_leaders=False)
    undecided = dict(dates.values_list("session_id", "pk"))
    kept, left = [], {}
    for session in sessions:
        others = list(session.practitioners.exclude(pk=closure.practitioner.pk))
        kept.append(move_session(by=by, now=now, session=session, practitioners=others))
        left[str(session.pk)] = [one.pk for one in others]
    rows = RhythmDate.objects.filter(pk__in=undecided.values())
    rows.update(own_leaders=False, why=Why.ABSENCE, name=closure.name)
    by_hand = [one.pk for one in sessions if one.pk not in undecided]
    return kept, {"left": left, "by_hand": by_hand}


def left(closure: Closure, now: datetime) -> list[Session]:
    """What goes on without this practitioner because of the absence: what they left then, unless it
    was given to quite others since, and what was published meanwhile under the others alone."""
    if closure.practitioner is None:
        return []
    led = Assignment.objects.filter(session=OuterRef("pk"), practitioner=closure.practitioner)
    without = _within(closure, now).filter(~Exists(led))
    published = RhythmDate.objects.filter(
        session=OuterRef("pk"),
        why=Why.ABSENCE,
        own_leaders=False,
        rhythm__practitioners=closure.practitioner,
    )
    noted = _noted(closure)
    with_whom: dict[str, list[int]] = noted.get("left", {})
    decided = RhythmDate.objects.filter(session=OuterRef("pk"), own_leaders=True)
    since = Q(Exists(decided)) & ~Q(pk__in=noted.get("by_hand", []))
    wanted = Q(Exists(published)) | Q(pk__in=[int(pk) for pk in with_whom]) & ~since
    found = without.filter(wanted).prefetch_related("assignments").order_by("pk")
    return [one for one in found if _same(one, with_whom.get(str(one.pk)))]


def come_back(
    closure: Closure, sessions: list[Session], *, by: access.Actor, now: datetime
) -> list[Session]:
    """Who was absent leads these again, where they are there and free. Returns the others."""
    person = closure.practitioner
    if person is None:
        return []
    dates = RhythmDate.objects.filter(session__in=sessions, own_leaders=False)
    undecided = list(dates.values_list("pk", flat=True))
    without = []
    for session in sessions:
        together = [*session.practitioners.all(), person]
        try:
            if _absent(person, session):
                raise PractitionerBusy
            move_session(by=by, now=now, session=session, practitioners=together)
        except Busy:
            raise
        except BookingError:
            without.append(session)
    RhythmDate.objects.filter(pk__in=undecided).update(own_leaders=False)
    return without


def _noted(closure: Closure) -> dict[str, Any]:
    """The journal's facts of the day on which the absence was noted."""
    entries = JournalEntry.objects.filter(
        verb=Verb.CLOSURE_ADDED, partner=partner_of(closure), facts__closure=closure.pk
    )
    return entries.order_by("pk").values_list("facts", flat=True).first() or {}


def _same(session: Session, with_whom: list[int] | None) -> bool:
    """Whether one of those with whom it was left still leads it."""
    leading = {one.practitioner_id for one in session.assignments.all()}
    return with_whom is None or not leading.isdisjoint(with_whom)


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
