"""What the provider tells us, written down as it comes: a webhook answers fast, and the work is a
task's (sms.taking_in). The same word twice is one row.

Call only with what carries the provider's own signature. What cannot be a word of its own about a
text of ours is all the same "unknown": nobody learns which texts exist.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Model, QuerySet
from django.urls import reverse
from django_q.tasks import async_task

from booking.inserting import insert
from sms.models import Reply, ReplyKind, StatusReport, Text
from sms.replies import kind_of

#: Form fields of one request, the last value of each.
Said = Mapping[str, str]

_SIGNER = signing.Signer(salt="sms.status", sep=".")
#: Twilio's: a text, or one with a picture.
_MESSAGE = re.compile(r"[SM]M[0-9a-f]{32}")
_STATUS = re.compile(r"[a-z_-]{1,20}")
_CODE = re.compile(r"\d{1,10}")
_NUMBER = re.compile(r"\+\d{6,15}")
#: What PostgreSQL cannot hold.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_LONGEST_REPLY = 1600
#: A word that waits longer than this was left by a task that failed: its bell is no longer heard.
_BELL_IS_HEARD = timedelta(minutes=1)


def status_callback(text_id: int) -> str:
    """The full address to which the provider reports what became of this text."""
    return settings.PUBLIC_URL + reverse("text_status", args=[_SIGNER.sign(str(text_id))])


def text_of(token: str) -> int:
    """The text that an address speaks of; 0, which no text is, for one that we never gave out."""
    try:
        return int(_SIGNER.unsign(token))
    except (signing.BadSignature, ValueError):
        return 0


def note_status(token: str, said: Said, now: datetime) -> bool:
    """Write down one word about one text. False when there is no such text, or no such word."""
    text_id = text_of(token)
    message, status = said.get("MessageSid", ""), said.get("MessageStatus", "").lower()
    code = said.get("ErrorCode", "")
    # Asked in any case: what is forged takes as long as what is gone.
    known = Text.objects.filter(pk=text_id).exists()
    if not (known and _MESSAGE.fullmatch(message) and _STATUS.fullmatch(status)):
        return False
    report = StatusReport(
        text_id=text_id,
        provider_id=message,
        status=status,
        code=code if _CODE.fullmatch(code) else "",
        received_at=now,
    )
    _keep(report, StatusReport.objects.filter(handled_at=None), now)
    return True


def note_reply(said: Said, now: datetime) -> bool:
    """Write down what somebody answered. False when it is no message of the provider's."""
    message, number = said.get("MessageSid", ""), said.get("From", "")
    if not _MESSAGE.fullmatch(message):
        return False
    body = _UNSTORABLE.sub("", said.get("Body", ""))[:_LONGEST_REPLY]
    # The provider says so where it has itself taken the word for a STOP, in whatever language.
    stop = said.get("OptOutType", "").upper() == "STOP"
    reply = Reply(
        provider_id=message,
        number=number if _NUMBER.fullmatch(number) else "",
        body=body,
        kind=ReplyKind.STOP if stop else kind_of(body),
        received_at=now,
    )
    _keep(reply, Reply.objects.filter(handled_at=None), now)
    return True


def _keep(row: StatusReport | Reply, waiting: QuerySet[Model], now: datetime) -> None:
    """Write it unless it is there, and ring. Not while an earlier one waits, whose bell has rung: in a
    rush there is one task, not thousands."""
    with transaction.atomic():
        heard = waiting.filter(received_at__gt=now - _BELL_IS_HEARD).exists()
        insert([row], skip_conflicts=True)
        if not heard and waiting.filter(received_at=now).exists():
            # Robust: without a queue it is taken in at the next minute.
            transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    async_task("sms.tasks.take_in")
