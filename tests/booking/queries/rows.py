"""Rows that only reading cares for, written without the actions: any state, at any time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from booking.models import Enrolment, Participant, Partner, Programme, Seat, Session, WaitingEntry
from booking.models.partner import ServiceFamily
from booking.models.programme import EnrolmentState, ProgrammeKind
from booking.models.seat import SeatState
from booking.models.waiting import WaitingState
from tests import factories


def seat(
    session: Session, person: Participant, state: SeatState = SeatState.BOOKED, **fields: Any
) -> Seat:
    return Seat.objects.create(
        session=session,
        participant=person,
        state=state,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        **{"number": session.seats.count() + 1, **fields},
    )


def full(session: Session) -> Session:
    """Somebody else in every seat that is left."""
    for _n in range(session.capacity - session.seats.count()):
        seat(session, factories.participant())
    return session


def course(of: Partner, *starts: datetime, **fields: Any) -> Programme:
    """A course of one sitting for each start, for 2 people unless told."""
    return series(of, *starts, kind=ProgrammeKind.COURSE, **fields)


def series(
    of: Partner, *starts: datetime, kind: ProgrammeKind, capacity: int = 2, **fields: Any
) -> Programme:
    family = ServiceFamily.COURSE if kind == ProgrammeKind.COURSE else ServiceFamily.GROUP
    made = factories.programme(of, kind, service=factories.service(family), **fields)
    for start in starts:
        bare(of, start, service=made.service, programme=made, capacity=capacity)
    return made


def bare(of: Partner, start: datetime, **fields: Any) -> Session:
    """A session at any time, also in the past."""
    values: dict[str, Any] = {
        "service": factories.service(),
        "venue": of.venues.first() or factories.venue(of),
        "label": "Groupe B",
        "capacity": 8,
        "ends_at": start + timedelta(hours=2),
        "changed_at": timezone.now(),
        **fields,
    }
    return Session.objects.create(partner=of, starts_at=start, **values)


def enrolled(
    programme: Programme,
    person: Participant,
    state: SeatState = SeatState.BOOKED,
    **fields: Any,
) -> Enrolment:
    held = EnrolmentState.OFFERED if state == SeatState.HELD else EnrolmentState.ACTIVE
    made = Enrolment.objects.create(programme=programme, participant=person, state=held, **fields)
    for session in programme.sessions.all():
        seat(session, person, state, enrolment=made)
    return made


def waits(
    target: Session | Programme,
    person: Participant,
    state: WaitingState = WaitingState.WAITING,
    **fields: Any,
) -> WaitingEntry:
    what = {"session": target} if isinstance(target, Session) else {"programme": target}
    return WaitingEntry.objects.create(
        participant=person, state=state, joined_at=timezone.now(), **what, **fields
    )
