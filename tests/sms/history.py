"""A person's history, made up: booked, moved, cancelled, lost and found again, in any order, while time
passes and texts leave or do not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from random import Random

import time_machine
from django.utils import timezone

from booking import actions, journal, seating
from booking.errors import BookingError
from booking.models import Enrolment, Participant, Seat, Session, WaitingEntry
from booking.models.journal import Verb
from booking.models.programme import EnrolmentState, ProgrammeKind
from booking.models.seat import SeatState
from booking.models.session import SessionState
from booking.models.waiting import WaitingState
from sms import outcomes
from sms.actions import note_told, set_text_policy
from sms.dispatch import dispatch_due
from sms.models import How, Text, TextState
from tests import factories
from tests.cast import Cast
from tests.factories import paris

#: Codes of failures: a bad number, somebody who said STOP, a phone that was off.
_CODES = ("30005", "21610", "30003")
_PASSES = (1, 4, 6, 30, 90, 600, 1440, 3 * 1440)


class History:
    """`steps` are its verbs; each does something, or is refused."""

    def __init__(self, cast: Cast, random: Random, clock: time_machine.Traveller) -> None:
        self.cast, self.random, self.clock = cast, random, clock
        self.person = cast.hamel
        # Shorter than the gaps between them, so that two fit into one day.
        for day in (17, 18, 27, 31):
            for hour in (10, 14):
                for partner in (cast.ours, cast.theirs):
                    start = paris(f"2026-03-{day} {hour}:00")
                    half_an_hour = start + timedelta(minutes=30)
                    factories.session(partner, start, ends_at=half_an_hour, capacity=3)
        self.course = factories.programme(cast.ours, ProgrammeKind.COURSE)
        for day in (24, 25):
            factories.session(cast.ours, paris(f"2026-03-{day} 09:00"), programme=self.course)
        self.did: list[str] = []

    @property
    def now(self) -> datetime:
        return timezone.now()

    def go_on(self) -> None:
        step = self.random.choice(self.steps)
        try:
            step(self)
        except BookingError as refusal:
            self.did.append(f"{step.__name__}: {type(refusal).__name__}")
        else:
            self.did.append(f"{step.__name__} {self.now:%d %H:%M}")

    def person_now(self) -> Participant:
        return Participant.objects.get(pk=self.person.pk)

    def seats(self, *states: SeatState) -> list[Seat]:
        theirs = Seat.objects.filter(
            participant=self.person, state__in=states or (SeatState.BOOKED,)
        )
        return list(theirs.select_related("session").order_by("pk"))

    def sessions(self) -> list[Session]:
        planned = Session.objects.filter(state=SessionState.PLANNED, starts_at__gt=self.now)
        return list(planned.filter(programme=None).order_by("pk"))

    def book(self) -> None:
        session = self.random.choice(self.sessions())
        actions.book_seat(by=None, now=self.now, session=session, participant=self.person)

    def enrol(self) -> None:
        actions.enrol(by=None, now=self.now, programme=self.course, participant=self.person)

    def withdraw(self) -> None:
        for enrolment in Enrolment.objects.filter(state=EnrolmentState.ACTIVE):
            actions.withdraw(by=None, now=self.now, enrolment=enrolment)

    def wait(self) -> None:
        session = self.random.choice(self.sessions())
        actions.join_waiting_list(by=None, now=self.now, participant=self.person, session=session)

    def answer_offer(self) -> None:
        for entry in WaitingEntry.objects.filter(state=WaitingState.OFFERED):
            answer = self.random.choice((actions.confirm_offer, actions.decline_offer))
            answer(by=None, now=self.now, waiting_entry=entry)

    def serve(self) -> None:
        actions.serve_waiting_lists(now=self.now)

    def move_session(self) -> None:
        """Also back to where it was, for there are few places to go."""
        for seat in self.random.sample(seats, 1) if (seats := self.seats()) else []:
            hour = self.random.choice((10, 14))
            start = seat.session.starts_at.astimezone(factories.PARIS).replace(hour=hour)
            start += timedelta(days=self.random.choice((-1, 0, 0, 1)))
            actions.move_session(by=None, now=self.now, session=seat.session, starts_at=start)

    def move_seat(self) -> None:
        for seat in self.random.sample(seats, 1) if (seats := self.seats()) else []:
            to = self.random.choice(self.sessions())
            actions.move_seat(by=None, now=self.now, seat=seat, to=to)

    def cancel(self) -> None:
        held = self.seats(SeatState.BOOKED, SeatState.HELD)
        for seat in self.random.sample(held, 1) if held else []:
            actions.cancel_session(by=None, now=self.now, session=seat.session)

    def release(self) -> None:
        for seat in self.random.sample(seats, 1) if (seats := self.seats()) else []:
            actions.release_seat(by=None, now=self.now, seat=seat)

    def lose_number(self) -> None:
        actions.report_wrong_number(by=None, now=self.now, participant=self.person_now())

    def find_number(self) -> None:
        number = f"06 39 98 {self.random.randint(10, 19)} 00"
        actions.change_phone(
            by=None, now=self.now, participant=self.person, phone=number, anyway=True
        )
        actions.confirm_phone(by=None, now=self.now, participant=self.person, anyway=True)

    def confirm_number(self) -> None:
        actions.confirm_phone(by=None, now=self.now, participant=self.person, anyway=True)

    def refuse_or_allow(self) -> None:
        """Less often the one than the other."""
        if self.person_now().texts_refused or self.random.random() < 0.5:
            actions.allow_texts(by=self.cast.coordinator, now=self.now, participant=self.person)
        else:
            actions.refuse_texts(by=None, now=self.now, participant=self.person)

    def hold_back(self) -> None:
        days = self.random.choice((None, None, 1, 9))
        until = None if days is None else (self.now + timedelta(days=days)).date()
        actions.hold_back(by=None, now=self.now, participant=self.person, until=until)

    def change_rules(self) -> None:
        set_text_policy(
            by=None,
            now=self.now,
            partner=self.random.choice((self.cast.ours, self.cast.theirs)),
            hours_before=self.random.choice((None, 0, 2, 3)),
            reminder_time=self.random.choice((None, time(8), time(17))),
            held_minutes=self.random.choice((None, 5, 30)),
            week_before=self.random.choice((None, False)),
            daily_cap=self.random.choice((6, 6, 2)),
        )

    def miss(self) -> None:
        """Of those that are over: not always a mistake."""
        over = [seat for seat in self.seats() if seat.starts_at < self.now]
        for seat in over[:1]:
            seat.state = self.random.choice((SeatState.UNEXCUSED, SeatState.PRESENT))
            seat.save(update_fields=["state"])
            verb = Verb.ATTENDANCE_RECORDED
            journal.write([seating.entry(seat, verb, at=self.now, by_id=None)])

    def tell(self) -> None:
        for seat in self.random.sample(seats, 1) if (seats := self.seats()) else []:
            note_told(by=None, now=self.now, seat=seat, how=How.CALL)

    def fail(self) -> None:
        """The provider says so, some time later."""
        for text in Text.objects.filter(state=TextState.SENT, leader=None).order_by("-pk")[:1]:
            outcomes.apply(
                text_id=text.pk,
                provider_id=text.provider_id,
                state=TextState.FAILED,
                code=self.random.choice(_CODES),
                at=self.now,
                now=self.now,
            )

    def pass_time(self) -> None:
        self.clock.shift(timedelta(minutes=self.random.choice(_PASSES)))

    def send(self) -> None:
        """What leaves at one moment left in one round."""
        dispatch_due(self.now)
        self.clock.shift(timedelta(seconds=1))

    steps: tuple[Callable[[History], None], ...] = (
        *(book, book, book, book, enrol, withdraw, wait, wait, answer_offer, serve),
        *(move_session, move_session, move_session, move_session, move_seat, move_seat, cancel),
        *(release, lose_number, find_number, find_number, confirm_number, refuse_or_allow),
        *(hold_back, change_rules, miss, tell, fail),
        *(pass_time, pass_time, pass_time, pass_time, send, send, send, send, send, send),
    )
