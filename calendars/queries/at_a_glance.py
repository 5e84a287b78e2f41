"""Every rhythm of a reader's partners with what is next and what is not as usual."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import DenseRank
from django.utils import timezone

from booking import access
from booking.models import Partner, Session
from booking.models.session import SessionState
from booking.queries.agenda import with_fill
from calendars.models import Rhythm, RhythmDate, Treatment, Why

#: So many days on which something of it takes place.
_NEXT = 3


@dataclass(frozen=True)
class Ahead:
    """One day to come: the sessions of the rhythm on it, of an opening its slots."""

    starts_at: datetime
    sessions: int
    taken: int
    held: int
    capacity: int


@dataclass
class Glance:
    rhythm: Rhythm
    ahead: list[Ahead] = field(default_factory=list)
    #: Days to come; of an opening, each once.
    skipped: list[RhythmDate] = field(default_factory=list)
    warned: list[RhythmDate] = field(default_factory=list)
    #: Somebody uses them although they should not take place.
    to_settle: list[RhythmDate] = field(default_factory=list)
    ended: bool = False


def at_a_glance(
    user: access.Reader, now: datetime, *, partner: Partner | None = None
) -> list[Glance]:
    """Those of the partners that this account manages: what needs somebody first, then by the next
    date; those that ended last. Five queries, whatever their number."""
    rhythms = managed_by(user)
    if partner is not None:
        rhythms = rhythms.filter(partner=partner)
    found = {
        rhythm.pk: Glance(rhythm)
        for rhythm in rhythms.annotate(used=_used())
        .select_related("event__rule", "service", "venue", "partner")
        .prefetch_related("practitioners")
    }
    for pk, days in _ahead(found, now).items():
        found[pk].ahead = days
    odd = _odd(found, now)
    used = {(row.rhythm_id, row.day) for row in odd if row.session_id is not None}
    for row in odd:
        # Of an opening's day some slots may be gone while others are to settle: it stands there.
        if row.session_id is not None or (row.rhythm_id, row.day) not in used:
            _sort_in(found[row.rhythm_id], row)
    today = timezone.localdate(now)
    for glance in found.values():
        glance.ended = _ended(glance, today)
    return sorted(found.values(), key=_order)


def managed_by(user: access.Reader) -> QuerySet[Rhythm]:
    """The rhythms that this account may open: those of the partners that are its to change."""
    held = access.scope(user)
    return (
        Rhythm.objects.all() if held.network else Rhythm.objects.filter(partner__in=held.admin_of)
    )


def odd_list(rhythm: Rhythm, row: RhythmDate) -> str:
    """In which list of a Glance a date with a reason stands."""
    if row.session_id is None:
        return "skipped"
    treatment = {
        Why.PUBLIC_HOLIDAY: rhythm.public_holidays,
        Why.SCHOOL_HOLIDAY: rhythm.school_holidays,
        Why.WEEKEND: rhythm.weekends,
        Why.CLOSURE: rhythm.closures,
        # Of two who lead, one goes on alone.
        Why.ABSENCE: Treatment.WARN if len(rhythm.practitioners.all()) > 1 else Treatment.SKIP,
    }.get(Why(row.why), Treatment.WARN)
    return "to_settle" if treatment == Treatment.SKIP else "warned"


def _ahead(pks: Iterable[int], now: datetime) -> dict[int, list[Ahead]]:
    ranked = (
        RhythmDate.objects.filter(
            rhythm__in=list(pks), session__starts_at__gt=now, session__state=SessionState.PLANNED
        )
        .annotate(
            nth=Window(DenseRank(), partition_by=F("rhythm"), order_by=F("day").asc()),
        )
        .filter(nth__lte=_NEXT)
    )
    of = {
        session: (rhythm, day)
        for rhythm, session, day in ranked.values_list("rhythm", "session", "day")
    }
    days: dict[int, dict[date, list[Session]]] = defaultdict(lambda: defaultdict(list))
    rows = with_fill(Session.objects.filter(pk__in=list(of))).order_by("starts_at", "pk")
    for session in rows:
        rhythm, day = of[session.pk]
        days[rhythm][day].append(session)
    return {
        rhythm: sorted((_day(some) for some in by_day.values()), key=lambda one: one.starts_at)
        for rhythm, by_day in days.items()
    }


def _day(sessions: list[Session]) -> Ahead:
    return Ahead(
        starts_at=sessions[0].starts_at,
        sessions=len(sessions),
        taken=sum(getattr(one, "taken", 0) for one in sessions),
        held=sum(getattr(one, "held", 0) for one in sessions),
        capacity=sum(one.capacity for one in sessions),
    )


def _odd(pks: Iterable[int], now: datetime) -> list[RhythmDate]:
    """Dates to come that are no session, or one with a reason against it."""
    rows = RhythmDate.objects.filter(
        Q(session=None) | Q(session__state=SessionState.PLANNED),
        rhythm__in=list(pks),
        day__gte=timezone.localdate(now),
    )
    return list(rows.exclude(why="").order_by("day", "start"))


def _sort_in(glance: Glance, row: RhythmDate) -> None:
    rows: list[RhythmDate] = getattr(glance, odd_list(glance.rhythm, row))
    if not rows or (rows[-1].day, rows[-1].why, rows[-1].name) != (row.day, row.why, row.name):
        rows.append(row)


def _ended(glance: Glance, today: date) -> bool:
    """Somebody ended it, or its dates are used up. One whose first date is still beyond what is
    published has nothing ahead either, and has not ended."""
    rhythm = glance.rhythm
    if glance.ahead or glance.to_settle:
        return False
    if rhythm.ended_on is not None and rhythm.ended_on <= today:
        return True
    until = rhythm.event.end_recurring_period
    if until is not None and timezone.localdate(until) <= today:
        return True
    used = getattr(rhythm, "used", None) or 0
    return rhythm.times is not None and used >= rhythm.times and not glance.skipped


def _used() -> Subquery:
    """How many of "n times" there are, past or to come, as calendars.wanted.beyond counts them."""
    cancelled = ~Q(session__state=SessionState.PLANNED)
    counts = Q(session__isnull=False) & ~(cancelled & ~Q(why="")) | Q(session=None, why=Why.REFUSED)
    rows = RhythmDate.objects.filter(counts, rhythm=OuterRef("pk")).order_by().values("rhythm")
    return Subquery(rows.annotate(days=Count("day", distinct=True)).values("days"))


def _order(glance: Glance) -> tuple[bool, bool, datetime, int]:
    first = glance.ahead[0].starts_at if glance.ahead else datetime.max.replace(tzinfo=UTC)
    return glance.ended, not glance.to_settle, first, glance.rhythm.pk
