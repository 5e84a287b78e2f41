"""Who sits where, and what keeps people apart: everything that the rules of sitting down ask,
read in one round trip under the lock, and kept true while the action goes on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from booking.models import Participant, Seat, Session
from booking.models.partner import ServiceFamily
from booking.models.seat import ACTIVE_STATES, SeatState

_ACTIVE: Final = ", ".join(f"'{state.value}'" for state in ACTIVE_STATES)

# One statement instead of five: it runs while a session is locked, at each booking. Times are
# compared inside the database, so no instant is written in either engine's own notation.
_SQL: Final = """
    SELECT 1, session_id, participant_id, number FROM booking_seat
        WHERE session_id IN ({sessions}) AND state IN ({active})
    UNION ALL
    SELECT 2, s.id, o.participant_id, o.session_id FROM booking_session s
        JOIN booking_seat o ON o.starts_at < s.ends_at AND o.ends_at > s.starts_at
        WHERE s.id IN ({sessions}) AND o.participant_id IN ({people}) AND o.state IN ({active})
    UNION ALL
    SELECT 3, partner_id, participant_id, 0 FROM booking_hiddenfrom
        WHERE participant_id IN ({people})
    UNION ALL
    SELECT 4, first_id, second_id, 0 FROM booking_avoidancepair WHERE first_id IN ({people})
    UNION ALL
    SELECT 4, second_id, first_id, 0 FROM booking_avoidancepair WHERE second_id IN ({people})
    UNION ALL
    SELECT 5, w.id, w.participant_id, COALESCE(w.session_id, -w.programme_id) FROM booking_waitingentry w
        WHERE w.participant_id IN ({people}) AND w.state = 'waiting' AND (
            w.session_id IN ({sessions}) OR w.programme_id IN (
                SELECT programme_id FROM booking_session WHERE id IN ({sessions})))
