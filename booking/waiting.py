"""Places that became free go to those who wait, in the transaction that freed them.

One order for everybody (`WaitingEntry.objects.in_order`), one pass: an offer takes places and never
frees any. Whoever is passed over stays on the list, and the journal says why. An offer is a held
seat, which counts; it ends after the partner's `offer_hours`, and never less than a day before the
start (choice).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from itertools import pairwise

from django.db.models import Q

from booking import purposes, seating
from booking.errors import BookingError, Overlaps
from booking.holding import Held
from booking.models import Enrolment, JournalEntry, Programme, Seat, Session, WaitingEntry
from booking.models.journal import Verb
from booking.models.programme import EnrolmentState, ProgrammeKind
from booking.models.seat import SeatState
from booking.models.waiting import WaitingQuerySet, WaitingState

#: An offer ends at the latest so long before the start: whoever is asked next needs the time.
LAST_CALL = timedelta(hours=24)
#: Nobody is asked to answer within less.
_SHORTEST = timedelta(hours=1)


class TooSoon(BookingError):
    """Starts too soon for an offer: a matter for the telephone."""


def serve(
    held: Held, *, now: datetime, beyond: Mapping[int, int] | None = None
) -> list[JournalEntry]:
    """Offer every free place of the locked sessions to the next who fit. `beyond` is how many
    places more than the capacity may be offered in a session (an allowance that was just raised).

    Writes seats, enrolments and entries; returns the journal's part, not written yet. It names no
    actor: whoever freed the place may work elsewhere, and their name in another partner's journal
    would tell where else somebody is followed.
    """
    server = _Server(held, now, dict(beyond or {}))
    for waiting in held.waiting:
        if waiting.state == WaitingState.WAITING:
            server.look_at(waiting)
    return server.finish()


def beside(waiting: WaitingEntry) -> WaitingQuerySet:
    """Everybody with whom this person waits for the same places: one list, whether they wait for
    the session or for its programme."""
    of_session = waiting.session.programme_id if waiting.session else None
    programme = waiting.programme_id or of_session
    same = Q(session=waiting.session_id) if waiting.session_id else Q()
    if programme:
        same |= Q(programme=programme) | Q(session__programme=programme)
    return WaitingEntry.objects.filter(same, state=WaitingState.WAITING)


def answered(held: Held, entry_ids: Collection[int], *, seat: Seat | None = None) -> None:
    """Somebody who waited sits down without an offer: they are off the list."""
    if entry_ids:
        WaitingEntry.objects.filter(pk__in=entry_ids, state=WaitingState.WAITING).update(
            state=WaitingState.SEATED, seat=seat
        )
        held.waiting = [one for one in held.waiting if one.pk not in entry_ids]


class _Server:
    def __init__(self, held: Held, now: datetime, beyond: dict[int, int]) -> None:
        self.held, self.now, self.beyond = held, now, beyond
        self.entries: list[JournalEntry] = []
        self.passed: list[tuple[WaitingEntry, str]] = []
        self.offered = False

    def look_at(self, waiting: WaitingEntry) -> None:
        """Offer what this person waits for, or note why not. Nothing free: nothing to note."""
        refused: BookingError | None = None
        for sessions in self._targets(waiting):
            if not sessions or any(self._number(one) is None for one in sessions):
                continue
            refused = self._refusal(waiting, sessions)
            if refused is None:
                self._offer(waiting, sessions)
                return
        if refused is not None:
            self.passed.append((waiting, type(refused).__name__))

    def _targets(self, waiting: WaitingEntry) -> list[list[Session]]:
        """Each is a set of sessions that would do: one session, or all of a programme."""
        if waiting.session_id is not None:
            session = self.held.sessions.get(waiting.session_id)
            coming = session and not session.cancelled and session.starts_at > self.now
            return [[session]] if session and coming else []
        programme_id = waiting.target.pk
        coming_ones = self.held.of_programme(programme_id, self.now)
        programme = self.held.programmes.get(programme_id)
        if programme is None:
            # An open group of which only some sessions are locked: each would do by itself.
            return [
                [one]
                for one in coming_ones
                if one.programme is not None and not one.programme.enrols
            ]
        if not programme.enrols:
            return [[one] for one in coming_ones]
        return [coming_ones] if joinable(programme, self.now) else []

    def _number(self, session: Session) -> int | None:
        return self.held.seatmap.free_number(session, beyond=self.beyond.get(session.pk, 0))

    def _refusal(self, waiting: WaitingEntry, sessions: list[Session]) -> BookingError | None:
        if held_until(sessions, self.now) is None:
            return TooSoon()
        person = self.held.people[waiting.participant_id]
        for session in sessions:
            service = purposes.chosen(session, None, waiting.referral)
            refused = seating.refusal(self.held.seatmap, session, person, service=service)
            if refused is not None:
                return refused
        # Two sessions of one programme at the same time: nobody can be in both.
        in_time = sorted(sessions, key=lambda one: (one.starts_at, one.pk))
        if any(later.starts_at < one.ends_at for one, later in pairwise(in_time)):
            return Overlaps()
        return None

    def _offer(self, waiting: WaitingEntry, sessions: list[Session]) -> None:
        self.offered = True
        partner = sessions[0].partner
        confirmed = partner.offers_confirmed
        enrolment = self._enrolment(waiting, confirmed)
        services = [purposes.chosen(one, None, waiting.referral) for one in sessions]
        seats = [
            seating.take(
                self.held.seatmap,
                session,
                self.held.people[waiting.participant_id],
                state=SeatState.BOOKED if confirmed else SeatState.HELD,
                referral=waiting.referral,
                enrolment=enrolment,
                beyond=self.beyond.get(session.pk, 0),
                over_reason=session.allowance_reason,
                service=service,
            )
            for session, service in zip(sessions, services, strict=True)
        ]
        Seat.objects.bulk_create(seats)
        waiting.state = WaitingState.SEATED if confirmed else WaitingState.OFFERED
        waiting.seat = None if enrolment else seats[0]
        waiting.enrolment = enrolment
        waiting.held_until = None if confirmed else held_until(sessions, self.now)
        waiting.passed_for = ""
        waiting.save(update_fields=["state", "seat", "enrolment", "held_until", "passed_for"])
        until = waiting.held_until.isoformat() if waiting.held_until else None
        if enrolment is not None:
            verb = Verb.ENROLLED if confirmed else Verb.PLACE_OFFERED
            self.entries.append(
                about(waiting, verb, self.now, None, enrolment=enrolment.pk, held_until=until)
            )
        if confirmed:
            self.close_others(waiting, seats)
        verb = Verb.SEAT_BOOKED if confirmed else Verb.SEAT_OFFERED
        facts = {"waiting": waiting.pk, "held_until": until}
        for seat, service in zip(seats, services, strict=True):
            turned = purposes.follow(seat.session, service)
            self.entries.append(
                seating.entry(seat, verb, at=self.now, by_id=None, **facts, **turned)
            )

    def close_others(self, waiting: WaitingEntry, seats: list[Seat]) -> None:
        """Who waits for an evening and for its group has what they waited for."""
        ids = same_wish(self.held, waiting, seats)
        for one in self.held.waiting:
            if one.pk in ids:
                one.state = WaitingState.SEATED
        answered(self.held, ids)

    def _enrolment(self, waiting: WaitingEntry, confirmed: bool) -> Enrolment | None:
        programme = self.held.programmes.get(waiting.programme_id or 0)
        if programme is None or not programme.enrols:
            return None
        return Enrolment.objects.create(
            programme=programme,
            participant_id=waiting.participant_id,
            referral=waiting.referral,
            state=EnrolmentState.ACTIVE if confirmed else EnrolmentState.OFFERED,
        )

    def finish(self) -> list[JournalEntry]:
        """Nobody is skipped silently: an entry for each who was passed over, once for each reason,
        and again whenever somebody else got a place meanwhile."""
        for waiting, reason in self.passed:
            if self.offered or reason != waiting.passed_for:
                waiting.passed_for = reason
                waiting.save(update_fields=["passed_for"])
                self.entries.append(about(waiting, Verb.PASSED_OVER, self.now, None, reason=reason))
        return self.entries


def same_wish(held: Held, waiting: WaitingEntry, seats: list[Seat]) -> set[int]:
    """The other entries of this person that these seats answer."""
    person = held.people[waiting.participant_id]
    found = set().union(*(held.seatmap.waits(person, seat.session) for seat in seats))
    return found - {waiting.pk}


def held_until(sessions: list[Session], now: datetime) -> datetime | None:
    """When an offer made now ends; None when it is too late to make one."""
    latest = min(session.starts_at for session in sessions) - LAST_CALL
    if latest - now < _SHORTEST:
        return None
    return min(now + timedelta(hours=sessions[0].partner.offer_hours), latest)


def joinable(programme: Programme, now: datetime) -> bool:
    """Whether somebody may still enrol: a course that began is never joined (domain rule 1)."""
    if programme.kind == ProgrammeKind.OPEN_GROUP or programme.late_joining:
        return True
    begun = programme.sessions.filter(starts_at__lte=now, state="planned")
    return not begun.exists()


def about(
    waiting: WaitingEntry, verb: Verb, at: datetime, by_id: int | None, **facts: object
) -> JournalEntry:
    """The journal entry of something that happened to somebody who waits."""
    return JournalEntry(
        at=at,
        actor_id=by_id,
        verb=verb,
        partner_id=waiting.target.partner_id,
        programme_id=waiting.programme_id,
        session_id=waiting.session_id,
        participant_id=waiting.participant_id,
        facts={"waiting": waiting.pk, **facts},
    )
