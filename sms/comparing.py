"""What ought to exist beside what exists: rows in, a difference out. No query.

A wish says the same at each look; so a row that waits and whose wish says another thing is out of
date, and nothing else moves a row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sms import in_hand
from sms.models import Step, Text, TextState
from sms.picture import Picture
from sms.wanted import Wanted, undone

_NEWS = frozenset({Step.CHANGED, Step.CANCELLED})
#: At once, however late the wish. When no text can say them in time, somebody must call.
_AT_ONCE = _NEWS | {Step.SUMMONS, Step.OFFER}
#: How long after its time a text may still be written anew: a change that is undone leaves the
#: reminders as they would have been. The eve's is worth something until the start.
_LATE = timedelta(hours=1)


@dataclass(slots=True)
class Difference:
    """`missing` are to be written, `obsolete` to be given up; `moved` wait for another time."""

    missing: list[Text] = field(default_factory=list)
    obsolete: list[int] = field(default_factory=list)
    moved: list[Text] = field(default_factory=list)

    def due(self, now: datetime) -> bool:
        return any(
            text.state == TextState.PLANNED and text.due_at <= now
            for text in (*self.missing, *self.moved)
        )


def compare(picture: Picture, now: datetime) -> Difference:
    wishes = picture.wishes(now)
    found = Difference()
    there = set()
    for text in picture.texts:
        if text.state == TextState.VOID or text.step == Step.ANSWER:
            continue
        key = (text.seat_id, text.step, text.revision)
        wish = wishes.get(key)
        verdict = _over(text, wish, picture, now)
        if verdict:
            found.obsolete.append(text.pk)
            continue
        there.add(key)
        if wish is not None and text.state == TextState.PLANNED and _differs(text, wish):
            _follow(text, wish, now)
            found.moved.append(text)
    found.missing = [
        _row(wish, now)
        for key, wish in wishes.items()
        if key not in there and _worth_a_row(wish, picture, now)
    ]
    return found


def _over(text: Text, wish: Wanted | None, picture: Picture, now: datetime) -> bool:
    """Whether this row makes room: for nothing, or for the same text once more."""
    if wish is None:
        if text.state == TextState.EXPIRED:
            # News that is none any more is nobody's task.
            return text.step in _NEWS and text.expires_at > now
        return text.state == TextState.PLANNED and not _only_late(text, picture, now)
    useful = _worth_a_row(wish, picture, now)
    match text.state:
        case TextState.PLANNED:
            # What is never in time is written anew as such: a task for a human.
            never = wish.due_at >= wish.expires_at
            return never or (_differs(text, wish) and not (useful and _in_time(wish, now)))
        case TextState.EXPIRED:
            # The day from which somebody can come was moved, or their offer was: in time again.
            again = text.wanted_at is not None and _differs(text, wish)
            return again and useful and _in_time(wish, now)
        case TextState.FAILED:
            seat = next(seat for seat in picture.seats if seat.pk == text.seat_id)
            return undone(text, seat.participant) and useful and _in_time(wish, now)
    return False


def _only_late(text: Text, picture: Picture, now: datetime) -> bool:
    """What only became too late is not obsolete: dispatch calls it expired, for a human."""
    return text.expires_at <= now and picture.wished_to_the_end(text)


def _differs(text: Text, wish: Wanted) -> bool:
    return (text.wanted_at, text.expires_at) != (wish.due_at, wish.expires_at)


def _follow(text: Text, wish: Wanted, now: datetime) -> None:
    text.wanted_at = wish.due_at
    text.due_at = max(wish.due_at, now)
    text.expires_at = wish.expires_at
    text.problem = ""


def _in_time(wish: Wanted, now: datetime) -> bool:
    return max(wish.due_at, now) < wish.expires_at


def _worth_a_row(wish: Wanted, picture: Picture, now: datetime) -> bool:
    if wish.step in _AT_ONCE:
        return True
    if not _in_time(wish, now):
        return False
    if wish.due_at > now:
        return True
    too_late = wish.step != Step.DAY1 and now - wish.due_at >= _LATE
    return not too_late and _owed(wish, picture)


def _owed(wish: Wanted, picture: Picture) -> bool:
    """Somebody knew of it before this was due, and has heard nothing since: the text was given up
    for a change that was undone, or for a number that was lost."""
    seat = next(seat for seat in picture.seats if seat.pk == wish.seat_id)
    heard = in_hand.moments(seat, picture.texts)
    return bool(heard) and max(heard) < wish.due_at


def _row(wish: Wanted, now: datetime) -> Text:
    """News that no text brings in time is written down all the same: it is a task for a human."""
    late = not _in_time(wish, now)
    return Text(
        seat_id=wish.seat_id,
        step=wish.step,
        revision=wish.revision,
        wanted_at=wish.due_at,
        due_at=max(wish.due_at, now),
        expires_at=wish.expires_at,
        state=TextState.EXPIRED if late else TextState.PLANNED,
        problem="late" if late else "",
        ended_at=now if late else None,
    )
