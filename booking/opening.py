"""New sessions of one kind: as many dates as wanted in one transaction and a constant number of
statements. The dates are weighed in memory, with everything held, and what is left is written at
once; nothing that is refused is ever a row."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from booking import access, carrying, changing, journal, offers, seating, waiting
from booking.diary import Diary, Times
from booking.errors import BookingError, Busy, Misfit, TooLate
from booking.holding import Held, hold
from booking.inserting import another, insert
from booking.kind import Kind
from booking.locking import lock_practitioners, writing
from booking.models import Assignment, Enrolment, JournalEntry, Programme, Seat, Session
from booking.models.journal import Verb
from booking.models.programme import STANDING_STATES, EnrolmentState
from booking.models.seat import SeatState
from booking.seatmap import SeatMap


@dataclass
class Outcome:
    """In the order of the dates."""

    opened: list[Session] = field(default_factory=list)
    refused: list[tuple[datetime, BookingError]] = field(default_factory=list)


def open_dates(
    kind: Kind, times: Sequence[Times], *, by: access.Actor, now: datetime, anyway: bool
) -> Outcome:
    """Open what can be opened. Each of `times` has passed `changing.refuse_times`, and the kind its
    own `refuse`. A refused date has PractitionerBusy, Invalid for a course beyond its limits, TooLate
    or what `carrying.refusal` gives.

    Raises Busy.
    """
    # Wall-clock arithmetic would lose an hour twice a year.
    times = [(start.astimezone(UTC), end.astimezone(UTC)) for start, end in times]
    with writing():
        lock_practitioners(leader.pk for leader in kind.leaders)
        held, enrolled = _hold(kind.programme, now)
        if enrolled or held.waiting:
            kind = kind.as_now()
        plan = _Plan(kind, held, enrolled, by=by, now=now, anyway=anyway)
        plan.weigh(times)
        return plan.write()


def _hold(programme: Programme | None, now: datetime) -> tuple[Held, list[Enrolment]]:
    """The programme, its people, and who waits for it."""
    if programme is None:
        return Held({}, {}, {}, SeatMap((), ())), []
    standing = Enrolment.objects.filter(programme=programme, state__in=STANDING_STATES)
    people = set(standing.values_list("participant_id", flat=True))
    held = hold(now=now, programmes=[programme.pk], people=people)
    # With the programme locked nobody enrols: this is who is enrolled. Somebody who came in just
    # before the lock is not held.
    enrolled = list(standing.select_related("referral").order_by("pk"))
    if any(one.participant_id not in held.people for one in enrolled):
        raise Busy
    return held, enrolled


class _Plan:
    def __init__(
        self,
        kind: Kind,
        held: Held,
        enrolled: Collection[Enrolment],
        *,
        by: access.Actor,
        now: datetime,
        anyway: bool,
    ) -> None:
        self.kind, self.held, self.enrolled = kind, held, enrolled
        self.by, self.now, self.anyway = by, now, anyway
        self.done = Outcome()
        self.seats: list[list[Seat]] = []

    def weigh(self, times: Sequence[Times]) -> None:
        """Decide about each date, as if those before it were there already."""
        kind = self.kind
        diary = Diary(kind.leaders, times)
        course = kind.programme if kind.is_course else None
        sittings = changing.sittings(course) if course else []
        planned = kind.sessions(times, self.now)
        if self.enrolled:
            # They have no primary keys yet, and the seat map tells them apart by those.
            for n, session in enumerate(planned, start=1):
                session.pk = -n
            self.held.seatmap.add(*planned)
            self.held.seatmap.read_elsewhere(planned, seating.margin())
        for session in planned:
            sitting = (session.starts_at, session.ends_at, session.pause_minutes)
            try:
                diary.refuse_busy(session.starts_at, session.ends_at)
                if course:
                    changing.refuse_too_long([*sittings, sitting])
                seats = self._carry(session)
            except BookingError as refusal:
                self.done.refused.append((session.starts_at, refusal))
            else:
                diary.note(session.starts_at, session.ends_at)
                sittings.append(sitting)
                self.done.opened.append(session)
                self.seats.append(seats)

    def _carry(self, session: Session) -> list[Seat]:
        """Everybody who is enrolled sits in a session that is added too: every session or none."""
        if self.enrolled and session.starts_at <= self.now:
            raise TooLate
        seats: list[Seat] = []
        misfits: list[Misfit] = []
        for one in self.enrolled:
            person = self.held.people[one.participant_id]
            active = one.state == EnrolmentState.ACTIVE
            try:
                seat = seating.take(
                    self.held.seatmap,
                    session,
                    person,
                    state=SeatState.BOOKED if active else SeatState.HELD,
                    referral=one.referral,
                    enrolment=one,
                    anyway=self.anyway,
                )
            except BookingError as reason:
                misfits.append(Misfit(person, reason))
            else:
                seats.append(seat)
        if misfits:
            for seat in seats:
                self.held.seatmap.rise(session.pk, seat.participant_id)
            raise carrying.refusal(self.by, misfits)
        return seats

    def write(self) -> Outcome:
        """One statement for each kind of row."""
        opened, by_id = self.done.opened, self.by.pk if self.by else None
        if not opened:
            return self.done
        insert(opened)
        insert(list(self._leading()))
        entries: list[JournalEntry] = []
        like = _opened(opened[0], self.now, by_id)
        for session, seats in zip(opened, self.seats, strict=True):
            for seat in seats:
                seat.session = session  # It has its primary key now.
            entries.append(another(like, session_id=session.pk, facts=_facts(session)))
            entries += [seating.entry(s, _verb(s), at=self.now, by_id=by_id) for s in seats]
        seats = [seat for some in self.seats for seat in some]
        insert(seats)
        if any(seat.state == SeatState.HELD for seat in seats):
            # Every open offer is carried into every session: the first one counts.
            offers.end_in_time(min(opened, key=lambda one: one.starts_at))
        journal.write([*entries, *self._serve()])
        return self.done

    def _leading(self) -> Iterator[Assignment]:
        bare = Assignment()
        for one in self.done.opened:
            for leader in self.kind.leaders:
                yield another(
                    bare,
                    session_id=one.pk,
                    practitioner_id=leader.pk,
                    starts_at=one.starts_at,
                    ends_at=one.ends_at,
                )

    def _serve(self) -> list[JournalEntry]:
        """Whoever waits for an evening of the group is offered one of these."""
        held = self.held
        if not held.waiting:
            return []
        held.sessions.update((one.pk, one) for one in self.done.opened)
        held.seatmap = SeatMap(held.sessions.values(), held.people.values())
        return waiting.serve(held, now=self.now)


def _verb(seat: Seat) -> Verb:
    return Verb.SEAT_OFFERED if seat.state == SeatState.HELD else Verb.SEAT_BOOKED


def _opened(session: Session, now: datetime, by_id: int | None) -> JournalEntry:
    """Of any session of this kind: which, and its facts, are still to say."""
    return JournalEntry(
        at=now,
        actor_id=by_id,
        verb=Verb.SESSION_OPENED,
        partner_id=session.partner_id,
        programme_id=session.programme_id,
    )


def _facts(session: Session) -> dict[str, object]:
    return {
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "capacity": session.capacity,
        "allowance": session.allowance,
    }
