"""What became of the demo's texts. Nothing leaves the machine, so no operator says it: this does,
through the doors by which the operator's own words come in. Without chance: the same texts, the same
ends."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from sms import outcomes
from sms.models import Reply, Step, Text, TextState
from sms.taking_in import take_in
from sms.webhooks import note_reply

#: Where the demo's own admin looks first.
_SHOWN = "tilleuls"
#: Twilio's code for a phone that is off or out of reach.
_OUT_OF_REACH = "30003"
#: One phone in so many is switched off: its text is on its way still.
_SILENT = 12
_SAID = "Bonjour, je serai en retard de 10 minutes, mon bus est en panne. Merci"


def play_out(now: datetime) -> None:
    """The phones that rang say so; one stays off; somebody answers. Once more
    it changes only what left since."""
    sent = Text.objects.filter(state=TextState.SENT, leader=None, sent_at__isnull=False)
    shown = sent.filter(
        seat__session__partner__slug=_SHOWN,
        step=Step.SUMMONS,
        seat__starts_at__gt=now + timedelta(days=1),
    ).order_by("seat__starts_at", "pk")
    off = None if Text.objects.filter(state=TextState.FAILED).exists() else shown.first()
    with _quiet():
        if not Reply.objects.exists():
            _answer(shown.exclude(seat__participant=_whose(off)), now)
        # Together: one by one they would take seconds.
        with transaction.atomic():
            for text in sent.order_by("pk"):
                _end(text, now, off=text == off)


def _end(text: Text, now: datetime, *, off: bool) -> None:
    silent = text.pk % _SILENT == 0
    if silent and not off:
        return
    # As fast as phones are: from 3 to 39 seconds.
    at = min(now, (text.sent_at or now) + timedelta(seconds=3 + text.pk % 37))
    state, code = (TextState.FAILED, _OUT_OF_REACH) if off else (TextState.DELIVERED, "")
    outcomes.apply(
        text_id=text.pk, provider_id=text.provider_id, state=state, code=code, at=at, now=now
    )


def _answer(texts: QuerySet[Text], now: datetime) -> None:
    text = texts.first()
    if text is not None:
        said = {"MessageSid": f"SM{text.pk:032x}", "From": text.to, "Body": _SAID}
        note_reply(said, now)
        take_in(now)


def _whose(text: Text | None) -> int:
    return text.seat.participant_id if text else 0


@contextmanager
def _quiet() -> Iterator[None]:
    """A line for each text is for operators, and hides what the demo says."""
    log = logging.getLogger("sms")
    before = log.level
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(before)
