"""What becomes of a due text, and what holds for every text whatever it says: hours, and how many a
day.

The cap on texts to one person in one day is there for loops: one elsewhere sent 136. It must not keep
somebody from hearing in time what they need: a cancellation, a change, or a session that takes place
by the end of the next day on which texts leave. These pass it up to twice the cap. Beyond, what is about
such a near session is at once a human's task, because whoever waits for another day learns it too late.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sms import in_hand
from sms.hours import ANY_DAY, day_bounds, next_opening, opening_after, paris_day
from sms.models import TOLD, Step, Text, TextState
from sms.policies import Rules

#: So many times the cap, and nothing whatever leaves any more.
_CEILING = 2
_NEVER_ANOTHER_DAY = frozenset({Step.CANCELLED, Step.CHANGED})
_NEEDED_TO_COME = frozenset({Step.SUMMONS, Step.DAY1})


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
        return _enough(text, today, rules, opening)
    return None


def _enough(text: Text, today: int, rules: Rules, opening: datetime) -> Verdict | None:
    near = paris_day(text.seat.starts_at) <= paris_day(opening)
    passes = text.step in _NEVER_ANOTHER_DAY or (text.step in _NEEDED_TO_COME and near)
    if passes and today < _CEILING * rules.daily_cap:
        return None
    if passes and near:
        return Verdict(TextState.EXPIRED, "daily_cap")
    return later(text, opening, "daily_cap")


def _any_day(text: Text, rules: Rules, now: datetime) -> bool:
    """An offer that would be over by the next working day cannot wait for it."""
    if text.step != Step.OFFER:
        return text.step in ANY_DAY
    return next_opening(now, any_day=False, rules=rules) >= text.expires_at


def left_today(people: Collection[int], now: datetime) -> Counter[int]:
    """How many texts each of these people got on the phone today: what left in another one, or was
    told otherwise, is none, and an answer to a reply has its own limit. One query."""
    start, end = day_bounds(paris_day(now))
    texts = Text.objects.filter(
        seat__participant__in=people,
        state__in=TOLD,
        leader=None,
        sent_at__gte=start,
        sent_at__lt=end,
    )
    texts = texts.exclude(state=TextState.BY_HAND).exclude(step=Step.ANSWER)
    return Counter(texts.order_by().values_list("seat__participant_id", flat=True))
