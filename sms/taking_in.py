"""What the provider told us, acted upon. As often as wanted, by several at once: each row is claimed,
and marked in the transaction of what follows from it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import OperationalError, transaction
from django.utils import timezone

from booking.errors import BookingError
from sms import outcomes, replies
from sms.models import Reply, StatusReport

log = logging.getLogger(__name__)

#: What fails this long as nobody foresaw is left to people: it would fail for ever.
_TRIED_FOR = timedelta(hours=1)


@dataclass(slots=True)
class TakenIn:
    """`left`: what could not be done now, and is tried again at the next minute."""

    reports: int = 0
    replies: int = 0
    answers: int = 0
    left: int = 0


def take_in(now: datetime | None = None, *, seconds: float = 60) -> TakenIn:
    """Act upon everything that waits; nothing is begun after `seconds`. `now` freezes the clock."""
    taken = TakenIn()
    ends = time.monotonic() + seconds
    # Replies first: a STOP must not wait behind a thousand reports.
    for step in (_next_reply, _next_reports):
        last: int | None = 0
        while last is not None and time.monotonic() < ends:
            last = step(last, now or timezone.now(), taken)
    return taken


def _next_reply(last: int, now: datetime, taken: TakenIn) -> int | None:
    """The next one after `last`, in a transaction of its own; None when there is none."""

    def act(reply: Reply) -> None:
        taken.answers += replies.handle(reply, now)
        taken.replies += 1

    with transaction.atomic():
        waiting = Reply.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
        reply = waiting.filter(handled_at=None, pk__gt=last).order_by("pk").first()
        if reply is None:
            return None
        if _fails(lambda: act(reply), f"reply {reply.pk}", taken) and _old(reply, now):
            # About nobody in particular, and not dealt with: the coordination reads it, a STOP too.
            Reply.objects.filter(pk=reply.pk).update(handled_at=now)
    return reply.pk


def _next_reports(last: int, now: datetime, taken: TakenIn) -> int | None:
    """The next one after `last` and all others of the same text: two who take in at once never hold
    each other's texts."""
    with transaction.atomic():
        waiting = StatusReport.objects.filter(handled_at=None)
        mine = waiting.select_for_update(of=("self",), skip_locked=True, no_key=True).order_by("pk")
        first = mine.filter(pk__gt=last).first()
        if first is None:
            return None
        reports = list(mine.filter(text=first.text_id))
        what = f"text {first.text_id}"
        if _fails(lambda: _apply(reports, now, taken), what, taken) and _old(first, now):
            pks = [report.pk for report in reports]
            StatusReport.objects.filter(pk__in=pks).update(handled_at=now)
    return first.pk


def _apply(reports: list[StatusReport], now: datetime, taken: TakenIn) -> None:
    # Only where texts are sent through it: the library takes half a second.
    from sms.transports.twilio import state_of

    for report in reports:
        if (state := state_of(report.status)) is not None:
            outcomes.apply(
                text_id=report.text_id,
                provider_id=report.provider_id,
                state=state,
                code=report.code,
                at=report.received_at,
                now=now,
            )
    pks = [report.pk for report in reports]
    StatusReport.objects.filter(pk__in=pks).update(handled_at=now)
    taken.reports += len(reports)


def _fails(act: Callable[[], None], what: str, taken: TakenIn) -> bool:
    """All of it or nothing; what somebody else holds just now waits for the next minute, and does not
    hold up the others. True when it failed as nobody foresaw."""
    try:
        with transaction.atomic():
            act()
    # Its words may hold values, so only its kind is told.
    except (BookingError, OperationalError) as error:
        log.warning("%s is not taken in yet: %s", what, type(error).__name__)
    except Exception as error:  # noqa: BLE001 - one row must not keep the others, a STOP, here
        log.error("%s cannot be taken in: %s", what, type(error).__name__)  # noqa: TRY400
        taken.left += 1
        return True
    else:
        return False
    taken.left += 1
    return False


def _old(row: Reply | StatusReport, now: datetime) -> bool:
    """Tried for long enough, at every minute."""
    return row.received_at < now - _TRIED_FOR
