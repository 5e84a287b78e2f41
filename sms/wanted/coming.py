"""What somebody is told who is to come: once that they must, and then that it is soon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from booking.models import Seat
from booking.models.seat import SeatState
from sms import in_hand
from sms.hours import is_day_of_rest, paris_day, reminder_moment, within
from sms.models import Step, Text, TextState
from sms.policies import Rules
from sms.wanted.wish import Wanted, wish

if TYPE_CHECKING:
    from sms.wanted.people import Together

#: These say that somebody must come, and when and where.
_NEWS = frozenset({Step.SUMMONS, Step.CHANGED})
#: For so long a reminder would only say the same again.
_JUST = timedelta(hours=12)


def awaited(together: Together) -> list[Seat]:
    """The seats to which they are to come."""
    return [
        seat
        for seat in together.ahead()
        if seat.state == SeatState.BOOKED and not seat.session.cancelled
    ]


def summons(together: Together) -> Iterator[Wanted]:
    """One for all sittings, at once. Not where a human has taken over from one that failed."""
    seats = awaited(together)
    if not seats or any(_summoned(text, together) for text in together.texts):
        return
    # It may have had to wait for a working day, and a reminder not: that one has said it all.
    if any(in_hand.last(seat, together.texts) is None for seat in seats):
        yield wish(seats[0], Step.SUMMONS, seats[0].created_at)


def _summoned(text: Text, together: Together) -> bool:
    if text.step not in _NEWS:
        return False
    return together.failed(text) or in_hand.arrived(text)


def reminders(together: Together) -> Iterator[Wanted]:
    """The day before each sitting; some days before the first; some hours before where the partner
    wants it. None where a summons or a change has just said the same."""
    seats = {seat.pk: seat for seat in together.seats}
    for one in _reminders(together):
        if not _just_told(seats[one.seat_id], one.due_at, together):
            yield one


def _just_told(seat: Seat, at: datetime, together: Together) -> bool:
    """Whether a text of the same Paris day, or of the hours before `at`, told them of this seat as it
    is. A reminder is worth its text for the day on which it is read, and that one is read then."""
    for text in together.texts:
        if text.step not in _NEWS or text.state == TextState.BY_HAND or text.sent_at is None:
            continue
        was = in_hand.last(seat, [text])
        if was is not None and was.holds(seat):
            same_day = paris_day(text.sent_at) == paris_day(at)
            if same_day or at - _JUST < text.sent_at <= at:
                return True
    return False


def _reminders(together: Together) -> Iterator[Wanted]:
    first = next((seat for seat in together.seats if seat.active), None)
    for seat in awaited(together):
        rules = together.rules(seat)
        starts_at = seat.session.starts_at
        eve = reminder_moment(starts_at, days_before=1, at=rules.reminder_time)
        if seat is first and rules.week_before and _ahead(seat) >= rules.booked_ahead_days:
            early = reminder_moment(
                starts_at, days_before=rules.week_before_days, at=rules.reminder_time
            )
            # Once the eve's reminder is due, the early one would say the same again.
            yield wish(seat, Step.DAY7, early, expires_at=eve)
        yield wish(seat, Step.DAY1, eve)
        soon = starts_at - timedelta(hours=rules.hours_before)
        # Whoever booked this very day has just been told.
        if rules.hours_before and soon > eve and _ahead(seat) > 0 and _may_leave(soon, rules):
            yield wish(seat, Step.HOURS3, soon)


def _ahead(seat: Seat) -> int:
    """How many days ahead it was booked."""
    return (paris_day(seat.session.starts_at) - paris_day(seat.created_at)).days


def _may_leave(soon: datetime, rules: Rules) -> bool:
    return within(soon, rules) and not (rules.rest_days and is_day_of_rest(paris_day(soon)))
