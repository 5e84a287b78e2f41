from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

from django.utils.translation import gettext_lazy as _

from booking import access, journal, seating
from booking.errors import Invalid
from booking.locking import lock_name, lock_participants, lock_sessions, writing
from booking.models import JournalEntry, Referral, Seat, Session
from booking.models.journal import Verb
from booking.models.seat import SeatState
from booking.models.session import MAX_CAPACITY, SessionState
from booking.once import once
from booking.seatmap import SeatMap


@once
def record_history(
    *,
    by: access.Actor,
    now: datetime,
    referral: Referral,
    starts_at: datetime,
    label: str,
    key: str = "",
) -> Seat:
    """Record that the person of this referral attended a session that is over.

    The past has no capacity to defend: everybody of a group's evening is put in one session,
    which grows as needed; each appointment is a session of its own. Where it took place and who
    led it is not known and stays empty. Recording it again returns the same seat, as it is now: a
    correction made since stays.

    Raises NotAllowed, Invalid when it is not over, Overlaps when the person sat elsewhere.
    """
    access.must_manage(by, referral.partner_id)
    service = referral.service
    ends_at = starts_at + timedelta(minutes=service.default_minutes)
    if ends_at > now:
        raise Invalid(_("This session is not over: book a seat instead."))
    with writing():
        lock_name(f"history|{referral.partner_id}|{service.pk}|{starts_at.isoformat()}")
        recorded = Seat.objects.filter(referral=referral, starts_at=starts_at).first()
        if recorded is not None:
            return recorded
        session = None if service.one_to_one else _shared_session(referral, starts_at)
        if session is None:
            session = Session.objects.create(
                partner_id=referral.partner_id,
                service=service,
                label=label,
                starts_at=starts_at,
                ends_at=ends_at,
                capacity=service.default_capacity,
                changed_at=now,
            )
        [person] = lock_participants([referral.participant_id])
        clash = seating.clash(SeatMap([session], [person]), session, person)
        if clash is not None:
            raise clash
        number = _next_number(session)
        if number > session.capacity:
            session.capacity = number
            session.save(update_fields=["capacity"])
        seat = Seat.objects.create(
            session=session,
            participant=person,
            referral=referral,
            number=number,
            state=SeatState.PRESENT,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
        )
        by_id = by.pk if by else None
        journal.write([_recorded(seat, now, by_id)])
    return seat


def _shared_session(referral: Referral, starts_at: datetime) -> Session | None:
    """The group's session of that moment, locked, if it was recorded and can still grow."""
    here = Session.objects.filter(
        partner_id=referral.partner_id,
        service_id=referral.service_id,
        starts_at=starts_at,
        venue=None,
        state=SessionState.PLANNED,
    ).order_by("pk")
    for session in lock_sessions(here.values_list("pk", flat=True)):
        if _next_number(session) <= MAX_CAPACITY:
            return session
    return None


def _next_number(session: Session) -> int:
    """The lowest number that no active seat has: a seat released since leaves a gap."""
    taken = set(Seat.objects.active().filter(session=session).values_list("number", flat=True))
    return next(number for number in count(1) if number not in taken)


def _recorded(seat: Seat, now: datetime, by_id: int | None) -> JournalEntry:
    return seating.entry(seat, Verb.ATTENDANCE_RECORDED, at=now, by_id=by_id, history=True)
