"""A session that does not take place: its seats, its practitioners' time, what waits for it. Call
with everything held (booking.holding)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from booking import seating
from booking.holding import Held
from booking.models import (
    Assignment,
    Enrolment,
    JournalEntry,
    Seat,
    Session,
    WaitingEntry,
)
from booking.models.journal import Verb
from booking.models.programme import EnrolmentState
from booking.models.seat import SeatState
from booking.models.session import SessionState
from booking.models.waiting import WaitingState
from booking.waiting import about


def cancel(
    held: Held, session: Session, *, now: datetime, by_id: int | None
) -> tuple[list[Seat], list[JournalEntry]]:
    """Cancel one held session: its seats, its practitioners' time, and what waits for it. Returns
    the seats and the journal's part, not written yet.

    Raises SessionCancelled, TooLate."""
    seating.refuse_wrong_moment(session, now)
    session.state = SessionState.CANCELLED
    session.revision += 1
    session.changed_at = now
    session.save(update_fields=["state", "revision", "changed_at"])
    Assignment.objects.filter(session=session).update(active=False)
    seats = list(Seat.objects.active().filter(session=session).select_related("participant"))
    facts = {"revision": session.revision, "seats": len(seats)}
    entries = [of_session(session, Verb.SESSION_CANCELLED, now, by_id, **facts)]
    for seat in seats:
        seat.session = session
        seat.state = SeatState.CANCELLED
        held.seatmap.rise(session.pk, seat.participant_id)
        entries.append(seating.entry(seat, Verb.SEAT_CANCELLED, at=now, by_id=by_id))
    Seat.objects.bulk_update(seats, ["state"])
    return seats, entries + _close_lists(session, now, by_id)


def _close_lists(session: Session, now: datetime, by_id: int | None) -> list[JournalEntry]:
    """Whoever waited for this session waits no longer; whoever was offered a seat in it while they
    waited for its group, and nothing else, waits again."""
    offers = WaitingEntry.objects.filter(state=WaitingState.OFFERED, programme__isnull=False)
    held = Seat.objects.filter(enrolment=OuterRef("enrolment"), state=SeatState.HELD)
    again = offers.filter(
        Q(seat__session=session) | Q(~Exists(held), enrolment__seats__session=session)
    )
    pks = set(again.values_list("pk", flat=True))
    of_nothing = Enrolment.objects.filter(offers__in=pks, state=EnrolmentState.OFFERED)
    of_nothing.update(state=EnrolmentState.WITHDRAWN)
    offers.filter(pk__in=pks).update(
        state=WaitingState.WAITING, seat=None, enrolment=None, held_until=None
    )
    over = list(
        WaitingEntry.objects.filter(
            session=session, state__in=(WaitingState.WAITING, WaitingState.OFFERED)
        ).select_related("session")
    )
    for waiting in over:
        waiting.state = WaitingState.LEFT
    WaitingEntry.objects.bulk_update(over, ["state"])
    return [about(one, Verb.WAITING_LEFT, now, by_id, reason="session_cancelled") for one in over]


def of_session(
    session: Session, verb: Verb, at: datetime, by_id: int | None, **facts: object
) -> JournalEntry:
    """The journal entry of something that happened to a session."""
    return JournalEntry(
        at=at,
        actor_id=by_id,
        verb=verb,
        partner_id=session.partner_id,
        programme_id=session.programme_id,
        session=session,
        facts=facts,
    )
