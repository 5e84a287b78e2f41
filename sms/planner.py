"""Which texts ought to exist for a seat, compared with those that do.

It reconciles, it does not fire: twice, late, or after a crash it leaves the same rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

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

_NEWS = frozenset({Step.CHANGED, Step.CANCELLED})


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


@dataclass(frozen=True, slots=True)
class Changes:
    """What a reconciliation wrote. `due` tells that something may leave at once."""

    added: int = 0
    voided: int = 0
    due: bool = False


def reachable(person: Participant) -> bool:
    """Whether a text may be sent to this person at all; the others are called or written to."""
    return (
        person.phone_state == PhoneState.CONFIRMED
        and not person.texts_refused
        and phones.can_receive_texts(person.phone)
    )


def reconcile(
    seat_ids: Iterable[int], now: datetime, *, moved: Mapping[int, int] | None = None
) -> Changes:
    """Add the texts that are missing for these seats and void those that are obsolete.

    The seats of an enrolment are looked at together, whichever of them is named. `moved`: whoever
    had the one seat has the other now, and what they were told goes with them. Four queries,
    whatever the number of seats, and one more where somebody was moved. Runs inside the caller's
    transaction, or in its own.
    """
    ids = set(seat_ids)
    if not ids:
        return Changes()
    with transaction.atomic(savepoint=False):
        # Locked before the seats are read: of two cancellations at once, the second to get here
        # sees both. Locked in primary-key order, so that a text that is being claimed is waited for and seen
        # as claimed: what follows from it (a cancellation) is then not forgotten.
        texts = list(
            Text.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk__in=_texts_of(ids))
            .order_by("pk")
        )
        _carry(texts, moved or {})
        seats = list(_with_siblings(ids).select_related("session", "participant"))
        wanted = {one.key: one for one in wanted_texts(seats, texts, now)}
        return _write(wanted, texts, now)


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


def _with_siblings(ids: set[int]) -> QuerySet[Seat]:
    enrolments = Seat.objects.filter(pk__in=ids, enrolment__isnull=False).values("enrolment")
    return Seat.objects.filter(Q(pk__in=ids) | Q(enrolment__in=enrolments)).order_by(
        "starts_at", "pk"
    )


def _texts_of(ids: set[int]) -> QuerySet[Text, Any]:
    """A union, because an OR of the two would read the whole outbox."""
    own = Text.objects.filter(seat__in=_with_siblings(ids).values("pk")).order_by().values("pk")
    # Whoever was moved to a seat: it belongs to no enrolment, so it has no siblings.
    carried = Text.objects.filter(carried_to__in=ids).order_by().values("pk")
    return own.union(carried)


def _carry(texts: list[Text], moved: Mapping[int, int]) -> None:
    """Write down whose texts these are now. A row, not only the signal: whoever looks at the new
    seat later finds what was said about the old one, and about the one before."""
    for old, new in moved.items():
        for text in texts:
            if (text.carried_to_id or text.seat_id) == old:
                text.carried_to_id = new
    if carried := [text for text in texts if text.carried_to_id in moved.values()]:
        Text.objects.bulk_update(carried, ["carried_to"])


def _write(wanted: dict[tuple[int, str, int], Wanted], texts: list[Text], now: datetime) -> Changes:
    there = {
        (text.seat_id, text.step, text.revision) for text in texts if text.state != TextState.VOID
    }
    obsolete = [
        text.pk
        for text in texts
        if text.state == TextState.PLANNED
        and (text.seat_id, text.step, text.revision) not in wanted
        # What only became too late is not obsolete: dispatch calls it expired, for a human.
        and text.expires_at > now
    ]
    missing = [one for key, one in wanted.items() if key not in there and _worth_a_row(one, now)]
    voided = 0
    if obsolete:
        voided = Text.objects.filter(pk__in=obsolete, state=TextState.PLANNED).update(
            state=TextState.VOID, problem="obsolete"
        )
    Text.objects.bulk_create(
        [
            Text(
                seat_id=one.seat_id,
                step=one.step,
                revision=one.revision,
                due_at=one.due_at,
                expires_at=one.expires_at,
                **({} if _in_time(one, now) else _TOO_LATE),
            )
            for one in missing
        ],
        # Somebody who reconciles the same seat at once has written the same row.
        ignore_conflicts=True,
    )
    due = any(one.due_at <= now and _in_time(one, now) for one in missing)
    return Changes(len(missing), voided, due)


#: News that no text brings in time is written down all the same: it is a task for a human.
_TOO_LATE: dict[str, Any] = {"state": TextState.EXPIRED, "problem": "late"}


def _in_time(one: Wanted, now: datetime) -> bool:
    return max(one.due_at, now) < one.expires_at


def _worth_a_row(one: Wanted, now: datetime) -> bool:
    if one.step in _NEWS:
        return True
    reminder = one.step in {Step.DAY7, Step.DAY1}
    return _in_time(one, now) and (one.due_at > now or not reminder)
