"""A due text, looked at once more just before it leaves, against the seat as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, prefetch_related_objects

from booking.models import Seat
from sms import answering, in_hand, wording
from sms.models import Step, Text, TextState
from sms.picture import MOMENT, Picture, picture, texts_of, with_siblings
from sms.together import Company, company
from sms.verdict import Verdict, later, not_now
from sms.wanted import reachable
from sms.wanted.places import MISSED_UNTIL
from sms.words import words_for

__all__ = ["Verdict", "recheck"]

_FACTS = ("participant", "referral", "session__partner", "session__service", "session__venue")
#: These speak of what the person was told before.
_ABOUT_BEFORE = frozenset({Step.CANCELLED, Step.CHANGED})


def recheck(text: Text, now: datetime) -> Verdict:
    """Call with the person locked, so that their texts of the day are counted one by one.

    It asks what the planner asks, of rows read now: whether this text would be wanted if it had never
    been written. Seven queries; one more where a place is offered, one where somebody was absent.
    """
    if text.step == Step.ANSWER:
        return answering.recheck(text, now)
    seen = _look(text, now)
    seat = next(one for one in seen.seats if one.pk == text.seat_id)
    # As it was before it became useless: what is only too late is a task, and not untrue.
    wishes = seen.wishes(min(now, text.expires_at - MOMENT), but=text.pk)
    wish = wishes.get((text.seat_id, text.step, text.revision))
    if wish is None:
        return Verdict(TextState.VOID, _why_not(text, seat))
    if text.expires_at <= now:
        return Verdict(TextState.EXPIRED, "late")
    if wish.due_at > now:
        return later(text, wish.due_at)
    if waits := not_now(text, seat.participant_id, seen.rules(seat), now):
        return waits
    return _said(text, company(text, seen, wishes, now), seen, now)


def _look(text: Text, now: datetime) -> Picture:
    """Everything of this person that is to come or has just been: another session of the day leaves
    in the same text."""
    theirs = Q(participant=text.seat.participant_id, starts_at__gt=now - MISSED_UNTIL)
    seats = list(with_siblings(theirs | Q(pk=text.seat_id)).select_related(*_FACTS))
    ids = [seat.pk for seat in seats]
    texts = list(Text.objects.filter(pk__in=texts_of(ids, ids)).order_by("pk"))
    return picture(seats, texts, now)


def _why_not(text: Text, seat: Seat) -> str:
    if text.revision != seat.session.revision:
        return "changed"
    return "obsolete" if reachable(seat.participant) else "unreachable"


def _said(text: Text, together: Company, seen: Picture, now: datetime) -> Verdict:
    if together.waits_until is not None:
        return later(text, together.waits_until)
    step, seats = Step(text.step), together.seats
    partner = seats[0].session.partner
    for seat in seats:
        seat.session.partner = partner  # One row, and its practitioners are read once.
    prefetch_related_objects([partner], "practitioners")
    body = wording.render(
        step,
        seats[0],
        sittings=[seat.session for seat in seats],
        now=now,
        words=words_for([partner.pk]),
        was=_in_hand(step, seats, seen) if step in _ABOUT_BEFORE else None,
        until=_until(seats, seen),
    ).body
    if any(wording.refuse(body, seat) for seat in seats):
        return Verdict(TextState.FAILED, "wording")
    told = in_hand.keep(seats)
    return Verdict(TextState.CLAIMED, body=body, told=told, followers=together.followers)


def _in_hand(step: Step, seats: Sequence[Seat], seen: Picture) -> list[in_hand.Told | None]:
    offered = step == Step.CANCELLED
    return [in_hand.last(seat, seen.texts, offered=offered) for seat in seats]


def _until(seats: Sequence[Seat], seen: Picture) -> datetime | None:
    until = seen.facts.offered_until
    return min((until[seat.pk] for seat in seats if seat.pk in until), default=None)
