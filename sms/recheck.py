"""A due text, looked at once more just before it leaves, against the seat as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from booking.models import Seat
from booking.models.seat import SeatState
from sms import in_hand, wording
from sms.hours import day_bounds, next_opening, opening_after, paris_day
from sms.models import TOLD, Step, Text, TextState
from sms.wanted import reachable
from sms.words import words_for

#: Sundays and public holidays too (domain.md): these cannot wait for a working day.
ANY_DAY = frozenset({Step.DAY1, Step.CANCELLED, Step.CHANGED})
#: These speak of what the person was told before.
_ABOUT_BEFORE = frozenset({Step.CANCELLED, Step.CHANGED})


@dataclass(frozen=True, slots=True)
class Verdict:
    """`state` is what the text becomes: PLANNED waits until `due_at`, CLAIMED goes out with `body`,
    which tells `told`."""

    state: TextState
    problem: str = ""
    due_at: datetime | None = None
    body: str = ""
    told: Sequence[in_hand.Kept] = ()


def recheck(text: Text, now: datetime) -> Verdict:
    """Call with the person locked, so that their texts of the day are counted one by one."""
    before = _before(text.seat) if text.step in _ABOUT_BEFORE else []
    if problem := _no_longer_true(text, before):
        return Verdict(TextState.VOID, problem)
    if text.expires_at <= now or text.seat.session.starts_at <= now:
        return Verdict(TextState.EXPIRED, "late")
    step = Step(text.step)
    if (opening := next_opening(now, any_day=step in ANY_DAY)) > now:
        return _later(text, opening, "hours")
    if _sent_today(text.seat, now) >= settings.SMS_DAILY_CAP:
        return _later(text, opening_after(paris_day(now), any_day=step in ANY_DAY), "daily_cap")
    seats = _sittings(text)
    said = wording.render(
        step,
        text.seat,
        sittings=[seat.session for seat in seats],
        now=now,
        words=words_for([text.seat.session.partner_id]),
        was=in_hand.last(text.seat, before),
    )
    if wording.refuse(said.body, text.seat):
        return Verdict(TextState.FAILED, "wording")
    return Verdict(TextState.CLAIMED, body=said.body, told=in_hand.keep(seats))


def _no_longer_true(text: Text, before: list[Text]) -> str:
    """Why the planner would not want this text any more; "" when it still would."""
    seat, session = text.seat, text.seat.session
    if text.revision != session.revision:
        return "changed"
    if text.step == Step.CANCELLED:
        still = session.cancelled and seat.state == SeatState.CANCELLED and bool(before)
    else:
        still = not session.cancelled and seat.state == SeatState.BOOKED
    if text.step == Step.CHANGED:
        was = in_hand.last(seat, before)
        still = still and was is not None and not was.holds(seat)
    if not still:
        return "obsolete"
    return "" if reachable(seat.participant) else "unreachable"


def _before(seat: Seat) -> list[Text]:
    """What was told of this seat, of the one that it came from, and of the whole enrolment."""
    theirs = Q(seat=seat) | Q(carried_to=seat)
    if seat.enrolment_id is not None:
        theirs |= Q(seat__enrolment=seat.enrolment_id)
    return list(Text.objects.filter(theirs, state__in=TOLD).exclude(step=Step.CANCELLED))


def _later(text: Text, due_at: datetime, problem: str) -> Verdict:
    """Wait, or say at once that it will be too late: a human still has time to call."""
    if due_at >= text.expires_at:
        return Verdict(TextState.EXPIRED, problem)
    return Verdict(TextState.PLANNED, problem, due_at=due_at)


def _sent_today(seat: Seat, now: datetime) -> int:
    start, end = day_bounds(paris_day(now))
    return Text.objects.filter(
        seat__participant=seat.participant_id,
        state__in=TOLD,
        sent_at__gte=start,
        sent_at__lt=end,
    ).count()


def _sittings(text: Text) -> list[Seat]:
    """What a summons speaks of: every coming sitting of the enrolment, this one first."""
    seat = text.seat
    if text.step != Step.SUMMONS or seat.enrolment_id is None:
        return [seat]
    coming = (
        Seat.objects.filter(
            enrolment=seat.enrolment_id, state=SeatState.BOOKED, starts_at__gte=seat.starts_at
        )
        .select_related("session__venue")
        .order_by("starts_at", "pk")
    )
    return [one for one in coming if not one.session.cancelled]
