"""The answer to somebody's reply. The planner knows nothing of it: it is about no seat in
particular."""

from __future__ import annotations

from datetime import datetime

from sms import wording
from sms.models import Reply, ReplyKind, Step, Text, TextState
from sms.policies import rules_for
from sms.verdict import Verdict, left_today, not_now
from sms.wanted import reachable
from sms.words import words_for


def recheck(text: Text, now: datetime) -> Verdict:
    """True while what they wrote last is a reply that is not answered yet."""
    seat = text.seat
    person, session = seat.participant, seat.session
    if not reachable(person):
        return Verdict(TextState.VOID, "unreachable")
    if not _stands(text):
        return Verdict(TextState.VOID, "obsolete")
    if text.expires_at <= now:
        return Verdict(TextState.EXPIRED, "late")
    rules = rules_for([session.partner_id]).of(session.partner_id, session.service_id)
    if waits := not_now(text, left_today([person.pk], now)[person.pk], rules, now):
        return waits
    words = words_for([session.partner_id])
    said = wording.render(Step.ANSWER, seat, sittings=[session], now=now, words=words)
    if wording.refuse(said.body, seat):
        return Verdict(TextState.FAILED, "wording")
    return Verdict(TextState.CLAIMED, body=said.body)


def _stands(text: Text) -> bool:
    """Whether the last thing they wrote is a reply, and this its answer and no earlier one's: what
    came in at night and what came in the morning are answered once."""
    person = text.seat.participant_id
    last = Reply.objects.filter(seat__participant=person).order_by("-received_at", "-pk")
    if last.values_list("kind", flat=True).first() != ReplyKind.OTHER:
        return False
    newer = Text.objects.filter(
        step=Step.ANSWER, seat__participant=person, revision__gt=text.revision
    )
    return not newer.exclude(state=TextState.VOID).exists()
