"""A rhythm's life in random steps, and what must hold after each of them, whatever came before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Model

from booking import actions
from booking.errors import BookingError
from booking.models import Seat, Session
from booking.models.session import SessionState
from calendars.actions import add_closure, change_rhythm, end_rhythm, lift_closure
from calendars.ending import Ending
from calendars.errors import DateRefused
from calendars.models import Closure, Rhythm, RhythmDate
from calendars.plan import Seated
from calendars.publish import publish
from calendars.recurrence import Recurrence, Weekday
from tests import factories
from tests.cast import Cast
from tests.factories import PARIS, paris

NOW = paris("2026-02-02 10:00")
_DAYS = list(Weekday)[:5]


class Life:
    """One rhythm, and what somebody decided about its dates."""

    def __init__(self, cast: Cast, made: Rhythm) -> None:
        self.cast, self.made = cast, made
        self.publish(0, 0)
        #: Session → what must stay so.
        self.decided: dict[int, dict[str, object]] = {}
        self.seats: list[Seat] = []
        self.steps: dict[str, Callable[[int, int], object]] = {
            name: getattr(self, name)
            for name in ("book", "cancel", "move", "resize", "change", "close", "lift", "publish")
        }

    def take(self, step: str, which: int, how: int) -> None:
        self.steps[step](which, how)
        self.check()

    # What somebody does.

    def coming(self) -> list[Session]:
        planned = Session.objects.filter(
            rhythm_date__rhythm=self.made, state=SessionState.PLANNED, starts_at__gt=NOW
        )
        return list(planned.order_by("starts_at", "pk"))

    def one(self, which: int) -> Session | None:
        coming = self.coming()
        return coming[which % len(coming)] if coming else None

    def book(self, which: int, how: int) -> None:
        session = self.one(which)
        if session is not None and session.has_room:
            person = factories.participant()
            seat = actions.book_seat(by=None, now=NOW, session=session, participant=person)
            self.seats.append(seat)

    def cancel(self, which: int, how: int) -> None:
        if (session := self.one(which)) is not None:
            actions.cancel_session(by=None, now=NOW, session=session)
            self.decided[session.pk] = {"state": SessionState.CANCELLED}

    def move(self, which: int, how: int) -> None:
        """Long before anything else begins on that day."""
        session = self.one(which)
        if session is None:
            return
        day = session.starts_at.astimezone(PARIS).date() + timedelta(days=how % 3)
        start = datetime.combine(day, time(5, which), PARIS)
        try:
            actions.move_session(by=None, now=NOW, session=session, starts_at=start)
        except BookingError:
            return  # Two were moved there.
        self.decided.setdefault(session.pk, {})["starts_at"] = start

    def resize(self, which: int, how: int) -> None:
        if (session := self.one(which)) is not None:
            size = session.capacity + 1 + how % 3
            actions.change_seats(by=None, now=NOW, session=session, capacity=size)
            self.decided.setdefault(session.pk, {})["capacity"] = size

    def change(self, which: int, how: int) -> None:
        """From a Monday on; everything or nothing."""
        days = (_DAYS[how % 5], _DAYS[(how + which) % 5])
        changes: list[dict[str, Any]] = [
            {"start": time(8 + how)},
            {"minutes": 60 + 30 * (how % 4)},
            {"recurrence": Recurrence(days, times=self.made.times)},
            {"recurrence": Recurrence(days[:1], every=1 + how % 2, times=self.made.times)},
            {"venue": factories.venue(self.cast.ours)},
            {"capacity": 3 + how % 4},
        ]
        values = changes[which % len(changes)]
        if self.made.slot_minutes and "capacity" in values:
            return
        monday = date(2026, 3, 2) + timedelta(weeks=which % 4)
        try:
            change_rhythm(
                by=None,
                now=NOW,
                rhythm=self.made,
                from_day=monday,
                seated=Seated.MOVE if how % 2 else Seated.KEEP,
                anyway=True,
                **values,
            )
        except DateRefused:
            pass
        except BookingError:
            assert self.reread().ended_on is not None
        self.reread()

    def close(self, which: int, how: int) -> None:
        start = paris("2026-03-02 00:00") + timedelta(days=which)
        closed = add_closure(
            by=None,
            now=NOW,
            name="Travaux",
            partner=self.cast.ours,
            starts_at=start,
            ends_at=start + timedelta(days=1 + how % 8),
            cancel_booked=how % 5 == 0,
        )
        if closed.cancelled:
            for session in closed.affected.sessions:
                self.decided[session.pk] = {"state": SessionState.CANCELLED}

    def lift(self, which: int, how: int) -> None:
        closure = Closure.objects.filter(lifted_at=None).first()
        if closure is not None:
            lift_closure(by=None, now=NOW, closure=closure)

    def end(self, which: int, how: int) -> None:
        try:
            done = end_rhythm(
                by=None,
                now=NOW,
                rhythm=self.made,
                from_day=date(2026, 3, 9) + timedelta(days=which),
                seated=Ending.CANCEL if how % 2 else Ending.KEEP,
                anyway=True,
            )
        except BookingError:
            return
        for session in done.cancelled:
            self.decided[session.pk] = {"state": SessionState.CANCELLED}
        gone = Session.objects.filter(state=SessionState.DISCARDED).values_list("pk", flat=True)
        for pk in set(self.decided) & set(gone):
            del self.decided[pk]  # Nobody sat there: it went with the rhythm.
        self.reread()

    def publish(self, which: int, how: int) -> None:
        publish(rhythm=self.made, now=NOW)
        self.reread()

    def reread(self) -> Rhythm:
        self.made = Rhythm.objects.get(pk=self.made.pk)
        return self.made

    # What must hold.

    def check(self) -> None:
        for session in Session.objects.filter(pk__in=self.decided):
            for name, value in self.decided[session.pk].items():
                assert getattr(session, name) == value, f"{session}: {name} is no longer {value}"
            assert RhythmDate.objects.filter(session=session).count() == 1
        for seat in self.seats:
            seat.refresh_from_db()
            session = Session.objects.get(pk=seat.session_id)
            gone = self.decided.get(session.pk, {}).get("state") == SessionState.CANCELLED
            assert seat.active == (not gone), f"{seat} is {seat.state}"
            assert seat.starts_at == session.starts_at
        self._dates()
        self._publishing_again_writes_nothing()

    def _dates(self) -> None:
        rows = list(self.made.dates.select_related("session"))
        if self.made.slot_minutes is None:
            assert max(Counter(row.day for row in rows).values(), default=1) == 1
        if self.made.times is None or self.made.ended_on is not None:
            return
        number = len({row.day for row in rows if _counts(row)})
        fixed = {row.day for row in rows if row.session_id in self._staying() and _counts(row)}
        # More only where somebody sits or has decided, and has to decide again.
        assert self.made.times <= number <= self.made.times + len(fixed), f"{number} dates"

    def _staying(self) -> set[int | None]:
        """What no publication may take back."""
        return {*self.decided, *(seat.session_id for seat in self.seats)}

    def _publishing_again_writes_nothing(self) -> None:
        before = _everything()
        publish(rhythm=self.made, now=NOW, until=self.made.published_until)
        assert _everything() == before


def _counts(row: RhythmDate) -> bool:
    if row.session is None:
        return row.why == "refused"
    return not (row.session.cancelled and row.why)


def _everything() -> list[list[dict[str, Any]]]:
    models: tuple[type[Model], ...] = (RhythmDate, Session, Rhythm, Seat)
    return [list(model._default_manager.order_by("pk").values()) for model in models]
