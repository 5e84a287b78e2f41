"""What will leave today and tomorrow, and whether it is still right to send it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from booking import access
from booking.models.seat import SeatState
from booking.reach import why_no_text
from sms.hours import day_bounds, paris_day
from sms.models import Step, Text, TextState
from sms.queries.outbox import visible

_FITS = {
    Step.CANCELLED: SeatState.CANCELLED,
    Step.MISSED: SeatState.UNEXCUSED,
    Step.OFFER: SeatState.HELD,
}


@dataclass(frozen=True)
class Batch:
    """What leaves at one time for one reason."""

    due_at: datetime
    step: Step
    texts: list[Text]

    @property
    def label(self) -> str:
        return str(self.step.label)

    @property
    def count(self) -> int:
        """Two sessions of one person on one day are one text."""
        return len({_one_text(text) for text in self.texts})


@dataclass(frozen=True)
class Day:
    """One Paris day's texts, in order of time."""

    date: date
    batches: list[Batch]

    @property
    def count(self) -> int:
        return sum(batch.count for batch in self.batches)

    @property
    def first(self) -> datetime | None:
        return self.batches[0].due_at if self.batches else None

    @property
    def last(self) -> datetime | None:
        return self.batches[-1].due_at if self.batches else None

    @property
    def doubtful(self) -> list[Text]:
        """Those that will not leave as things stand; the planner or the last check takes them
        back."""
        return [text for batch in self.batches for text in batch.texts if not stands(text)]


def stands(text: Text) -> bool:
    """Whether what it says is still so: the place, its time, and a number that takes texts. Looked at
    again as it leaves."""
    seat, session, step = text.seat, text.seat.session, Step(text.step)
    if why_no_text(seat.participant) is not None:
        return False
    if step == Step.ANSWER:
        return True
    current = text.revision == session.revision
    there = session.cancelled == (step == Step.CANCELLED)
    return current and there and seat.state == _FITS.get(step, SeatState.BOOKED)


def planned(
    user: access.Reader, now: datetime, partners: Collection[int] | None = None
) -> tuple[Day, Day]:
    """What is left of today, what is overdue included, and tomorrow. One query."""
    today = paris_day(now)
    tomorrow = today + timedelta(days=1)
    texts = visible(user, partners).filter(
        state=TextState.PLANNED, due_at__lt=day_bounds(tomorrow)[1]
    )
    rows = texts.select_related("seat__participant", "seat__session__partner")
    by_day: dict[date, list[Text]] = {today: [], tomorrow: []}
    for text in rows.order_by("due_at", "step", "seat__starts_at", "pk"):
        by_day[max(today, paris_day(text.due_at))].append(text)
    return _day(today, by_day[today]), _day(tomorrow, by_day[tomorrow])


def _day(day: date, texts: list[Text]) -> Day:
    # To the minute: what is held for some minutes after a change is due at any second.
    groups = groupby(texts, key=lambda one: (one.due_at.replace(second=0, microsecond=0), one.step))
    return Day(day, [Batch(at, Step(step), list(rows)) for (at, step), rows in groups])


def _one_text(text: Text) -> tuple[int, int, str, date]:
    session = text.seat.session
    return text.seat.participant_id, session.partner_id, text.step, paris_day(session.starts_at)
