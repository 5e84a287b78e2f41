"""What somebody at a desk does in the mixed scenario: looks at what is there, chooses, acts. Between
looking and acting others act too, and many of these attempts are refused for that."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from booking import actions
from booking.models import (
    Enrolment,
    Participant,
    Programme,
    Referral,
    Seat,
    Session,
    User,
    WaitingEntry,
)
from booking.models.programme import EnrolmentState, ProgrammeKind
from booking.models.seat import SeatState
from booking.models.waiting import WaitingState

Row = TypeVar("Row", bound=Model)
Act = Callable[[], object]


class NothingThere(LookupError):
    """There is nothing of this kind at the moment, so nothing to attempt."""


class Desk:
    """Each method looks, and returns the action to attempt."""

    def __init__(self, dice: random.Random, now: datetime) -> None:
        self.dice = dice
        self.now = now
        self.who: dict[str, Any] = {"by": User.objects.get(), "now": now}

    def one(self, rows: QuerySet[Row]) -> Row:
        found = list(rows.order_by("pk"))
        if not found:
            raise NothingThere
        return self.dice.choice(found)

    def _session(self) -> Session:
        """One that is taken seat by seat."""
        planned = Session.objects.filter(state="planned").select_related("service", "programme")
        return self.one(planned.exclude(programme__kind__in=_WHOLE))

    def _any_session(self) -> Session:
        return self.one(Session.objects.filter(state="planned").select_related("service"))

    def _person(self) -> Participant:
        return self.one(Participant.objects.all())

    def _seat(self) -> Seat:
        seats = Seat.objects.filter(state=SeatState.BOOKED, enrolment=None)
        return self.one(seats.select_related("session"))

    def _referral(self, person: Participant, partner_id: int) -> Referral | None:
        return person.referrals.filter(partner=partner_id).first()

    def take(self, overbook: str = "") -> Act:
        session, person = self._session(), self._person()
        return partial(
            actions.book_seat,
            **self.who,
            session=session,
            participant=person,
            referral=self._referral(person, session.partner_id),
            overbook=overbook,
            anyway=self.dice.random() < 0.5,
        )

    def overbook(self) -> Act:
        return self.take("one chair more")

    def release(self) -> Act:
        return partial(actions.release_seat, **self.who, seat=self._seat())

    def raise_or_lower(self) -> Act:
        return partial(
            actions.change_seats,
            **self.who,
            session=self._any_session(),
            capacity=self.dice.randint(1, 5),
            anyway=self.dice.random() < 0.7,
        )

    def raise_allowance(self) -> Act:
        return partial(
            actions.change_seats,
            **self.who,
            session=self._any_session(),
            allowance=self.dice.randint(0, 2),
            reason="one chair more",
        )

    def move_seat(self) -> Act:
        return partial(actions.move_seat, **self.who, seat=self._seat(), to=self._session())

    def swap(self) -> Act:
        return partial(
            actions.swap_seats, **self.who, first=self._seat(), second=self._seat(), anyway=True
        )

    def move_session(self) -> Act:
        session = self._any_session()
        leaders = None
        if self.dice.random() < 0.5:
            leaders = [self.one(session.partner.practitioners.all())]
        return partial(
            actions.move_session,
            **self.who,
            session=session,
            starts_at=session.starts_at + timedelta(hours=self.dice.randint(-2, 2)),
            venue=self.one(session.partner.venues.all()),
            practitioners=leaders,
            anyway=self.dice.random() < 0.5,
        )

    def cancel(self) -> Act:
        return partial(actions.cancel_session, **self.who, session=self._any_session())

    def open_another(self) -> Act:
        """Like one that was cancelled, so that the town keeps its sessions."""
        if Session.objects.filter(state="planned").count() > _MOST_SESSIONS:
            raise NothingThere
        gone = self.one(
            Session.objects.filter(state="cancelled").select_related(
                "service", "programme", "partner", "venue"
            )
        )
        return partial(
            actions.open_session,
            **self.who,
            partner=gone.partner,
            service=gone.service,
            venue=self.one(gone.partner.venues.all()),
            label=gone.label,
            starts_at=gone.starts_at,
            ends_at=gone.ends_at,
            capacity=self.dice.randint(2, 4),
            allowance=1,
            programme=gone.programme,
        )

    def join(self) -> Act:
        person = self._person()
        alone = self.dice.random() < 0.5
        target = self._session() if alone else self.one(Programme.objects.all())
        return partial(
            actions.join_waiting_list,
            **self.who,
            participant=person,
            session=target if isinstance(target, Session) else None,
            programme=target if isinstance(target, Programme) else None,
            referral=self._referral(person, target.partner_id),
        )

    def _waiting(self, state: WaitingState) -> WaitingEntry:
        entries = WaitingEntry.objects.filter(state=state)
        return self.one(entries.select_related("session", "programme"))

    def leave(self) -> Act:
        entry = self._waiting(WaitingState.WAITING)
        return partial(actions.leave_waiting_list, **self.who, waiting_entry=entry)

    def confirm(self) -> Act:
        entry = self._waiting(WaitingState.OFFERED)
        return partial(actions.confirm_offer, **self.who, waiting_entry=entry)

    def decline(self) -> Act:
        entry = self._waiting(WaitingState.OFFERED)
        return partial(actions.decline_offer, **self.who, waiting_entry=entry)

    def expire(self) -> Act:
        return partial(actions.serve_waiting_lists, now=self.now)

    def enrol(self) -> Act:
        person = self._person()
        programme = self.one(Programme.objects.filter(kind__in=_WHOLE))
        return partial(
            actions.enrol,
            **self.who,
            programme=programme,
            participant=person,
            referral=self._referral(person, programme.partner_id),
            overbook="one chair more" if self.dice.random() < 0.1 else "",
            anyway=self.dice.random() < 0.5,
        )

    def withdraw(self) -> Act:
        standing = Enrolment.objects.filter(state=EnrolmentState.ACTIVE)
        enrolment = self.one(standing.select_related("programme"))
        return partial(actions.withdraw, **self.who, enrolment=enrolment)


_MOST_SESSIONS = 36
_WHOLE = (ProgrammeKind.COURSE, ProgrammeKind.CLOSED_GROUP)
