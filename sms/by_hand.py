"""Telling somebody without a text: what there is to tell, which row of the outbox that settles, and
whose seats need nobody any more.

Rows in, answers out; the two queries are at the end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from booking.models import Seat
from booking.models.seat import SeatState
from booking.queries.to_call import no_text
from booking.reach import why_no_text
from sms import in_hand
from sms.models import TOLD, Step, Text, TextState

#: Nobody was told by these yet, or it is not known.
_ENDED_BADLY = frozenset({TextState.FAILED, TextState.EXPIRED, TextState.UNCERTAIN})
#: In these states there is one thing to tell, once.
_ONE_THING = {
    SeatState.UNEXCUSED: Step.MISSED,
    SeatState.CANCELLED: Step.CANCELLED,
}
#: Said once of all seats of an enrolment.
_WHOLE = frozenset({Step.SUMMONS, Step.OFFER})
_SUMMONED = frozenset({Step.SUMMONS, Step.CHANGED})


def news(seat: Seat, texts: Collection[Text]) -> Step | None:
    """What the person does not know yet of this seat, as the texts would call it; None when they
    know how it is. `texts` are theirs about it and about the rest of its enrolment."""
    said = [text for text in texts if in_hand.arrived(text)]
    if seat.state == SeatState.HELD:
        offers = [text for text in said if text.step == Step.OFFER]
        offered = in_hand.last(seat, offers, offered=True)
        return None if offered and offered.holds(seat) else Step.OFFER
    if (step := _ONE_THING.get(SeatState(seat.state))) is not None:
        return None if any((t.seat_id, t.step) == (seat.pk, step) for t in said) else step
    was = in_hand.last(seat, texts)
    summoned = any(text.step in _SUMMONED for text in said)
    if was is None or not summoned:
        return Step.SUMMONS
    return None if was.holds(seat) else Step.CHANGED


def reminder(seat: Seat, texts: Collection[Text]) -> Step | None:
    """As what a call counts to somebody who knows how it is and whom no text reaches: a reminder that
    the outbox does not hold. Last the eve's, which still leaves as a text if they take texts again."""
    if seat.state != SeatState.BOOKED or why_no_text(seat.participant) is None:
        return None
    if _by_hand(seat, texts):
        return None  # That call was noted already.
    revision = seat.session.revision
    there = {
        text.step
        for text in texts
        if text.seat_id == seat.pk and text.revision == revision and text.state != TextState.VOID
    }
    return next((one for one in (Step.DAY7, Step.HOURS3, Step.DAY1) if one not in there), None)


def settled(seat: Seat, step: Step | None, texts: Iterable[Text]) -> Text | None:
    """The row that ends with it: the one that would have told these news; else, where the person
    knows how it is, the last one that did not reach them. One that is being sent is left alone.

    A summons and an offer stand in the outbox once for a whole enrolment, at one of its seats.
    """
    rows = [text for text in texts if text.carried_to_id is None and _may_end(text)]
    if step is None:
        rows = [text for text in rows if text.state in _ENDED_BADLY and text.step != Step.ANSWER]
    else:
        rows = [text for text in rows if text.step == step]
    mine = [text for text in rows if text.seat_id == seat.pk]
    if step in _WHOLE:
        mine = mine or rows
    return max(mine, key=lambda text: (text.revision, text.pk), default=None)


def _may_end(text: Text) -> bool:
    if text.state == TextState.CLAIMED:
        return not text.to  # Not handed over yet: whoever claimed it finds it gone.
    return text.state in _ENDED_BADLY or text.state == TextState.PLANNED


def told_of(seat: Seat, step: Step | None, sittings: Sequence[Seat]) -> list[in_hand.Kept]:
    """When and where, of which seats, the person knows from now on. Whoever is summoned to a course,
    or offered one, is told all its days; of what is cancelled or over there is no time and no place."""
    if step in {Step.CANCELLED, Step.MISSED}:
        return []
    if step not in _WHOLE:
        return in_hand.keep([seat])
    coming = [one for one in sittings if one.state == seat.state and one != seat]
    return in_hand.keep([seat, *(one for one in coming if not one.session.cancelled)])


def told_seats(now: datetime, until: datetime) -> list[int]:
    """The seats, of sessions that start between two instants, whose person was last told by a human,
    and still holds what is true. Two queries."""
    seats = _with_somebody([TextState.BY_HAND], now).filter(
        state=SeatState.BOOKED, starts_at__lte=until
    )
    return [
        seat.pk
        for seat, texts in _with_texts(seats)
        if (was := in_hand.last(seat, texts)) is not None
        if was.holds(seat) and _by_hand(seat, texts)
    ]


def gone_unsaid(now: datetime, until: datetime) -> list[int]:
    """The seats to which somebody would come for nothing between two instants: they were told to, by
    whatever way; the session was cancelled or is at another time or place since; no text can say so,
    and nobody has. Whom texts reach are told by one, or are sms.untold. Two queries."""
    gone = Q(state=SeatState.CANCELLED)
    # One that is awaited until then is called in any case.
    later = Q(state=SeatState.BOOKED, starts_at__gt=until)
    seats = _with_somebody(TOLD, now).filter(no_text(), gone | later)
    return [
        seat.pk
        for seat, texts in _with_texts(seats)
        if why_no_text(seat.participant) is not None
        if (was := in_hand.last(seat, texts, offered=seat.state == SeatState.CANCELLED))
        if now < (comes_at := was.starts_at or seat.starts_at)
        if min(comes_at, seat.starts_at) <= until
        if not was.holds(seat) or seat.state == SeatState.CANCELLED
        if not _cancelled(seat, texts)
    ]


def _cancelled(seat: Seat, texts: Iterable[Text]) -> bool:
    """Whether they were told, or may have been, that it does not take place: that is never undone."""
    return any(
        text.step == Step.CANCELLED and text.seat_id == seat.pk and in_hand.arrived(text)
        for text in texts
    )


def _with_somebody(states: Collection[str], now: datetime) -> QuerySet[Seat]:
    """The seats to come of whoever has a text in one of these states."""
    texts = Text.objects.filter(state__in=states, seat__participant=OuterRef("participant"))
    return Seat.objects.filter(Exists(texts), starts_at__gt=now)


def _with_texts(seats: QuerySet[Seat]) -> Iterable[tuple[Seat, list[Text]]]:
    """Each with what its person was told: a course is told of at one of its seats."""
    found = list(seats.select_related("session", "participant"))
    told: dict[int, list[Text]] = defaultdict(list)
    people = {seat.participant_id for seat in found}
    texts = Text.objects.filter(seat__participant__in=people).exclude(
        state__in=(TextState.PLANNED, TextState.VOID)
    )
    for text in texts.select_related("seat").defer("body"):
        told[text.seat.participant_id].append(text)
    return [(seat, told[seat.participant_id]) for seat in found]


def _by_hand(seat: Seat, texts: Iterable[Text]) -> bool:
    """Whether what was last told of this seat was told by a human."""
    of_it = [text for text in texts if in_hand.last(seat, [text]) is not None]
    newest = max(
        of_it, key=lambda text: (text.sent_at is not None, text.sent_at, text.pk), default=None
    )
    return newest is not None and newest.state == TextState.BY_HAND
