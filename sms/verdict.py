"""What becomes of a due text, and what holds for every text whatever it says: hours, and how many a
day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sms import in_hand
from sms.hours import ANY_DAY, day_bounds, next_opening, opening_after, paris_day
from sms.models import TOLD, Step, Text, TextState
from sms.policies import Rules


@dataclass(frozen=True, slots=True)
class Verdict:
    """`state` is what the text becomes: PLANNED waits until `due_at`, CLAIMED goes out with `body`,
    which tells `told`. `followers` are the other texts that leave in this one."""

    state: TextState
    problem: str = ""
    due_at: datetime | None = None
    body: str = ""
    told: Sequence[in_hand.Kept] = ()
    followers: tuple[int, ...] = ()


def later(text: Text, due_at: datetime, problem: str = "") -> Verdict:
    """Wait, or say at once that it will be too late: a human still has time to call."""
    if due_at >= text.expires_at:
        return Verdict(TextState.EXPIRED, problem or "late")
    return Verdict(TextState.PLANNED, problem, due_at=due_at)


def not_now(text: Text, today: int, rules: Rules, now: datetime) -> Verdict | None:
    """Not at this hour, or enough for `today`, the number that left; None when it may leave."""
    any_day = _any_day(text, rules, now)
    if (opening := next_opening(now, any_day=any_day, rules=rules)) > now:
        return later(text, opening, "hours")
    if today >= rules.daily_cap:
        opening = opening_after(paris_day(now), any_day=any_day, rules=rules)
        return later(text, opening, "daily_cap")
    return None


def _any_day(text: Text, rules: Rules, now: datetime) -> bool:
    """An offer that would be over by the next working day cannot wait for it."""
    if text.step != Step.OFFER:
        return text.step in ANY_DAY
    return next_opening(now, any_day=False, rules=rules) >= text.expires_at


def left_today(people: Collection[int], now: datetime) -> Counter[int]:
    """How many texts each of these people got on the phone today: what left in another one, or was
    told otherwise, is none. One query."""
    start, end = day_bounds(paris_day(now))
    texts = Text.objects.filter(
        seat__participant__in=people,
        state__in=TOLD,
        leader=None,
        sent_at__gte=start,
        sent_at__lt=end,
    ).exclude(state=TextState.BY_HAND)
    return Counter(texts.order_by().values_list("seat__participant_id", flat=True))
