"""What the races are about: evenings that are full, people who sit there, people who wait."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from booking import actions
from booking.models import Enrolment, Participant, Partner, Programme, Seat, Session, WaitingEntry
from booking.models.programme import ProgrammeKind
from tests import factories

#: Days ahead of the first evening: far enough for an offer to be made.
FIRST_DAY = 5


def evening(of: Partner, day: int = 0, *, capacity: int = 1, **fields: Any) -> Session:
    """Two hours, `day` days after the first day."""
    start = timezone.now().replace(minute=0, second=0, microsecond=0)
    start += timedelta(days=FIRST_DAY + day)
    return factories.session(of, start, capacity=capacity, **fields)


def people(number: int) -> list[Participant]:
    return [factories.participant() for _ in range(number)]


def book(session: Session, person: Participant | None = None) -> Seat:
    return actions.book_seat(
        by=None,
        now=timezone.now(),
        session=session,
        participant=person or factories.participant(),
    )


def wait(target: Session | Programme, person: Participant | None = None) -> WaitingEntry:
    """On the list; with an offer at once where there is room."""
    what: dict[str, Any] = (
        {"session": target} if isinstance(target, Session) else {"programme": target}
    )
    return actions.join_waiting_list(
        by=None, now=timezone.now(), participant=person or factories.participant(), **what
    )


def full(of: Partner, day: int = 0, *, waiting: int = 0, **fields: Any) -> tuple[Session, Seat]:
    """An evening with one seat, which is taken, and so many who wait for it."""
    session = evening(of, day, **fields)
    seat = book(session)
    for _ in range(waiting):
        wait(session)
    return session, seat


def course(
    of: Partner, *, day: int = 0, days: int = 2, capacity: int = 1
) -> tuple[Programme, list[Session]]:
    """A closed group, one evening a day from `day` on."""
    made = factories.programme(of, ProgrammeKind.CLOSED_GROUP)
    return made, [evening(of, day + n, capacity=capacity, programme=made) for n in range(days)]


def enrol(programme: Programme, person: Participant | None = None) -> Enrolment:
    return actions.enrol(
        by=None,
        now=timezone.now(),
        programme=programme,
        participant=person or factories.participant(),
    )
