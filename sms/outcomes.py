"""What the provider says of a text that left: the one place that writes it.

Its words may repeat, come in any order, and come for a message that was taken for lost. So a word
is weighed against what is known, and only one that says more is written.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from booking import actions
from booking.errors import BookingError, Busy
from booking.models import Participant
from booking.models.person import PhoneState
from sms import problems
from sms.models import Text, TextState

log = logging.getLogger(__name__)

#: How much a word says. Delivered is above failed: the words come in any order, and "delivered" is
#: the handset's own answer, while a failure may be a carrier that gave up waiting for it. A text
#: that waits again was taken for lost: what is heard of it counts.
_RANK = {
    TextState.PLANNED: 0,
    TextState.CLAIMED: 0,
    TextState.UNCERTAIN: 0,
    TextState.SENT: 1,
    TextState.FAILED: 2,
    TextState.DELIVERED: 3,
}
_ENDED = frozenset({TextState.DELIVERED, TextState.FAILED})


def apply(
    *,
    text_id: int,
    provider_id: str,
    state: TextState,
    code: str = "",
    at: datetime,
    now: datetime,
) -> bool:
    """Write that the provider calls its message `provider_id` of this text SENT, DELIVERED or
    FAILED (with its `code`), since `at`; those that left in the same message follow. Returns whether
    it was news. `provider_id` is empty where it refused the message at once.

    A text that is void, expired or told otherwise stays so; it keeps the provider's number. Raises
    Busy, and has written nothing, when its person could not be had in time.
    """
    text = Text.objects.select_related("seat__participant").filter(pk=text_id).first()
    if text is None:
        return False
    if state == TextState.FAILED and _says_more(text, provider_id, state):
        # Before the row: if this process dies in between, the same word is news again.
        _draw_consequences(text, code, now)
    with transaction.atomic():
        # In primary-key order, as the planner locks them.
        together = list(
            Text.objects.select_for_update(no_key=True)
            .filter(Q(pk=text_id) | Q(leader=text_id))
            .order_by("pk")
            .only("pk", "state", "provider_id", "sent_at")
        )
        news = [one for one in together if _says_more(one, provider_id, state)]
        for one in news:
            _write(one, state, provider_id if one.pk == text_id else "", code, at)
        if provider_id:
            _keep_id(text_id, provider_id)
    if news:
        log.info("text %s is %s %s", text_id, state.value, code)
    return bool(news)


def _says_more(text: Text, provider_id: str, state: TextState) -> bool:
    known = TextState(text.state)
    if known not in _RANK:
        return False
    if text.provider_id and provider_id and text.provider_id != provider_id:
        return _other_message_says_more(known, state)
    return _RANK[state] > _RANK[known]


def _other_message_says_more(known: TextState, state: TextState) -> bool:
    """The text left twice, because the first message was taken for lost: whichever got further
    counts, so a failure of one says nothing about the other."""
    further = (TextState.FAILED, TextState.SENT, TextState.DELIVERED)
    return known not in further or further.index(state) > further.index(known)


def _write(text: Text, state: TextState, provider_id: str, code: str, at: datetime) -> None:
    values: dict[str, Any] = {"state": state, "problem": "", "lease_until": None}
    if state == TextState.FAILED:
        values["problem"] = code or "undelivered"
    if state in _ENDED:
        values["ended_at"] = at
    if provider_id:
        values["provider_id"] = provider_id
    if text.sent_at is None and state != TextState.FAILED:
        values["sent_at"] = at
    Text.objects.filter(pk=text.pk).update(**values)


def _keep_id(text_id: int, provider_id: str) -> None:
    Text.objects.filter(pk=text_id, provider_id="").update(provider_id=provider_id)


def _draw_consequences(text: Text, code: str, now: datetime) -> None:
    """Somebody who opted out, or whose number is none, is sent nothing more: a human calls. Only
    while the number is still the one to which this text went."""
    problem = problems.of(code)
    person = _now(text.seat.participant)
    if not text.to or text.to != person.phone:
        return
    try:
        if problem.opted_out and not person.texts_refused:
            actions.refuse_texts(by=None, now=now, participant=person)
        elif problem.number_is_bad and person.phone_state != PhoneState.WRONG:
            actions.report_wrong_number(by=None, now=now, participant=person)
    except Busy:
        raise
    except BookingError:
        # Merged or changed meanwhile; the failed text raises the task for a human anyway.
        log.warning("text %s: what %s means for its person was not written", text.pk, code)


def _now(person: Participant) -> Participant:
    """Whoever this record was merged into."""
    while person.merged_into is not None:
        person = person.merged_into
    return person
