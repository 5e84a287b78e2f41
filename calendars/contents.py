"""What a feed shows: which sessions, and how little of each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Count, Q

from booking.models import Assignment, Session
from booking.models.seat import ACTIVE_STATES
from booking.models.session import SessionQuerySet, SessionState
from calendars import ics
from calendars.models import Feed, FeedDetail, FeedScope


def name(feed: Feed) -> str:
    """What the reader's calendar list says: no person's name, and nothing at all when only "busy"
    may be known. French for everybody, so that the bytes do not depend on who fetches them."""
    if feed.detail == FeedDetail.BUSY:
        return "Jalon"
    match feed.scope:
        case FeedScope.MINE:
            return "Jalon – Mes séances"
        case FeedScope.PRACTITIONER:
            return "Jalon – Intervenant"
        case FeedScope.NETWORK:
            return "Jalon – Tout le réseau"
        case target:
            return f"Jalon – {getattr(feed, target)}"


def sessions_of(feed: Feed, first: date, last: date) -> SessionQuerySet:
    """What the owner may see, today, of what the feed is about: starting from `first` to `last`,
    Paris days, both included. A cancelled session stays for 30 days after its cancellation."""
    start = datetime.combine(first, time(), ics.PARIS)
    end = datetime.combine(last + timedelta(days=1), time(), ics.PARIS)
    return (
        Session.objects.visible_to(feed.user)
        .filter(_about(feed), starts_at__gte=start, starts_at__lt=end)
        .exclude(state=SessionState.CANCELLED, changed_at__lt=start)
    )


def entries(feed: Feed, first: date, last: date) -> Iterator[ics.Entry]:
    taken = Count("seats", filter=Q(seats__state__in=ACTIVE_STATES))
    sessions = sessions_of(feed, first, last).select_related("venue").annotate(taken=taken)
    counts = feed.detail == FeedDetail.COUNTS
    for session in sessions.order_by("starts_at", "pk"):
        taken_now: int = session.taken  # type: ignore[attr-defined]  # annotated just above
        told = _told(session, taken_now) if counts else {"summary": ics.BUSY}
        yield ics.Entry(
            uid=str(session.uid),
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            changed_at=session.changed_at,
            revision=session.revision,
            cancelled=session.cancelled,
            **told,
        )


def _told(session: Session, taken: int) -> dict[str, str]:
    """What "counts" says more than "busy". The page behind the address asks for a log-in."""
    venue = session.venue
    room = f" ({venue.room})" if venue is not None and venue.room else ""
    return {
        "summary": f"{session.label} – {taken}/{session.capacity}",
        "location": f"{venue.address}{room}" if venue is not None else "",
        "url": f"{settings.PUBLIC_URL}/seances/{session.pk}/",
    }


def _about(feed: Feed) -> Q:
    """Subqueries rather than joins: a session with two practitioners appears once."""
    match feed.scope:
        case FeedScope.NETWORK:
            return Q()
        case FeedScope.MINE:
            led = Assignment.objects.filter(practitioner__user=feed.user_id)
            return Q(pk__in=led.values("session_id"))
        case FeedScope.PRACTITIONER:
            led = Assignment.objects.filter(practitioner=feed.practitioner_id)
            return Q(pk__in=led.values("session_id"))
        case target:
            return Q(**{target: getattr(feed, f"{target}_id")})
