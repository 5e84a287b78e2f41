"""Two sessions on one day are one text: what leaves together, and what one waits for. No query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from booking.models import Seat
from booking.models.seat import SeatState
from sms import in_hand
from sms.hours import ANY_DAY, next_opening, paris_day
from sms.models import Step, Text, TextState
from sms.picture import Picture
from sms.wanted import Wanted
from sms.wanted.wish import Key

#: These speak of the first session only: who comes to it is there for the next.
FIRST_ONLY = frozenset({Step.HOURS3, Step.MISSED})
#: Sessions so far apart are each reminded of on the day itself.
_APART = timedelta(hours=3)
#: They wait some minutes, in case it was a mistake: the one does not take the other along before.
_HELD = frozenset({Step.CHANGED, Step.CANCELLED, Step.MISSED})


@dataclass(frozen=True, slots=True)
class Company:
    """`seats` are those of which it speaks, the one in whose name it speaks first."""

    seats: tuple[Seat, ...] = ()
    followers: tuple[int, ...] = ()
    waits_until: datetime | None = None


def company(text: Text, seen: Picture, wishes: Mapping[Key, Wanted], now: datetime) -> Company:
    """What leaves with this text: the same step, about the same day, of the same person and partner,
    not handed over yet and still true."""
    seats = {seat.pk: seat for seat in seen.seats}
    own = seats[text.seat_id]
    others = [
        other
        for other in seen.texts
        if other.pk != text.pk
        and other.step == text.step
        and _waits(other)
        and other.expires_at > now
        and _key(other) in wishes
        and _alike(own, seats[other.seat_id], Step(text.step), seen)
    ]
    if text.step in _HELD:
        if (until := _patience(text, own, others, seen, wishes, now)) is not None:
            return Company(waits_until=until)
        others = [other for other in others if wishes[_key(other)].due_at <= now]
    together = [own, *(seats[other.seat_id] for other in others)]
    if text.step in FIRST_ONLY:
        spoken_of = [min(together, key=_start)]
    else:
        spoken_of = [one for seat in together for one in _speaks_of(seat, Step(text.step), seen)]
    return Company(tuple(dict.fromkeys(spoken_of)), tuple(other.pk for other in others))


def _key(text: Text) -> Key:
    return text.seat_id, text.step, text.revision


def _waits(text: Text) -> bool:
    return text.state == TextState.PLANNED or (text.state == TextState.CLAIMED and not text.to)


def _start(seat: Seat) -> tuple[datetime, int]:
    return seat.session.starts_at, seat.pk


def _alike(one: Seat, other: Seat, step: Step, seen: Picture) -> bool:
    if (one.participant_id, one.session.partner_id) != (
        other.participant_id,
        other.session.partner_id,
    ):
        return False
    if step == Step.HOURS3 and abs(one.session.starts_at - other.session.starts_at) >= _APART:
        return False
    return _day(one, step, seen) == _day(other, step, seen)


def _day(seat: Seat, step: Step, seen: Picture) -> date:
    """The day that the text is about; of a cancellation, the one that was told."""
    was = in_hand.last(seat, seen.texts, offered=True) if step == Step.CANCELLED else None
    return paris_day(was.starts_at if was and was.starts_at else seat.session.starts_at)


def _patience(
    text: Text,
    own: Seat,
    others: list[Text],
    seen: Picture,
    wishes: Mapping[Key, Wanted],
    now: datetime,
) -> datetime | None:
    """Until when to wait for what is still held, once, and only as long as it does no harm."""
    rules = seen.rules(own)
    held = timedelta(minutes=rules.missed_after_minutes) if text.step == Step.MISSED else rules.held
    last = wishes[_key(text)].due_at + held
    waits = [at for other in others if now < (at := wishes[_key(other)].due_at) <= last]
    if not waits:
        return None
    leaves = next_opening(max(waits), any_day=text.step in ANY_DAY, rules=rules)
    return max(waits) if leaves == max(waits) and leaves < text.expires_at else None


def _speaks_of(seat: Seat, step: Step, seen: Picture) -> list[Seat]:
    """A summons and an offer speak of every coming sitting of the whole, this one first."""
    of_whole = {Step.SUMMONS: SeatState.BOOKED, Step.OFFER: SeatState.HELD}
    if step not in of_whole or seat.enrolment_id is None:
        return [seat]
    return [
        one
        for one in seen.seats
        if one.enrolment_id == seat.enrolment_id
        and one.state == of_whole[step]
        and one.starts_at >= seat.starts_at
        and not one.session.cancelled
    ]
