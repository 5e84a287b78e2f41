"""What stands in the way of a closure: which sessions would be held all the same, and who would have
to be told. Shown before a closure or an absence is noted, and until somebody has settled it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from booking import access
from booking.models import (
    Assignment,
    Participant,
    Partner,
    Practitioner,
    Seat,
    Session,
    Venue,
    WaitingEntry,
)
from booking.models.session import SessionQuerySet, SessionState
from booking.queries.agenda import with_fill
from booking.reach import why_no_text
from calendars.closable import must_close
from calendars.models import Closure, RhythmDate, Treatment

#: Its rhythm says that a date takes place although something is closed.
_ALL_THE_SAME = (Treatment.WARN, Treatment.HOLD)


@dataclass(frozen=True)
class Affected:
    """Sessions in order of time, and the seats there of people whose record the reader may open;
    `others` is how many more people sit there."""

    sessions: tuple[Session, ...]
    seats: tuple[Seat, ...]
    others: int = 0

    @property
    def by_text(self) -> list[Participant]:
        """Whom a text can tell, each once, whoever comes soonest first."""
        return [person for person in self._people if why_no_text(person) is None]

    @property
    def to_call(self) -> list[Participant]:
        return [person for person in self._people if why_no_text(person) is not None]

    @property
    def _people(self) -> Collection[Participant]:
        return {seat.participant_id: seat.participant for seat in self.seats}.values()


@dataclass(frozen=True)
class Foreseen:
    """What a closure would do: so many empty dates are taken back, and this is left to settle."""

    taken_back: int
    to_settle: Affected


def affected(
    by: access.Actor,
    *,
    now: datetime,
    starts_at: datetime,
    ends_at: datetime,
    partner: Partner | None = None,
    venue: Venue | None = None,
    practitioner: Practitioner | None = None,
) -> Foreseen:
    """What would become of it if this were closed: a partner, a venue, a practitioner, or the whole
    network. Four queries.

    Dates go on whose rhythm takes place all the same, and those that another practitioner leads
    too who is there. Raises NotAllowed for whoever may not close it.
    """
    must_close(by, Closure(partner=partner, venue=venue, practitioner=practitioner))
    sessions = in_scope(
        now=now,
        starts_at=starts_at,
        ends_at=ends_at,
        partner=partner,
        venue=venue,
        practitioner=practitioner,
    )
    return Foreseen(sessions.filter(by_itself()).count(), told(by, sessions.exclude(by_itself())))


def in_scope(
    *,
    now: datetime,
    starts_at: datetime,
    ends_at: datetime,
    partner: Partner | None = None,
    venue: Venue | None = None,
    practitioner: Practitioner | None = None,
) -> SessionQuerySet:
    """The planned sessions to come that touch [starts_at, ends_at) and cannot be held then."""
    sessions = Session.objects.filter(
        state=SessionState.PLANNED, starts_at__gt=now, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    if practitioner is not None:
        led = Assignment.objects.filter(session=OuterRef("pk"), practitioner=practitioner)
        return sessions.filter(Exists(led)).exclude(Exists(present_beside(practitioner)))
    sessions = sessions.exclude(rhythm_date__rhythm__closures__in=_ALL_THE_SAME)
    if venue is not None:
        return sessions.filter(venue=venue)
    return sessions if partner is None else sessions.filter(partner=partner)


def present_beside(practitioner: Practitioner | None) -> QuerySet[Assignment]:
    """Who else leads the session of the outer query, unless they are absent too."""
    absences = Closure.objects.filter(
        practitioner=OuterRef("practitioner"),
        lifted_at=None,
        starts_at__lt=OuterRef("ends_at"),
        ends_at__gt=OuterRef("starts_at"),
    )
    there = Assignment.objects.filter(session=OuterRef("pk")).exclude(Exists(absences))
    return there if practitioner is None else there.exclude(practitioner=practitioner)


def by_itself() -> Q:
    """A rhythm's date as the rhythm put it, that nobody ever used: it is taken back by itself, and
    comes back by itself when the closure is lifted. What somebody decided is theirs to settle."""
    untouched = RhythmDate.objects.filter(
        session=OuterRef("pk"), own_time=False, own_place=False, own_leaders=False, own_seats=False
    )
    return (
        Q(Exists(untouched))
        & ~Q(Exists(Seat.objects.filter(session=OuterRef("pk"))))
        & ~Q(Exists(WaitingEntry.objects.filter(session=OuterRef("pk"))))
    )


def told(by: access.Actor, sessions: SessionQuerySet) -> Affected:
    """These sessions, those that the reader may open, with `taken` and `held`, and who sits there.
    Three queries."""
    if by is not None:
        sessions = sessions.visible_to(by)
    rows = with_fill(sessions).select_related("service", "venue", "partner")
    found = {one.pk: one for one in rows.order_by("starts_at", "pk")}
    seats = list(
        Seat.objects.active()
        .filter(session__in=found)
        .select_related("participant")
        .order_by("starts_at", "pk")
    )
    people = {seat.participant_id for seat in seats}
    known = _known(by, people)
    for seat in seats:
        seat.session = found[seat.session_id]
    shown = tuple(seat for seat in seats if seat.participant_id in known)
    return Affected(tuple(found.values()), shown, others=len(people - known))


def _known(by: access.Actor, people: set[int]) -> set[int]:
    if by is None or access.scope(by).network:
        return people
    visible = Participant.objects.visible_to(by).filter(pk__in=people)
    return set(visible.values_list("pk", flat=True))
