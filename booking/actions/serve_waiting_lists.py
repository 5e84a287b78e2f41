from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from booking import access, journal, offers, waiting
from booking.errors import Busy
from booking.holding import hold
from booking.locking import lock_participants, writing
from booking.models import Session, WaitingEntry
from booking.models.journal import Verb
from booking.models.programme import ProgrammeKind
from booking.models.session import SessionState
from booking.models.waiting import WaitingState


@dataclass(frozen=True)
class Served:
    """What one round did. `busy` are left for the next round."""

    lapsed: int
    looked_at: int
    closed: int
    busy: int


def serve_waiting_lists(*, by: access.Actor = None, now: datetime) -> Served:
    """End the offers whose time is over and offer their places to the next; then look at every list
    once more, as a net under the actions: somebody may fit because a day went by.

    For the clock, each minute. One short transaction an offer and a list, so that it may be stopped
    anywhere and run twice at once.
    """
    access.must_coordinate(by)
    lapsed = busy = looked_at = 0
    closed = _close_begun(now)
    over = WaitingEntry.objects.filter(state=WaitingState.OFFERED, held_until__lte=now)
    for pk, person in list(over.order_by("held_until", "pk").values_list("pk", "participant_id")):
        try:
            lapsed += _end(pk, person, now)
        except Busy:
            busy += 1
    for session, programme in _lists(now):
        try:
            _look_at(session, programme, now)
            looked_at += 1
        except Busy:
            busy += 1
    return Served(lapsed, looked_at, closed, busy)


def _close_begun(now: datetime) -> int:
    """Nobody waits for what has begun: those people are on no list any more, and the lists of
    mandates at risk and of people to rebook see them again."""
    begun = Session.objects.filter(
        programme=OuterRef("programme"), state=SessionState.PLANNED, starts_at__lte=now
    )
    whole = ~Q(programme__kind=ProgrammeKind.OPEN_GROUP)
    over = WaitingEntry.objects.filter(
        Q(session__starts_at__lte=now) | Q(Exists(begun), whole, programme__late_joining=False),
        state=WaitingState.WAITING,
    )
    closed = 0
    for pk, person in list(over.order_by("pk").values_list("pk", "participant_id")):
        with writing():
            # No place changes hands: the person is enough.
            lock_participants([person])
            entry = WaitingEntry.objects.select_related("session", "programme").get(pk=pk)
            if entry.state != WaitingState.WAITING or entry.participant_id != person:
                continue
            entry.state = WaitingState.LEFT
            entry.save(update_fields=["state"])
            journal.write([waiting.about(entry, Verb.WAITING_LEFT, now, None, reason="begun")])
            closed += 1
    return closed


def _end(pk: int, participant_id: int, now: datetime) -> bool:
    with writing():
        held = hold(now=now, sessions=offers.offered_sessions(pk), people=[participant_id])
        current = offers.read(held, pk)
        if current.state != WaitingState.OFFERED or not current.held_until:
            return False
        if current.held_until > now:
            return False
        entries = offers.take_back(
            held, current, now=now, by_id=None, state=WaitingState.LAPSED, verb=Verb.OFFER_LAPSED
        )
        journal.write([*entries, *waiting.serve(held, now=now)])
    return True


def _lists(now: datetime) -> list[tuple[int | None, int | None]]:
    """Each list that somebody is on, of what has not started."""
    ahead = Q(session__starts_at__gt=now, session__state="planned") | Q(
        programme__sessions__starts_at__gt=now, programme__sessions__state="planned"
    )
    waiting_entries = WaitingEntry.objects.filter(ahead, state=WaitingState.WAITING)
    return list(
        waiting_entries.order_by("session_id", "programme_id")
        .values_list("session_id", "programme_id")
        .distinct()
    )


def _look_at(session: int | None, programme: int | None, now: datetime) -> None:
    with writing():
        held = hold(
            now=now,
            sessions=[session] if session else [],
            programmes=[programme] if programme else [],
        )
        if entries := waiting.serve(held, now=now):
            journal.write(entries)
