"""Somebody who does whatever comes into their mind, with whatever rows are there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from booking import actions
from booking.errors import BookingError
from booking.models import (
    AvoidancePair,
    Enrolment,
    JournalEntry,
    Participant,
    Partner,
    Practitioner,
    Programme,
    Seat,
    Session,
    Venue,
    WaitingEntry,
)
from booking.models.journal import Verb
from sms.dispatch import dispatch_due
from sms.tasks import sweep
from tests import factories

_GROUP = "closed_group"


class NothingThere(BookingError):
    """No row to do this with."""


class Mind:
    """The whims of one process: the public methods. The same seed has the same whims, but what
    becomes of them depends on the others."""

    def __init__(self, seed: int, partner: Partner) -> None:
        self._random = Random(seed)  # noqa: S311 - whims
        self._partner = partner
        self._whims = [name for name in dir(self) if not name.startswith("_")]

    def __call__(self, _round: int) -> None:
        whim: Callable[[], None] = getattr(self, self._random.choice(self._whims))
        whim()

    def book(self) -> None:
        self._do(actions.book_seat, session=self._single(), participant=self._person(), anyway=True)

    def release(self) -> None:
        self._do(actions.release_seat, seat=self._seat())

    def release_again(self) -> None:
        self.release()

    def wait(self) -> None:
        self._do(actions.join_waiting_list, session=self._single(), participant=self._person())

    def wait_for_all(self) -> None:
        programme = self._one(Programme.objects.all())
        self._do(actions.join_waiting_list, programme=programme, participant=self._person())

    def leave(self) -> None:
        self._do(actions.leave_waiting_list, waiting_entry=self._entry("waiting"))

    def accept(self) -> None:
        self._do(actions.confirm_offer, waiting_entry=self._entry("offered"))

    def decline(self) -> None:
        self._do(actions.decline_offer, waiting_entry=self._entry("offered"))

    def move(self) -> None:
        self._do(actions.move_seat, seat=self._seat(), to=self._single(), anyway=True)

    def swap(self) -> None:
        self._do(actions.swap_seats, first=self._seat(), second=self._seat(), anyway=True)

    def resize(self) -> None:
        capacity = self._random.randint(1, 3)
        self._do(actions.change_seats, session=self._session(), capacity=capacity, anyway=True)

    def shift(self) -> None:
        session = self._session()
        start = session.starts_at + timedelta(hours=self._random.choice((-2, -1, 1, 2)))
        self._do(actions.move_session, session=session, starts_at=start, anyway=True)

    def hand_over(self) -> None:
        leader = self._one(Practitioner.objects.all())
        self._do(actions.move_session, session=self._session(), practitioners=[leader], anyway=True)

    def cancel(self) -> None:
        self._do(actions.cancel_session, session=self._session())
        self.open()

    def open(self) -> None:
        programme = self._random.choice([None, *Programme.objects.all()])
        day = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=6)
        start = day + timedelta(hours=self._random.randint(0, 60))
        leader = self._one(Practitioner.objects.all())
        factories.session(
            self._partner, start, capacity=1, programme=programme, practitioners=[leader]
        )

    def open_many(self) -> None:
        """Weekly, and then taken back as far as nobody came meanwhile."""
        programme = self._random.choice([None, *Programme.objects.all()])
        day = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=6)
        start = day + timedelta(hours=self._random.randint(0, 60))
        self._do(
            actions.open_sessions,
            partner=self._partner,
            service=factories.service(),
            venue=self._one(Venue.objects.filter(partner=self._partner)),
            label="Groupe B",
            starts=[start, start + timedelta(hours=self._random.randint(1, 30))],
            minutes=120,
            capacity=1,
            programme=programme,
            practitioners=[self._one(Practitioner.objects.filter(partner=self._partner))],
        )

    def discard(self) -> None:
        chosen = [self._session() for _ in range(2)]
        self._do(actions.discard_sessions, sessions=chosen)

    def cancel_morning(self) -> None:
        session, leader = self._session(), self._one(Practitioner.objects.all())
        times = {"starts_at": session.starts_at, "ends_at": session.ends_at}
        self._do(actions.cancel_morning, practitioner=leader, **times)

    def enrol(self) -> None:
        programme = self._one(Programme.objects.filter(kind=_GROUP))
        self._do(actions.enrol, programme=programme, participant=self._person(), anyway=True)

    def withdraw(self) -> None:
        enrolment = self._one(Enrolment.objects.filter(state="active"))
        self._do(actions.withdraw, enrolment=enrolment)

    def part(self) -> None:
        self._do(actions.keep_apart, first=self._person(), second=self._person())

    def let_meet(self) -> None:
        self._do(actions.let_meet, pair=self._one(AvoidancePair.objects.all()))

    def hide(self) -> None:
        self._do(actions.hide_from, participant=self._person(), partner=self._partner)

    def show(self) -> None:
        self._do(actions.show_to, participant=self._person(), partner=self._partner)

    def hold_back(self) -> None:
        until = self._random.choice((None, timezone.localdate() + timedelta(days=7)))
        self._do(actions.hold_back, participant=self._person(), until=until)

    def tick(self) -> None:
        later: datetime = timezone.now() + timedelta(hours=self._random.choice((0, 49)))
        actions.serve_waiting_lists(now=later)

    def merge(self) -> None:
        self._do(actions.merge, keep=self._person(), absorb=self._person())

    def unmerge(self) -> None:
        merges = JournalEntry.objects.filter(verb=Verb.PEOPLE_MERGED)
        self._do(actions.unmerge, entry=self._one(merges))

    def reserve(self) -> None:
        venue = self._one(Venue.objects.all())
        self._do(actions.reserve_venue, venue=venue, victims_only=self._random.random() < 0.3)

    def give_more(self) -> None:
        more = {"allowance": self._random.randint(0, 2), "reason": "Une chaise"}
        self._do(actions.change_seats, session=self._session(), **more)

    def squeeze(self) -> None:
        person = self._person()
        self._do(
            actions.book_seat, session=self._single(), participant=person, overbook="Une chaise"
        )

    def send_texts(self) -> None:
        noon = timezone.localtime().replace(hour=12) + timedelta(days=self._random.randint(1, 6))
        dispatch_due(noon)

    def plan_texts(self) -> None:
        sweep()

    def _do(self, action: Callable[..., object], **values: object) -> None:
        action(by=None, now=timezone.now(), **values)

    def _one(self, rows: QuerySet[Any]) -> Any:
        found = list(rows.order_by("pk"))
        if not found:
            raise NothingThere
        return self._random.choice(found)

    def _person(self) -> Participant:
        person: Participant = self._one(Participant.objects.all())
        return person

    def _session(self) -> Session:
        session: Session = self._one(Session.objects.filter(state="planned"))
        return session

    def _single(self) -> Session:
        planned = Session.objects.filter(state="planned")
        session: Session = self._one(planned.exclude(programme__kind=_GROUP))
        return session

    def _seat(self) -> Seat:
        seats = Seat.objects.filter(state="booked", enrolment=None)
        seat: Seat = self._one(seats.select_related("session"))
        return seat

    def _entry(self, state: str) -> WaitingEntry:
        entries = WaitingEntry.objects.filter(state=state)
        entry: WaitingEntry = self._one(entries.select_related("session", "programme"))
        return entry