"""


def question(sessions: str, people: str) -> str:
    """The statement that reads it all, of these keys: numbers or parameters, with commas."""
    return _SQL.format(sessions=sessions, people=people, active=_ACTIVE)


class SeatMap:
    """What is known of these sessions and these people. Read it with both locked."""

    def __init__(
        self,
        sessions: Iterable[Session],
        people: Iterable[Participant],
        known: Iterable[tuple[int, int, int, int]] | None = None,
    ) -> None:
        """`known` is the answer to `question`, for whoever has asked it together with more."""
        self.sessions = {session.pk: session for session in sessions}
        self.people = {person.pk: person for person in people}
        #: session → person → seat number, of everybody who has a place there.
        self.seated: dict[int, dict[int, int]] = {pk: {} for pk in self.sessions}
        #: (session, person) → the sessions at that time in which the person has a seat.
        self.clashes: dict[tuple[int, int], set[int]] = defaultdict(set)
        #: (partner, person)
        self.hidden: set[tuple[int, int]] = set()
        self.apart: dict[int, set[int]] = defaultdict(set)
        #: person → waiting entry → its session, or its programme with a minus sign.
        self._waits: dict[int, dict[int, int]] = defaultdict(dict)
        self._interviews: dict[int, list[Seat]] | None = None
        #: Where those are whom somebody here must not meet, once `read_elsewhere` has looked.
        self._elsewhere: list[Seat] | None = None
        #: person → sessions in which they got up since all this was read.
        self._left: dict[int, set[int | None]] = defaultdict(set)
        if known is not None:
            self._take_in(known)
        elif self.sessions and self.people:
            keys = [", ".join(str(int(pk)) for pk in some) for some in (self.sessions, self.people)]
            with connection.cursor() as cursor:
                cursor.execute(question(*keys))
                self._take_in(cursor.fetchall())
        elif self.sessions:
            self._read_seated()

    def _take_in(self, rows: Iterable[tuple[int, int, int, int]]) -> None:
        for kind, a, b, c in rows:
            if kind == 1:
                self.seated[a][b] = c
            elif kind == 2:
                self.clashes[a, b].add(c)
            elif kind == 3:
                self.hidden.add((a, b))
            elif kind == 4:
                self.apart[a].add(b)
            else:
                self._waits[b][a] = c

    def _read_seated(self) -> None:
        seats = Seat.objects.active().filter(session__in=list(self.sessions))
        for session, person, number in seats.values_list("session_id", "participant_id", "number"):
            self.seated[session][person] = number

    def taken(self, session: Session) -> int:
        return len(self.seated[session.pk])

    def free_number(self, session: Session, *, beyond: int = 0) -> int | None:
        """The lowest number that nobody has, while fewer people sit there than the capacity and
        `beyond` more; None when it is full. Counted by people, not by numbers: after the capacity
        was lowered, a low number may be free in a session that is over."""
        taken = self.seated[session.pk]
        if len(taken) >= session.capacity + beyond:
            return None
        numbers = set(taken.values())
        return next(n for n in range(1, len(numbers) + 2) if n not in numbers)

    def waits(self, person: Participant, session: Session) -> set[int]:
        """The waiting entries that a seat in this session answers: for it, or for its programme."""
        targets = {session.pk, -session.programme_id if session.programme_id else 0}
        return {entry for entry, target in self._waits[person.pk].items() if target in targets}

    def interviewed_before(
        self, person: Participant, session: Session, *, leaving: int | None = None
    ) -> bool:
        """Whether a welcome interview took place, or is booked, before this session starts; one
        from which the person got up, or which they are `leaving`, opens nothing."""
        if self._interviews is None:
            self._interviews = defaultdict(list)
            for seat in Seat.objects.filter(
                participant__in=list(self.people),
                state__in=(SeatState.BOOKED, SeatState.PRESENT, SeatState.LATE),
                session__service__family=ServiceFamily.INTERVIEW,
            ):
                self._interviews[seat.participant_id].append(seat)
        gone = self._left[person.pk] | {leaving}
        return any(
            s.ends_at <= session.starts_at and s.session_id not in gone
            for s in self._interviews[person.pk]
        )

    def elsewhere(self, people: set[int], session: Session, margin: timedelta) -> list[Seat]:
        """The seats of these people in other sessions, within `margin` of this one's times."""
        start, end = session.starts_at - margin, session.ends_at + margin
        seats = self._elsewhere
        if seats is None:
            seats = self._seats_within(people, start, end)
        return [
            seat
            for seat in seats
            if seat.participant_id in people
            and seat.session_id != session.pk
            and seat.starts_at < end
            and start < seat.ends_at
        ]

    def read_elsewhere(self, sessions: Collection[Session], margin: timedelta) -> None:
        """Look once for all of these sessions, while nobody is written down anywhere else."""
        others = set().union(*self.apart.values())
        start = min(session.starts_at for session in sessions) - margin
        end = max(session.ends_at for session in sessions) + margin
        self._elsewhere = self._seats_within(others, start, end) if others else []

    def _seats_within(self, people: set[int], start: datetime, end: datetime) -> list[Seat]:
        seats = Seat.objects.active().filter(
            participant__in=people, starts_at__lt=end, ends_at__gt=start
        )
        return list(seats.select_related("session__venue"))

    def sit(self, session: Session, person: Participant, number: int) -> None:
        """Somebody sits down here: what else was loaded must know."""
        self.seated[session.pk][person.pk] = number
        self._left[person.pk].discard(session.pk)
        for other in self.sessions.values():
            if session.starts_at < other.ends_at and other.starts_at < session.ends_at:
                self.clashes[other.pk, person.pk].add(session.pk)

    def add(self, *sessions: Session) -> None:
        """Sessions that are opened under the same lock."""
        self.sessions |= {session.pk: session for session in sessions}
        self.seated |= {session.pk: {} for session in sessions}
        self._read_clashes(*sessions)

    def move(self, session: Session, starts_at: datetime, ends_at: datetime) -> None:
        """A session gets other times, in memory; its people take them along."""
        session.starts_at, session.ends_at = starts_at, ends_at
        for person in list(self.seated[session.pk]):
            for other in self.sessions.values():
                self.clashes[other.pk, person].discard(session.pk)
                if (
                    other.pk != session.pk
                    and starts_at < other.ends_at
                    and other.starts_at < ends_at
                ):
                    self.clashes[other.pk, person].add(session.pk)
        self._read_clashes(session)

    def _read_clashes(self, *sessions: Session) -> None:
        for session in sessions:
            for person in self.people:
                self.clashes[session.pk, person] = set()
        seats = Seat.objects.active().filter(
            participant__in=list(self.people),
            starts_at__lt=max(session.ends_at for session in sessions),
            ends_at__gt=min(session.starts_at for session in sessions),
        )
        columns = ("participant_id", "session_id", "starts_at", "ends_at")
        for person, where, start, end in seats.values_list(*columns):
            for session in sessions:
                if start < session.ends_at and session.starts_at < end:
                    self.clashes[session.pk, person].add(where)

    def rise(self, session_id: int, person_id: int) -> None:
        """Somebody gets up. The place is free for the next."""
        self.seated[session_id].pop(person_id, None)
        self._left[person_id].add(session_id)
        for (_, person), where in self.clashes.items():
            if person == person_id:
                where.discard(session_id)
