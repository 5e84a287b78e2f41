"""What must hold whatever happened at once, counted again from the rows in plain Python: nothing here
calls the rules of booking/seating.py, booking/seatmap.py or booking/waiting.py."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations

from django.utils import timezone

from booking.models import (
    Assignment,
    AvoidancePair,
    Enrolment,
    HiddenFrom,
    Participant,
    Seat,
    Session,
    WaitingEntry,
)
from booking.models.programme import ProgrammeKind

_ACTIVE = ("held", "booked", "present", "late", "excused", "unexcused")
#: An offer is made at the latest 25 hours before the start.
_TOO_SOON = timedelta(hours=25)
#: People who must not meet are not at one address within so long of each other.
_APART = timedelta(hours=1)


def broken(*, lowered: bool = False) -> list[str]:
    """A line for each promise that is not kept. `lowered`: seats were taken away under people, who
    keep theirs."""
    found = list(_Rows().look())
    return [line for line in found if not (lowered and line.endswith("beyond its limits"))]


class _Rows:
    def __init__(self) -> None:
        self.now = timezone.now()
        related = ("programme", "venue")
        self.sessions = {one.pk: one for one in Session.objects.select_related(*related)}
        self.seats = list(Seat.objects.filter(state__in=_ACTIVE))
        self.there: dict[int, list[Seat]] = defaultdict(list)
        self.of: dict[int, list[Seat]] = defaultdict(list)
        for seat in self.seats:
            self.there[seat.session_id].append(seat)
            self.of[seat.participant_id].append(seat)
        self.entries = list(WaitingEntry.objects.select_related("programme", "participant"))
        self.enrolments = list(Enrolment.objects.all())
        self.apart: dict[int, set[int]] = defaultdict(set)
        for first, second in AvoidancePair.objects.values_list("first", "second"):
            self.apart[first].add(second)
            self.apart[second].add(first)
        self.hidden = set(HiddenFrom.objects.values_list("participant", "partner"))

    def look(self) -> Iterator[str]:
        yield from self._seats()
        yield from self._overlaps()
        yield from self._enrolments()
        yield from self._offers()
        for entry in self.entries:
            if entry.state == "waiting" and any(self._free(entry, s) for s in self._targets(entry)):
                yield f"a place is free while {entry.pk} waits"

    def _seats(self) -> Iterator[str]:
        for pk, session in self.sessions.items():
            if session.has_room != (len(self.there[pk]) < session.capacity):
                yield f"session {pk}: has_room is {session.has_room}"
        for pk, seats in self.there.items():
            session = self.sessions[pk]
            if not seats:
                continue
            if len({seat.number for seat in seats}) < len(seats):
                yield f"session {pk}: one number twice"
            if len({seat.participant_id for seat in seats}) < len(seats):
                yield f"session {pk}: one person twice"
            if session.state != "planned":
                yield f"session {pk}: {session.state}, and somebody has a seat"
            if max(seat.number for seat in seats) > session.capacity + session.allowance:
                yield f"session {pk}: beyond its limits"
            if {(s.starts_at, s.ends_at) for s in seats} != {(session.starts_at, session.ends_at)}:
                yield f"session {pk}: a seat at another time"

    def _overlaps(self) -> Iterator[str]:
        led = defaultdict(list)
        for one in Assignment.objects.all():
            session = self.sessions[one.session_id]
            if one.active != (session.state == "planned"):
                yield f"assignment {one.pk} of a session that is {session.state}"
            if one.active:
                led[one.practitioner_id].append(session)
        for who, sessions in led.items():
            if any(_overlap(a, b) for a, b in combinations(sessions, 2)):
                yield f"practitioner {who}: two sessions at once"
        for who, seats in self.of.items():
            sessions = [self._at(seat) for seat in seats]
            if any(_overlap(a, b) for a, b in combinations(sessions, 2)):
                yield f"person {who}: two seats at once"

    def _enrolments(self) -> Iterator[str]:
        standing = [one for one in self.enrolments if one.state in {"active", "offered"}]
        twice = Counter((one.programme_id, one.participant_id) for one in standing)
        if any(number > 1 for number in twice.values()):
            yield "somebody is enrolled twice"
        for one in self.enrolments:
            state = {"active": "booked", "offered": "held"}.get(one.state)
            coming = {s.pk for s in self._coming(one.programme_id)} if state else set()
            held = {seat.session_id for seat in self.seats if seat.enrolment_id == one.pk}
            states = {seat.state for seat in self.seats if seat.enrolment_id == one.pk}
            if held != coming or states - {state}:
                yield f"enrolment {one.pk} ({one.state}): {states} in {held}, not in {coming}"

    def _offers(self) -> Iterator[str]:
        offered = [one for one in self.entries if one.state == "offered"]
        by_seat = Counter(one.seat_id for one in offered if one.seat_id)
        by_enrolment = Counter(one.enrolment_id for one in offered if one.enrolment_id)
        for seat in self.seats:
            known = by_enrolment[seat.enrolment_id] if seat.enrolment_id else by_seat[seat.pk]
            if known != (seat.state == "held"):
                yield f"seat {seat.pk} ({seat.state}) is offered {known} times"
        held = {seat.pk for seat in self.seats if seat.state == "held"}
        if not set(by_seat) <= held:
            yield "an offer of a seat that is not held"

    def _coming(self, programme: int) -> list[Session]:
        return [
            one
            for one in self.sessions.values()
            if one.programme_id == programme and one.state == "planned" and one.starts_at > self.now
        ]

    def _targets(self, entry: WaitingEntry) -> list[list[Session]]:
        if entry.session_id is not None:
            return [[self.sessions[entry.session_id]]]
        assert entry.programme is not None
        coming = self._coming(entry.programme.pk)
        if entry.programme.kind == ProgrammeKind.OPEN_GROUP:
            return [[one] for one in coming]
        return [coming] if coming else []

    def _free(self, entry: WaitingEntry, sessions: list[Session]) -> bool:
        return all(
            len(self.there[one.pk]) < one.capacity and self._fits(entry.participant, one)
            for one in sessions
        )

    def _fits(self, person: Participant, session: Session) -> bool:
        start = timezone.localdate(session.starts_at)
        mates = [seat for mate in self.apart[person.pk] for seat in self.of[mate]]
        return (
            session.state == "planned"
            and session.starts_at > self.now + _TOO_SOON
            and not (session.venue and session.venue.victims_only)
            and not (person.not_before and start < person.not_before)
            and (person.pk, session.partner_id) not in self.hidden
            # Every venue of these tests is at one address.
            and not any(_overlap(self._at(seat), session, _APART) for seat in mates)
            and not any(_overlap(self._at(seat), session) for seat in self.of[person.pk])
        )

    def _at(self, seat: Seat) -> Session:
        return self.sessions[seat.session_id]


def _overlap(one: Session, other: Session, between: timedelta = timedelta()) -> bool:
    return one.starts_at < other.ends_at + between and other.starts_at < one.ends_at + between
