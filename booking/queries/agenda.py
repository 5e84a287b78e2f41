from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from booking import access
from booking.models import Partner, Session
from booking.models.seat import ACTIVE_STATES, SeatState
from booking.models.session import SessionQuerySet

_TAKEN = Q(seats__state__in=[state for state in ACTIVE_STATES if state != SeatState.HELD])


@dataclass
class Day:
    """One Paris day and what starts on it, earliest first."""

    date: date
    sessions: list[Session] = field(default_factory=list)


def midnight(day: date) -> datetime:
    """The instant at which this day begins in Paris."""
    return timezone.make_aware(datetime.combine(day, time()))


def with_fill(sessions: SessionQuerySet) -> SessionQuerySet:
    """Add `taken` (seats that somebody has) and `held` (offered, waiting for an answer), counted
    from rows. Everybody counts, also a person whom the reader may not see."""
    return sessions.annotate(
        taken=Count("seats", filter=_TAKEN),
        held=Count("seats", filter=Q(seats__state=SeatState.HELD)),
    )


def agenda(
    user: access.Reader, start: date, *, days: int, partner: Partner | None = None
) -> list[Day]:
    """What this account may open in so many days from `start` on: every day has its entry, also
    an empty one. Cancelled sessions are there, so that nobody waits for them."""
    sessions = Session.objects.visible_to(user).filter(
        starts_at__gte=midnight(start), starts_at__lt=midnight(start + timedelta(days=days))
    )
    if partner is not None:
        sessions = sessions.filter(partner=partner)
    by_date = {day.date: day for day in (Day(start + timedelta(days=n)) for n in range(days))}
    rows = with_fill(sessions).select_related("service", "venue", "partner")
    for session in rows.prefetch_related("practitioners").order_by("starts_at", "pk"):
        by_date[timezone.localdate(session.starts_at)].sessions.append(session)
    return list(by_date.values())
