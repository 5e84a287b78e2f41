"""The answer to somebody's reply. The planner knows nothing of it: it is about no seat in
particular."""

from __future__ import annotations

from datetime import datetime

from sms import wording
from sms.guard import unfit
from sms.hours import day_bounds, paris_day
from sms.models import Reply, ReplyKind, Step, Text, TextState
from sms.policies import rules_for
from sms.verdict import Verdict, not_now
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
    # Outside what a person gets a day: it was asked for, and has a limit of its own.
    if waits := not_now(text, 0, rules, now):
        return waits
    if _answered_today(text, now):
        return Verdict(TextState.VOID, "obsolete")
    return _rendered(text, now)


def _rendered(text: Text, now: datetime) -> Verdict:
    seat, session = text.seat, text.seat.session
    words = words_for([session.partner_id])
    said = wording.render(Step.ANSWER, seat, sittings=[session], now=now, words=words)
    if problem := unfit(said.body, [seat]):
        return Verdict(TextState.FAILED, problem)
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


def _answered_today(text: Text, now: datetime) -> bool:
    """Whether one left to this number on this Paris day: one that was held up (a pause, an outage) may
    come to leave on the day of another. Never two to a machine that answers every text."""
    start, end = day_bounds(paris_day(now))
    answers = Text.objects.filter(step=Step.ANSWER, sent_at__gte=start, sent_at__lt=end)
    return answers.filter(to=text.seat.participant.phone).exclude(pk=text.pk).exists()
