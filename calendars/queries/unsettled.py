from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from booking import access
from booking.models import Assignment, Partner, Seat, Session
from booking.models.session import SessionState
from booking.queries.agenda import with_fill
from calendars.models import Closure, Treatment
from calendars.queries.affected import present_beside


@dataclass(frozen=True)
class Unsettled:
    """A booked session, with `taken` and `held`, in which nothing is held."""

    session: Session
    closure: Closure


def unsettled(
    user: access.Reader, now: datetime, *, until: datetime, partner: Partner | None = None
) -> list[Unsettled]:
    """The booked sessions between `now` and `until` (instants) that this account may open, and that
    stand inside a closure: nobody moved or cancelled them yet. The soonest first; three queries."""
    sessions = Session.objects.visible_to(user).filter(
        _closed() | _nobody_there(),
        Exists(Seat.objects.active().filter(session=OuterRef("pk"))),
        state=SessionState.PLANNED,
        starts_at__gt=now,
        starts_at__lt=until,
    )
    if partner is not None:
        sessions = sessions.filter(partner=partner)
    rows = with_fill(sessions).select_related("service", "venue", "partner")
    found = list(rows.prefetch_related("assignments").order_by("starts_at", "pk"))
    if not found:
        return []
    last = max(session.ends_at for session in found)
    closures = list(Closure.objects.standing(now, last))
    return [Unsettled(one, _of(one, closures)) for one in found]


def _closed() -> Q:
    """The network, its partner or its venue, unless its rhythm takes place all the same."""
    there = (
        Q(partner=None, venue=None, practitioner=None)
        | Q(partner=OuterRef("partner"))
        | Q(venue=OuterRef("venue"))
    )
    closures = Closure.objects.filter(
        there,
        lifted_at=None,
        starts_at__lt=OuterRef("ends_at"),
        ends_at__gt=OuterRef("starts_at"),
    )
    all_the_same = Q(rhythm_date__rhythm__closures__in=(Treatment.WARN, Treatment.HOLD))
    return Q(Exists(closures)) & ~all_the_same


def _nobody_there() -> Q:
    """Somebody leads it, and everybody who does is absent."""
    led = Assignment.objects.filter(session=OuterRef("pk"))
    return Q(Exists(led)) & ~Q(Exists(present_beside(None)))


def _of(session: Session, closures: list[Closure]) -> Closure:
    """The first that says why."""
    leaders = {one.practitioner_id for one in session.assignments.all()}
    return next(
        one
        for one in closures
        if one.starts_at < session.ends_at
        and session.starts_at < one.ends_at
        and one.partner_id in (None, session.partner_id)
        and one.venue_id in (None, session.venue_id)
        and (one.practitioner_id is None or one.practitioner_id in leaders)
    )
