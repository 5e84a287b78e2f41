"""Sessions that get another time, venue or practitioners, one or many in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from booking import access, cancelling, carrying, changing, journal, offers, seating, waiting
from booking.errors import BookingError, Busy, Invalid
from booking.holding import Held, hold
from booking.locking import lock_practitioners, writing
from booking.models import Assignment, JournalEntry, Practitioner, Seat, Session, Venue
from booking.models.journal import Verb
from booking.models.seat import SeatState


@dataclass(frozen=True)
class Move:
    """Where a session goes; what is None stays. A new start alone keeps the length."""

    session: Session
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    venue: Venue | None = None
    practitioners: tuple[Practitioner, ...] | None = None


def move(
    moves: Sequence[Move], *, by: access.Actor, now: datetime, anyway: bool
) -> tuple[Session, ...]:
    """Move them one after the other, all or none, for an action that has looked at the rights: each is
    looked at as if those before it were there already. Places that are free then are offered once.

    Raises what `move_session` does; `about` of a refusal is the session of which it speaks.
    """
    with writing():
        ids = {move.session.pk for move in moves}
        known = {leader.pk for move in moves for leader in move.practitioners or ()}
        known |= {leader for leading in _leading(ids).values() for leader in leading}
        lock_practitioners(known)
        held = hold(now=now, sessions=ids, seated_there=True)
        leading = _leading(ids)
        if not {leader for some in leading.values() for leader in some} <= known:
            raise Busy  # Handed over meanwhile: whoever leads it now is not locked.
        mover = _Mover(held, leading, by=by, now=now, anyway=anyway)
        for one in moves:
            try:
                mover.move(one)
            except BookingError as refusal:
                refusal.about = one.session
                raise
        if mover.entries:
            journal.write([*mover.entries, *waiting.serve(held, now=now)])
    return tuple(held.sessions[one.session.pk] for one in moves)


class _Mover:
    """With everything held."""

    def __init__(
        self,
        held: Held,
        leading: dict[int, set[int]],
        *,
        by: access.Actor,
        now: datetime,
        anyway: bool,
    ) -> None:
        self.held, self.leading = held, leading
        self.by, self.now, self.anyway = by, now, anyway
        self.entries: list[JournalEntry] = []
        self.venues: dict[int, Venue] = {}
        held_seats = Seat.objects.filter(session__in=list(leading), state=SeatState.HELD)
        self.offered = set(held_seats.values_list("session_id", flat=True))

    def move(self, to: Move) -> None:
        moved = self.held.sessions[to.session.pk]
        seating.refuse_wrong_moment(moved, self.now)
        before = self._facts(moved)
        start = (to.starts_at or moved.starts_at).astimezone(UTC)
        end = (to.ends_at or start + (moved.ends_at - moved.starts_at)).astimezone(UTC)
        changing.refuse_times(start, end, moved.pause_minutes)
        if start <= self.now:
            raise Invalid(_("A session moves to a time to come."))
        standing = carrying.breaches(self.held, moved)
        was_at, was_on = moved.venue_id, (moved.starts_at, moved.ends_at)
        if to.venue is not None:
            moved.venue = self._venue(to.venue)
        leaders = self._leaders(to)
        changing.refuse_foreign(moved.partner, to.venue, to.practitioners or ())
        changing.refuse_busy(leaders, start, end, but=moved)
        if (start, end) != was_on:
            changing.refuse_long_course(
                moved.programme, start, end, pause_minutes=moved.pause_minutes, but=moved
            )
            self.held.seatmap.move(moved, start, end)
        standing = carrying.still_standing(
            standing,
            elsewhere=moved.venue_id != was_at,
            at_another_time=(start, end) != was_on,
        )
        carrying.refuse_misfits(
            self.by,
            carrying.misfits(self.held, moved, beside=standing, anyway=self.anyway),
        )
        self._write(moved, leaders, before)

    def _write(self, moved: Session, leaders: Collection[int], before: dict[str, object]) -> None:
        self._lead(moved, set(leaders))
        after = self._facts(moved)
        if after == before:
            return
        # Another practitioner is no news for those who come: neither texts nor SEQUENCE follow.
        if {**after, "practitioners": None} != {**before, "practitioners": None}:
            moved.revision += 1
            moved.changed_at = self.now
            moved.save(update_fields=["starts_at", "ends_at", "venue", "revision", "changed_at"])
            if moved.pk in self.offered:
                offers.end_in_time(moved)
        facts = {"before": before, "after": after, "revision": moved.revision}
        by_id = self.by.pk if self.by else None
        entry = cancelling.of_session(moved, Verb.SESSION_MOVED, self.now, by_id, **facts)
        self.entries.append(entry)

    def _venue(self, venue: Venue) -> Venue:
        """As it is now: it may have been kept for victims since the caller read it."""
        if venue.pk not in self.venues:
            self.venues[venue.pk] = Venue.objects.get(pk=venue.pk)
        return self.venues[venue.pk]

    def _leaders(self, to: Move) -> set[int]:
        if to.practitioners is None:
            return self.leading[to.session.pk]
        return {leader.pk for leader in to.practitioners}

    def _lead(self, session: Session, leaders: set[int]) -> None:
        there = self.leading[session.pk]
        if there - leaders:
            session.assignments.exclude(practitioner__in=leaders).delete()
        Assignment.objects.bulk_create(
            Assignment(
                session=session,
                practitioner_id=leader,
                starts_at=session.starts_at,
                ends_at=session.ends_at,
            )
            for leader in sorted(leaders - there)
        )
        self.leading[session.pk] = leaders

    def _facts(self, session: Session) -> dict[str, object]:
        return {
            "starts_at": session.starts_at.isoformat(),
            "ends_at": session.ends_at.isoformat(),
            "venue": session.venue.pk if session.venue else None,
            "practitioners": sorted(self.leading[session.pk]),
        }


def _leading(sessions: Collection[int]) -> dict[int, set[int]]:
    led: dict[int, set[int]] = {pk: set() for pk in sessions}
    rows = Assignment.objects.filter(session__in=sessions).order_by()
    for session, leader in rows.values_list("session_id", "practitioner_id"):
        led[session].add(leader)
    return led
