"""Since when the oldest text that is due could have left, and did not. Reads only.

What dispatch has put off by itself (not at this hour, enough for today) is not late: its `due_at` was
moved. What nobody has looked at is late from the first moment at which it was allowed to leave, so
this needs no worker to be known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, F, Min, QuerySet

from booking.models import JournalEntry
from booking.models.journal import Verb
from sms.hours import ANY_DAY, next_opening
from sms.models import Alert, AlertKind, Sending, Step, Text, TextState
from sms.policies import RuleBook, rules_for

#: Put off by a rule, and not because the carrier did not take it.
_PUT_OFF: Final = ("", "hours", "daily_cap", "pace")
#: Each failure doubles the wait: the sixth comes about a quarter of an hour after the first.
_TRIED_OFTEN: Final = 6


@dataclass(frozen=True, slots=True)
class Late:
    """`texts` wait; the first of them could have left at `since`. `paused`: somebody wants it so."""

    texts: int
    since: datetime
    paused: bool


def of_all(now: datetime, sending: Sending) -> Late | None:
    """None when nothing waits that may leave. Seven queries, whatever the number of texts."""
    start = _started_again(now)
    if sending.paused_at is not None:
        start = max(filter(None, (start, sending.paused_at)))
    groups = list(_groups(now))
    book = rules_for({group["partner"] for group in groups})
    texts, oldest = 0, now
    for group in groups:
        could = max(filter(None, (_opening(group, book), start)))
        if could < now:
            texts, oldest = texts + group["count"], min(oldest, could)
    return Late(texts, oldest, sending.paused_at is not None) if texts else None


def _groups(now: datetime) -> Iterator[Any]:
    """How many, and when the first was wanted: for all that keep the same hours."""
    planned = Text.objects.filter(state=TextState.PLANNED)
    yield from _grouped(planned.filter(due_at__lte=now), "due_at")
    # Tried again and again: each time it is due a little later.
    often = planned.filter(due_at__gt=now, attempts__gte=_TRIED_OFTEN, wanted_at__lte=now)
    yield from _grouped(often.exclude(problem__in=_PUT_OFF), "wanted_at")
    # Its sender is never free: each time it is due a moment later.
    paced = planned.filter(due_at__gt=now, problem="pace", wanted_at__lte=now)
    yield from _grouped(paced, "wanted_at")
    # Its dispatcher died, and no other one came to free it.
    dead = Text.objects.filter(state=TextState.CLAIMED, lease_until__lte=now)
    yield from _grouped(dead, "lease_until")


def _grouped(texts: QuerySet[Text], moment: str) -> Iterable[Any]:
    groups = texts.order_by().values(
        "step", partner=F("seat__session__partner"), service=F("seat__session__service")
    )
    return groups.annotate(count=Count("pk"), oldest=Min(moment))


def _opening(group: dict[str, Any], book: RuleBook) -> datetime:
    rules = book.of(group["partner"], group["service"])
    return next_opening(group["oldest"], any_day=Step(group["step"]) in ANY_DAY, rules=rules)


def _started_again(now: datetime) -> datetime | None:
    """When texts began to leave again after a pause or a refusal, if that was a moment ago: what had
    to wait until then is only late from then on."""
    recent = now - timedelta(minutes=settings.SMS_ALERT_LATE_MINUTES)
    resumed = JournalEntry.objects.filter(verb=Verb.SENDING_RESUMED, at__gte=recent)
    taken = Alert.objects.filter(kind=AlertKind.REFUSED, ended_at__gte=recent)
    moments = [
        resumed.order_by("-at").values_list("at", flat=True).first(),
        taken.order_by("-ended_at").values_list("ended_at", flat=True).first(),
    ]
    return max(filter(None, moments), default=None)
