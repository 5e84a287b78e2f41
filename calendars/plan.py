"""What is known of the coming dates of a rhythm that is to be changed, and what the change does to
them. `calendars.planning` makes the plan, `calendars.applying` carries it out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from booking.models import Assignment, Practitioner, Seat, Session, Venue, WaitingEntry
from booking.models.waiting import ON_THE_LIST
from calendars.dates import begins
from calendars.form import Form
from calendars.mapping import Start
from calendars.models import Rhythm, RhythmDate
from calendars.wanted import Day


class Seated(TextChoices):
    """What becomes of the dates where somebody sits or waits."""

    KEEP = "keep", _("stay as they are")
    MOVE = "move", _("move, and everybody is told")


class Stays(TextChoices):
    """Why a date that is held does not follow the rhythm."""

    KEPT = "kept", _("somebody sits or waits there")
    NO_DATE = "no_date", _("there is no new date in that week or month")
    UNWANTED = "unwanted", _("its day falls out of the rhythm")


@dataclass(eq=False)
class Known:
    """One row with a session, and what is known of it."""

    row: RhythmDate
    session: Session
    leaders: frozenset[int] = frozenset()
    used: bool = False
    #: Somebody sits there now, or waits for it.
    occupied: bool = False

    @property
    def key(self) -> Start:
        return self.row.day, self.row.start

    @property
    def own_time(self) -> bool:
        return self.row.own_time or self.session.starts_at != begins(self.row)

    @property
    def altered(self) -> bool:
        row = self.row
        return self.own_time or row.own_place or row.own_leaders or row.own_seats


@dataclass(frozen=True)
class Shift:
    """A session as it will be."""

    known: Known
    starts_at: datetime
    ends_at: datetime
    venue: Venue | None
    #: None: as they are.
    leaders: tuple[Practitioner, ...] | None
    capacity: int
    allowance: int
    #: Columns of the session for which there is no action: nobody is told of them.
    details: dict[str, object] = field(default_factory=dict)

    @property
    def changes(self) -> bool:
        return bool(self.aspects or self.details)

    @property
    def moves(self) -> bool:
        return bool(self.aspects - {"own_seats"})

    @property
    def resizes(self) -> bool:
        session = self.known.session
        return (session.capacity, session.allowance) != (self.capacity, self.allowance)

    @property
    def is_news(self) -> bool:
        """Those who come hear of another time or place, and of nothing else (booking.move_session)."""
        session = self.known.session
        return session.starts_at != self.starts_at or session.venue != self.venue

    @property
    def aspects(self) -> set[str]:
        """What of it would be other than it is (calendars.own)."""
        session = self.known.session
        times = (session.starts_at, session.ends_at) != (self.starts_at, self.ends_at)
        differ = {
            "own_time": times,
            "own_place": session.venue != self.venue,
            "own_leaders": self.leaders is not None,
            "own_seats": self.resizes,
        }
        return {aspect for aspect, differs in differ.items() if differs}


@dataclass
class Plan:
    form: Form
    from_day: date
    #: All of the rhythm from that day on.
    rows: list[RhythmDate] = field(default_factory=list)
    #: What nobody used, and the new form does not want as it is.
    taken_back: list[Known] = field(default_factory=list)
    shifts: list[Shift] = field(default_factory=list)
    stay: list[tuple[Known, Stays]] = field(default_factory=list)
    #: Row → its new key, for those that have another one.
    keys: dict[int, Start] = field(default_factory=dict)
    #: Row → what is its own from now on, whatever becomes of the rhythm.
    own: dict[int, set[str]] = field(default_factory=dict)
    #: The new form's dates, also those that are skipped, for 400 days or up to the last.
    days: list[Day] = field(default_factory=list)
    #: There are no more after them.
    complete: bool = False

    @property
    def news(self) -> list[Shift]:
        return [shift for shift in self.shifts if shift.is_news]


def read(rhythm: Rhythm, from_day: date) -> tuple[list[RhythmDate], list[Known]]:
    """Every row of the rhythm, and the sessions of those from that day on. Five queries."""
    dates = rhythm.dates.select_related("session__venue", "session__purpose")
    rows = list(dates.order_by("day", "start"))
    found = {
        row.session.pk: Known(row, row.session)
        for row in rows
        if row.day >= from_day and row.session is not None
    }
    led: dict[int, set[int]] = defaultdict(set)
    leading = Assignment.objects.filter(session__in=found)
    for session, leader in leading.values_list("session_id", "practitioner_id"):
        led[session].add(leader)
    seats = Seat.objects.filter(session__in=found)
    waiting = WaitingEntry.objects.filter(session__in=found)
    occupied = _sessions(seats.active()) | _sessions(waiting.filter(state__in=ON_THE_LIST))
    used = _sessions(seats) | _sessions(waiting)
    for pk, known in found.items():
        known.leaders = frozenset(led[pk])
        known.used, known.occupied = pk in used, pk in occupied
    return rows, list(found.values())


def _sessions(rows: QuerySet[Seat] | QuerySet[WaitingEntry]) -> set[int | None]:
    return set(rows.order_by().values_list("session_id", flat=True).distinct())
