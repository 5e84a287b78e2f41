from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from booking import access, cancelling, carrying, changing, journal, offers, seating, waiting
from booking.errors import BookingError, Busy, Invalid, Misfit, TooLate
from booking.holding import Held, hold
from booking.labels import refuse_telling
from booking.locking import lock_practitioners, lock_sessions, writing
from booking.models import (
    Assignment,
    Enrolment,
    Partner,
    Practitioner,
    Programme,
    Seat,
    Service,
    Session,
    Venue,
)
from booking.models.journal import Verb
from booking.models.programme import STANDING_STATES, EnrolmentState
from booking.models.seat import SeatState
from booking.once import once


@once
def open_session(
    *,
    by: access.Actor,
    now: datetime,
    partner: Partner,
    service: Service,
    venue: Venue,
    label: str,
    starts_at: datetime,
    ends_at: datetime,
    capacity: int,
    allowance: int = 0,
    pause_minutes: int = 0,
    programme: Programme | None = None,
    practitioners: Iterable[Practitioner] = (),
    anyway: bool = False,
    key: str = "",
) -> Session:
    """Open one session. `starts_at` and `ends_at` are aware instants, at most 24 hours apart;
    `pause_minutes` of them are a break, which a course's six hours do not count.

    Whoever is enrolled in the programme is seated too, or nothing is opened and CannotCarry says
    who could not come along and why. Whoever waits for an evening of the open group is offered a
    seat. Raises NotAllowed, PractitionerBusy, Busy, Invalid when a value makes no sense, also for a
    course beyond 6 hours a day or a month (Code pénal R131-36).
    """
    access.must_manage(by, partner.pk)
    leaders = sorted(set(practitioners), key=lambda practitioner: practitioner.pk)
    refuse_telling(label, service)
    if not partner.services.filter(pk=service.pk).exists():
        raise Invalid(_("This partner does not offer this service."))
    if programme is not None and programme.service_id != service.pk:
        raise Invalid(_("A session has the service of its programme."))
    changing.refuse_times(starts_at, ends_at, pause_minutes)
    changing.refuse_size(capacity, allowance)
    changing.refuse_foreign(partner, venue, leaders, programme)
    # Wall-clock arithmetic would lose an hour twice a year.
    starts_at, ends_at = starts_at.astimezone(UTC), ends_at.astimezone(UTC)
    by_id = by.pk if by else None
    with writing():
        lock_practitioners(leader.pk for leader in leaders)
        held, enrolled = _hold(programme, now)
        changing.refuse_busy(leaders, starts_at, ends_at)
        changing.refuse_long_course(programme, starts_at, ends_at, pause_minutes=pause_minutes)
        session = Session.objects.create(
            partner=partner,
            service=service,
            venue=venue,
            programme=programme,
            label=label,
            starts_at=starts_at,
            ends_at=ends_at,
            pause_minutes=pause_minutes,
            capacity=capacity,
            allowance=allowance,
            changed_at=now,
        )
        # As the venue, the partner and the service are now, not as the caller read them.
        [session] = lock_sessions([session.pk])
        Assignment.objects.bulk_create(
            Assignment(session=session, practitioner=leader, starts_at=starts_at, ends_at=ends_at)
            for leader in leaders
        )
        held.seatmap.add(session)
        held.sessions[session.pk] = session
        if enrolled and starts_at <= now:
            raise TooLate
        carried = _carry(held, session, enrolled, by=by, anyway=anyway)
        offers.end_in_time(session)
        facts = {
            "starts_at": starts_at.isoformat(),
            "ends_at": ends_at.isoformat(),
            "capacity": capacity,
            "allowance": allowance,
        }
        entries = [cancelling.of_session(session, Verb.SESSION_OPENED, now, by_id, **facts)]
        for seat in carried:
            offered = seat.state == SeatState.HELD
            verb = Verb.SEAT_OFFERED if offered else Verb.SEAT_BOOKED
            entries.append(seating.entry(seat, verb, at=now, by_id=by_id))
        journal.write([*entries, *waiting.serve(held, now=now)])
    return session


def _hold(programme: Programme | None, now: datetime) -> tuple[Held, list[Enrolment]]:
    """The programme, its people, and who waits for it."""
    if programme is None:
        return hold(now=now), []
    standing = Enrolment.objects.filter(programme=programme, state__in=STANDING_STATES)
    people = set(standing.values_list("participant_id", flat=True))
    held = hold(now=now, programmes=[programme.pk], people=people)
    # With the programme locked nobody enrols: this is who is enrolled. Somebody who came in just
    # before the lock is not held.
    enrolled = list(standing.select_related("referral").order_by("pk"))
    if any(one.participant_id not in held.people for one in enrolled):
        raise Busy
    return held, enrolled


def _carry(
    held: Held,
    session: Session,
    enrolled: list[Enrolment],
    *,
    by: access.Actor,
    anyway: bool,
) -> list[Seat]:
    """Everybody who is enrolled sits in a session that is added too: every session or none."""
    seats, misfits = [], []
    for one in enrolled:
        person = held.people[one.participant_id]
        active = one.state == EnrolmentState.ACTIVE
        try:
            seat = seating.take(
                held.seatmap,
                session,
                person,
                state=SeatState.BOOKED if active else SeatState.HELD,
                referral=one.referral,
                enrolment=one,
                anyway=anyway,
            )
        except BookingError as reason:
            misfits.append(Misfit(person, reason))
        else:
            seats.append(seat)
    carrying.refuse_misfits(by, misfits)
    return Seat.objects.bulk_create(seats)
