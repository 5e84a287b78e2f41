"""Everything that a change may touch, locked at once in the one order: programmes, sessions,
participants, each by primary key (booking.locking).

Taking a seat touches one session and one person. Giving one back touches more: the place goes to
whoever waits for it, a whole-programme place needs every session of the programme, and the person
who got up may now fit in another session for which they wait. All that is known before the first
lock, is read again after the last, and `Busy` is raised if it grew in between.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from booking.errors import Busy
from booking.locking import lock_participants, lock_programmes, lock_sessions
from booking.models import AvoidancePair, Participant, Programme, Seat, Session, WaitingEntry
from booking.models.programme import ProgrammeKind
from booking.models.session import SessionState
from booking.models.waiting import ON_THE_LIST, WaitingQuerySet, WaitingState
from booking.seatmap import SeatMap


@dataclass
class Held:
    """What is locked, and what is known of it."""

    sessions: dict[int, Session]
    programmes: dict[int, Programme]
    people: dict[int, Participant]
    seatmap: SeatMap
    #: Who waits for one of these sessions or programmes, in the one order.
    waiting: list[WaitingEntry] = field(default_factory=list)
    _entries: WaitingQuerySet = field(default_factory=WaitingEntry.objects.none)

    def read_waiting(self) -> None:
        """Read the list, again after entries changed. Only people who are locked are on it."""
        self.waiting = list(
            self._entries.filter(participant__in=self.people)
            .select_related("referral", "session", "programme")
            .in_order()
        )

    def refuse_other(self, person_id: int) -> None:
        """Raise Busy unless this person is locked. A row that was read before the lock may have
        gone to another record meanwhile: the two were merged."""
        if person_id not in self.people:
            raise Busy

    def of_programme(self, programme_id: int, now: datetime) -> list[Session]:
        """The coming sessions of a locked programme, in order of time."""
        return sorted(
            (
                one
                for one in self.sessions.values()
                if one.programme_id == programme_id and not one.cancelled and one.starts_at > now
            ),
            key=lambda session: (session.starts_at, session.pk),
        )


def hold(
    *,
    now: datetime,
    sessions: Iterable[int] = (),
    programmes: Iterable[int] = (),
    people: Iterable[int] = (),
    seated_there: bool = False,
) -> Held:
    """Lock these, what waits for them, and what the people wait for. `seated_there` counts
    everybody who sits in `sessions` among the people: all of them may get up or be moved.

    Raises Busy.
    """
    wanted_sessions, wanted_people = set(sessions), set(people)
    if seated_there:
        wanted_people |= _seated_in(wanted_sessions)
    wanted = _targets(wanted_people)
    wanted_programmes = set(programmes) | wanted.programmes
    wanted_programmes |= _whole_programmes(wanted_sessions | wanted.sessions)
    locked_programmes = {one.pk: one for one in lock_programmes(wanted_programmes)}
    ids = wanted_sessions | wanted.sessions | _coming(wanted_programmes, now)
    locked = {one.pk: one for one in lock_sessions(ids)}
    # With the sessions locked nobody sits down, gets up or joins their lists. What may have grown
    # before that: who sits there, and what they wait for elsewhere (see `again`).
    if seated_there:
        wanted_people |= _seated_in(wanted_sessions)
    of_sessions = {one.programme_id for one in locked.values() if one.programme_id}
    here = Q(session__in=locked) | Q(programme__in=of_sessions | wanted_programmes)
    entries = WaitingEntry.objects.filter(state=WaitingState.WAITING).filter(here)
    waiting_people = set(entries.values_list("participant_id", flat=True))
    locked_people = {one.pk: one for one in lock_participants(wanted_people | waiting_people)}
    if wanted_people:
        again = _targets(wanted_people)
        if not (again.sessions <= set(locked) and again.programmes <= wanted_programmes):
            raise Busy
    seatmap = SeatMap(locked.values(), locked_people.values())
    held = Held(locked, locked_programmes, locked_people, seatmap, _entries=entries)
    if waiting_people:
        held.read_waiting()
    return held


@dataclass(frozen=True)
class _Targets:
    sessions: set[int]
    programmes: set[int]


def _targets(people: set[int]) -> _Targets:
    """What these people are on the list for, and those who must not meet them: when one of them
    gets up, the other may fit."""
    if not people:
        return _Targets(set(), set())
    mates = Q(participant__in=people)
    first = AvoidancePair.objects.filter(second__in=people).values("first")
    second = AvoidancePair.objects.filter(first__in=people).values("second")
    mates |= Q(participant__in=first) | Q(participant__in=second)
    entries = WaitingEntry.objects.filter(mates, state__in=ON_THE_LIST)
    found = list(entries.values_list("session_id", "programme_id"))
    return _Targets({s for s, _ in found if s}, {p for _, p in found if p})


def _seated_in(sessions: set[int]) -> set[int]:
    return set(
        Seat.objects.active()
        .filter(session__in=sessions)
        .order_by()
        .values_list("participant_id", flat=True)
    )


def _whole_programmes(sessions: set[int]) -> set[int]:
    """The courses and closed groups of these sessions: a place there is a place in every one."""
    if not sessions:
        return set()
    whole = Programme.objects.exclude(kind=ProgrammeKind.OPEN_GROUP)
    return set(whole.filter(sessions__in=sessions).order_by().values_list("pk", flat=True))


def _coming(programmes: set[int], now: datetime) -> set[int]:
    if not programmes:
        return set()
    planned = Session.objects.filter(state=SessionState.PLANNED, starts_at__gt=now)
    return set(planned.filter(programme__in=programmes).order_by().values_list("pk", flat=True))
