"""A due text, looked at once more just before it leaves, against the seat as it is now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import prefetch_related_objects

from booking.models import Seat
from sms import answering, in_hand, wording
from sms.guard import unfit
from sms.looking import seats_around, texts_about
from sms.models import Step, Text, TextState
from sms.picture import MOMENT, Picture, picture
from sms.together import Company, company
from sms.verdict import Verdict, later, left_today, not_now
from sms.wanted import reachable
from sms.wanted.places import MISSED_UNTIL
from sms.words import Words, words_for

__all__ = ["Seen", "Verdict", "judge", "look", "recheck"]

#: These speak of what the person was told before.
_ABOUT_BEFORE = frozenset({Step.CANCELLED, Step.CHANGED})


@dataclass(frozen=True, slots=True)
class Seen:
    """What one text's second look is about. `today`: how many texts its person got already."""

    picture: Picture
    words: Words
    today: int


def recheck(text: Text, now: datetime) -> Verdict:
    """Call with the person locked, so that their texts of the day are counted one by one.

    It asks what the planner asks, of rows read now: whether this text would be wanted if it had never
    been written. Seven queries; one more where a place is offered, one where somebody was absent.
    """
    if text.step == Step.ANSWER:
        return answering.recheck(text, now)
    return judge(text, look([text], now)[text.pk], now)


def look(texts: Collection[Text], now: datetime) -> dict[int, Seen]:
    """What there is to know about each of these, which come with their seats: everything of its
    person that is to come or has just been, because another session of the day leaves in the same
    text. The same queries for one as for many."""
    people = {text.seat.participant_id for text in texts}
    seats = seats_around({text.seat_id for text in texts}, people, now - MISSED_UNTIL)
    partners = {seat.session.partner_id: seat.session.partner for seat in seats}
    prefetch_related_objects(list(partners.values()), "practitioners")
    words, today = words_for(partners), left_today(people, now)
    whole = picture(seats, texts_about([seat.pk for seat in seats]), now)
    by_person = {person: _of(person, whole) for person in people}
    return {
        text.pk: Seen(by_person[person], words, today[person])
        for text in texts
        if (person := text.seat.participant_id)
    }


def _of(person_id: int, whole: Picture) -> Picture:
    """One person's part of it. A first sitting may have stayed with a merged record."""
    enrolments = {
        seat.enrolment_id
        for seat in whole.seats
        if seat.participant_id == person_id and seat.enrolment_id is not None
    }
    seats = [
        seat
        for seat in whole.seats
        if seat.participant_id == person_id or seat.enrolment_id in enrolments
    ]
    ids = {seat.pk for seat in seats}
    texts = [one for one in whole.texts if one.seat_id in ids or one.carried_to_id in ids]
    return replace(whole, seats=seats, texts=texts)


def judge(text: Text, seen: Seen, now: datetime) -> Verdict:
    """No query."""
    known = seen.picture
    seat = next(one for one in known.seats if one.pk == text.seat_id)
    # As it was before it became useless: what is only too late is a task, and not untrue.
    wishes = known.wishes(min(now, text.expires_at - MOMENT), but=text.pk)
    wish = wishes.get((text.seat_id, text.step, text.revision))
    if wish is None:
        return Verdict(TextState.VOID, _why_not(text, seat))
    if text.expires_at <= now:
        return Verdict(TextState.EXPIRED, "late")
    if wish.due_at > now:
        return later(text, wish.due_at)
    if waits := not_now(text, seen.today, known.rules(seat), now):
        return waits
    return _said(text, company(text, known, wishes, now), seen, now)


def _why_not(text: Text, seat: Seat) -> str:
    if text.revision != seat.session.revision:
        return "changed"
    return "obsolete" if reachable(seat.participant) else "unreachable"


def _said(text: Text, together: Company, seen: Seen, now: datetime) -> Verdict:
    if together.waits_until is not None:
        return later(text, together.waits_until)
    step, seats = Step(text.step), together.seats
    body = wording.render(
        step,
        seats[0],
        sittings=[seat.session for seat in seats],
        now=now,
        words=seen.words,
        was=_in_hand(step, seats, seen.picture) if step in _ABOUT_BEFORE else None,
        until=_until(seats, seen.picture),
    ).body
    if problem := unfit(body, seats):
        return Verdict(TextState.FAILED, problem)
    told = in_hand.keep(seats)
    return Verdict(TextState.CLAIMED, body=body, told=told, followers=together.followers)


def _in_hand(step: Step, seats: Sequence[Seat], seen: Picture) -> list[in_hand.Told | None]:
    offered = step == Step.CANCELLED
    return [in_hand.last(seat, seen.texts, offered=offered) for seat in seats]


def _until(seats: Sequence[Seat], seen: Picture) -> datetime | None:
    until = seen.facts.offered_until
    return min((until[seat.pk] for seat in seats if seat.pk in until), default=None)
