"""A due text, looked at once more just before it leaves, against the seat as it is now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from booking.models import Seat, Session
from booking.models.seat import SeatState
from sms import wording
from sms.hours import day_bounds, next_opening, opening_after, paris_day
from sms.models import TOLD, Step, Text, TextState
from sms.planner import reachable

#: Sundays and public holidays too (domain.md): these cannot wait for a working day.
ANY_DAY = frozenset({Step.DAY1, Step.CANCELLED})


@dataclass(frozen=True, slots=True)
class Verdict:
    """`state` is what the text becomes: PLANNED waits until `due_at`, CLAIMED goes out with `body`."""

    state: TextState
    problem: str = ""
    due_at: datetime | None = None
    body: str = ""


def recheck(text: Text, now: datetime) -> Verdict:
    """Call with the person locked, so that their texts of the day are counted one by one."""
    if problem := _no_longer_true(text):
        return Verdict(TextState.VOID, problem)
    if text.expires_at <= now or text.seat.session.starts_at <= now:
        return Verdict(TextState.EXPIRED, "late")
    step = Step(text.step)
    if (opening := next_opening(now, any_day=step in ANY_DAY)) > now:
        return _later(text, opening, "hours")
    if _sent_today(text.seat, now) >= settings.SMS_DAILY_CAP:
        return _later(text, opening_after(paris_day(now), any_day=step in ANY_DAY), "daily_cap")
    body = wording.render(step, text.seat, sittings=_sittings(text, now), now=now)
    if wording.refuse(body, text.seat):
        return Verdict(TextState.FAILED, "wording")
    return Verdict(TextState.CLAIMED, body=body)


def _no_longer_true(text: Text) -> str:
    """Why the planner would not want this text any more; "" when it still would."""
    seat, session = text.seat, text.seat.session
    if text.revision != session.revision:
        return "changed"
    if text.step == Step.CANCELLED:
        still = session.cancelled and seat.state == SeatState.CANCELLED and _told(seat)
    else:
        still = not session.cancelled and seat.state == SeatState.BOOKED
    if not still:
        return "obsolete"
    return "" if reachable(seat.participant) else "unreachable"


def _told(seat: Seat) -> bool:
    texts = Text.objects.filter(state__in=TOLD).exclude(step=Step.CANCELLED)
    if seat.enrolment_id is None:
        return texts.filter(seat=seat).exists()
    return texts.filter(seat__enrolment=seat.enrolment_id).exists()


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


def _sittings(text: Text, now: datetime) -> list[Session]:
    """What a summons speaks of: every coming sitting of the enrolment, this one first."""
    seat = text.seat
    if text.step != Step.SUMMONS or seat.enrolment_id is None:
        return [seat.session]
    coming = (
        Seat.objects.filter(
            enrolment=seat.enrolment_id, state=SeatState.BOOKED, starts_at__gte=seat.starts_at
        )
        .select_related("session")
        .order_by("starts_at", "pk")
    )
    return [one.session for one in coming if not one.session.cancelled]
