"""What became of a text that was handed over, as its dispatcher heard it. Those that left in the
same message share its fate."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from booking.errors import Busy
from booking.prepared import prepare
from sms import leases, outcomes
from sms.handover import Handed
from sms.models import Text, TextState
from sms.transports import Receipt

log = logging.getLogger(__name__)

_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=1)


def taken(handed: Handed, receipt: Receipt, now: datetime) -> TextState:
    """The carrier took it. One statement, unless it said more, or others left with it, or something
    was heard of it meanwhile."""
    pk = handed.message.text_id
    if receipt.state == TextState.SENT and not handed.together and _sent(pk, receipt.provider_id):
        return TextState.SENT
    outcomes.apply(
        text_id=pk,
        provider_id=receipt.provider_id,
        state=receipt.state,
        code=receipt.code,
        at=now,
        now=now,
    )
    return receipt.state


#: Forward also from UNCERTAIN: the lease may have run out meanwhile. Written out because every text
#: does it. PostgreSQL need not wait for its disk here: if the machine dies in that moment the text is
#: uncertain, and is found at the provider.
_SENT = """
    UPDATE sms_text SET state = 'sent', lease_until = NULL, problem = '', provider_id = {} {}
    WHERE id = {} AND state IN ('claimed', 'uncertain')
"""
_HASTY = "FROM (SELECT set_config('synchronous_commit', 'off', true)) hasty"
_PREPARED = {"sms_sent(text, bigint)": _SENT.format("$1", _HASTY, "$2")}


def _sent(pk: int, provider_id: str) -> bool:
    statement = _SENT.format("%s", "", "%s")
    if connection.vendor == "postgresql":
        prepare(_PREPARED)
        statement = "EXECUTE sms_sent(%s, %s)"
    with connection.cursor() as cursor:
        cursor.execute(statement, [provider_id, pk])
        return bool(cursor.rowcount == 1)


def refused(handed: Handed, code: str, now: datetime) -> None:
    pk = handed.message.text_id
    try:
        outcomes.apply(
            text_id=pk, provider_id="", state=TextState.FAILED, code=code, at=now, now=now
        )
    except Busy:
        # Left as it is, it is looked up once its lease has run out, and tried again.
        log.warning("text %s was refused (%s), and its person is held by somebody else", pk, code)
    else:
        log.warning("text %s was refused: %s", pk, code)


def unknown(handed: Handed, code: str) -> None:
    """Perhaps sent. Not if something was heard of it meanwhile."""
    pk = handed.message.text_id
    with _together(handed) as rows:
        Text.objects.filter(pk__in=[one.pk for one in rows]).update(
            state=TextState.UNCERTAIN, lease_until=None, problem=code
        )
    log.warning("text %s is uncertain: %s", pk, code)


def not_sent(handed: Handed, code: str, now: datetime) -> None:
    """Wait twice as long each time, up to an hour; jitter, so that a crowd does not come back at
    once. What that would bring too close to its end is tried in the middle of what is left, and
    given to a human when nothing much is left."""
    pk = handed.message.text_id
    with _together(handed) as rows:
        attempts = max((one.attempts for one in rows), default=1)
        pause = wait(attempts)
        for one in rows:
            _try_again(one, code, pause, now)
    log.warning("text %s was not sent (%s): again in %.0f s", pk, code, pause.total_seconds())


def halted(handed: Handed, code: str) -> None:
    """The carrier refuses us, not this text: it waits as before, and no attempt is counted."""
    with _together(handed) as rows:
        for one in rows:
            Text.objects.filter(pk=one.pk).update(
                state=TextState.PLANNED,
                lease_until=None,
                problem=code,
                attempts=one.attempts - (one.pk == handed.message.text_id),
                **leases.UNTOUCHED,
            )


def wait(attempts: int) -> timedelta:
    """Before the next try, after so many."""
    doublings: int = min(max(attempts - 1, 0), 10)
    longest = min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)
    return longest * (0.5 + secrets.randbelow(501) / 1000)


def _try_again(text: Text, code: str, wait: timedelta, now: datetime) -> None:
    left = text.expires_at - now
    if left <= _FIRST_WAIT:
        Text.objects.filter(pk=text.pk).update(
            state=TextState.EXPIRED,
            ended_at=now,
            lease_until=None,
            problem=code,
            **leases.UNTOUCHED,
        )
        return
    Text.objects.filter(pk=text.pk).update(
        state=TextState.PLANNED,
        due_at=now + (wait if wait < left else left / 2),
        lease_until=None,
        problem=code,
        **leases.UNTOUCHED,
    )


@contextmanager
def _together(handed: Handed) -> Iterator[list[Text]]:
    """This text and those that left in it, while they are as they were handed over: locked in
    primary-key order, as the planner locks them."""
    with transaction.atomic():
        pk = handed.message.text_id
        rows = Text.objects.select_for_update(no_key=True).filter(
            Q(pk=pk) | Q(leader=pk), state=TextState.CLAIMED, sent_at=handed.at
        )
        yield list(rows.order_by("pk").only("pk", "attempts", "expires_at"))
