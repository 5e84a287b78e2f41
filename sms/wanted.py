"""Which texts ought to exist: rows in, wishes out. No query, no clock of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from booking import phones
from booking.models import Participant, Seat
from booking.models.person import PhoneState
from booking.models.seat import SeatState
from sms import in_hand
from sms.hours import paris_day, reminder_moment
from sms.models import TOLD, Step, Text, TextState

#: A third of wrong cancellations are undone within a minute, half within five (domain.md).
HELD = timedelta(minutes=5)
#: A reminder a week before makes sense only when the summons is older than that (domain.md).
BOOKED_AHEAD = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text that ought to exist."""

    seat_id: int
    step: Step
    revision: int
    due_at: datetime
    expires_at: datetime

    @property
    def key(self) -> tuple[int, str, int]:
        return self.seat_id, self.step, self.revision


def reachable(person: Participant) -> bool:
    """Whether a text may be sent to this person at all; the others are called or written to."""
    return (
        person.phone_state == PhoneState.CONFIRMED
        and not person.texts_refused
        and phones.can_receive_texts(person.phone)
    )


def wanted_texts(seats: list[Seat], texts: list[Text], now: datetime) -> Iterator[Wanted]:
    """The texts that ought to exist, past reminders included: those keep a row, but get none."""
    by_seat: dict[int, list[Text]] = defaultdict(list)
    for text in texts:
        by_seat[text.carried_to_id or text.seat_id].append(text)
    groups: dict[tuple[str, int], list[Seat]] = defaultdict(list)
    for seat in seats:
        group = ("one", seat.pk) if seat.enrolment_id is None else ("whole", seat.enrolment_id)
        groups[group].append(seat)
    for together in groups.values():
        # The last, for what is to come: a first sitting may have stayed with a merged record.
        if reachable(together[-1].participant):
            yield from _for_one_person(
                together, [text for seat in together for text in by_seat[seat.pk]], now
            )


def _for_one_person(seats: list[Seat], texts: list[Text], now: datetime) -> Iterator[Wanted]:
    """One seat, or every seat of one enrolment in order of time: one summons for the whole, a
    reminder for each sitting, D-7 only before the first. Whoever has another time or place in hand
    gets a change, and no summons that would leave the old one standing."""
    told = any(text.step != Step.CANCELLED and text.state in TOLD for text in texts)
    ahead = [seat for seat in seats if seat.session.starts_at > now]
    coming = [s for s in ahead if s.state == SeatState.BOOKED and not s.session.cancelled]
    first = next((seat for seat in seats if seat.active), None)
    changes = {seat.pk: one for seat in coming if (one := _change(seat, texts)) is not None}
    yield from changes.values()
    if coming and not changes and not any(map(_summons, texts)):
        yield _wanted(coming[0], Step.SUMMONS, now)
    for seat in coming:
        yield from _reminders(seat, changes.get(seat.pk), week_before_too=seat is first)
    for seat in ahead if told else []:
        if seat.state == SeatState.CANCELLED and seat.session.cancelled:
            due_at = seat.session.changed_at + HELD
            ends = _news_until(seat, in_hand.last(seat, texts), due_at)
            yield _wanted(seat, Step.CANCELLED, due_at, ends)


def _reminders(seat: Seat, change: Wanted | None, *, week_before_too: bool) -> Iterator[Wanted]:
    """Those after the change, if one is wanted: before it they would say the new time without a
    word of the old one."""
    starts_at = seat.session.starts_at
    eve = reminder_moment(starts_at, days_before=1)
    early = paris_day(starts_at) - paris_day(seat.created_at) >= BOOKED_AHEAD
    # Once the eve's reminder is due, the one of the week before would say the same again.
    wanted = []
    if week_before_too and early:
        week_before = reminder_moment(starts_at, days_before=7)
        wanted.append(_wanted(seat, Step.DAY7, week_before, expires_at=eve))
    wanted.append(_wanted(seat, Step.DAY1, eve))
    yield from (one for one in wanted if change is None or one.due_at > change.due_at)


def _summons(text: Text) -> bool:
    """Whether it summoned the person, or was an attempt that failed: a human takes over, and the
    next sitting does not try again. An attempt for a seat that they left is nobody's task."""
    if text.step not in {Step.SUMMONS, Step.CHANGED}:
        return False
    failed = text.state == TextState.FAILED and text.carried_to_id is None
    return failed or in_hand.arrived(text)


def _change(seat: Seat, texts: list[Text]) -> Wanted | None:
    """Wanted while the person has another time or place in hand; held like a cancellation, from
    the last change of the session or of the person's seat."""
    was = in_hand.last(seat, texts)
    if was is None or was.holds(seat):
        return None
    due_at = max(seat.session.changed_at, seat.created_at) + HELD
    return _wanted(seat, Step.CHANGED, due_at, _news_until(seat, was, due_at))


def _news_until(seat: Seat, was: in_hand.Told | None, due_at: datetime) -> datetime:
    """Not after the hour at which the person would come for nothing: then somebody must call."""
    start = seat.session.starts_at
    if was is None or was.starts_at is None or was.starts_at <= due_at:
        return start
    return min(start, was.starts_at)


def _wanted(seat: Seat, step: Step, due_at: datetime, expires_at: datetime | None = None) -> Wanted:
    start = seat.session.starts_at
    return Wanted(seat.pk, step, seat.session.revision, due_at, expires_at or start)
