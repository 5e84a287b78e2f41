"""Numbers and bodies are erased settings.SMS_KEPT_DAYS after a case closed (sms.closed; data law: three
months).

Kept are what figures are made of (step, state, times, segments, the code of a problem), and what a
text told of dates and venues (`told`), which the seats say as well and which names nobody. The number
of a message at the provider goes too: there it leads to the number and the body.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat

from booking import journal
from booking.errors import Busy
from booking.locking import lock_participants, writing
from booking.models import JournalEntry, Participant
from booking.models.journal import Verb
from sms import closed
from sms.models import Reply, StatusReport, Text, TextState

log = logging.getLogger(__name__)

#: People at a time: short transactions, so that nobody who books waits for this.
BATCH: Final = 200
#: Still to be sent, or to be cleared up: their number and body are needed for that, until nobody
#: would act upon it any more.
OPEN: Final = (TextState.PLANNED, TextState.CLAIMED, TextState.UNCERTAIN)
#: A claimed one without a number would count as one that was never handed over.
_ENDS_AS: Final = Case(
    When(state=TextState.CLAIMED, then=Value(TextState.UNCERTAIN.value)), default=F("state")
)


@dataclass(slots=True)
class Erased:
    """`people` whose case was closed; `reports` and `files` went as a whole; `busy` are left for the
    next time."""

    people: int = 0
    texts: int = 0
    replies: int = 0
    reports: int = 0
    files: int = 0
    busy: int = 0


def erase(now: datetime) -> Erased:
    """Once a day. May be stopped anywhere and run twice at once. One journal entry a batch that found
    something, in its own transaction: the count is never of what was not erased."""
    edge = closed.edge(now)
    done = Erased(files=_remove_files(edge))
    last = 0
    with_something = Participant.objects.filter(_has_something(edge)).order_by("pk")
    people = closed.without_contact(with_something, edge)
    while ids := list(people.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        try:
            _erase_of(ids, edge, now, done)
        except Busy:
            done.busy += len(ids)
        last = ids[-1]
    _erase_strangers(edge, now, done)
    return done


def _erase_of(ids: list[int], edge: datetime, now: datetime, done: Erased) -> None:
    with writing():
        # Who is being written to, booked or merged at this moment is looked at afterwards.
        gone = closed.closed((person.pk for person in lock_participants(ids)), edge)
        texts = Text.objects.filter(_of_texts(edge), seat__participant__in=gone).order_by()
        pks = list(texts.values_list("pk", flat=True))
        reports = StatusReport.objects.filter(text__in=pks).delete()[0]
        erased = Text.objects.filter(pk__in=pks).update(
            to="", body="", provider_id="", erased_at=now, state=_ENDS_AS
        )
        replies = _blank(Reply.objects.filter(_of_replies(), _belongs_to(gone)), now)
        if erased or replies:
            _note(now, texts=erased, replies=replies)
    done.people += len(gone)
    done.texts += erased
    done.replies += replies
    done.reports += reports


def _erase_strangers(edge: datetime, now: datetime, done: Erased) -> None:
    """Replies from numbers that we never wrote to have no case: their own date counts."""
    nobody = Reply.objects.filter(_of_replies(), seat=None, text=None, received_at__lt=edge)
    with writing():
        replies = _blank(nobody, now)
        if replies:
            _note(now, texts=0, replies=replies)
    done.replies += replies


def _blank(replies: QuerySet[Reply], now: datetime) -> int:
    # Unique, so not empty: a mark that says only which row it is.
    mark = Concat(Value("erased-"), Cast("pk", CharField()))
    return replies.update(number="", body="", provider_id=mark, erased_at=now)


def _note(now: datetime, **counts: int) -> None:
    journal.write([JournalEntry(at=now, actor=None, verb=Verb.TEXTS_ERASED, facts=counts)])


def _of_texts(edge: datetime) -> Q:
    over = ~Q(state__in=OPEN) | Q(expires_at__lt=edge)
    return over & Q(erased_at=None) & ~Q(to="", body="", provider_id="")


def _of_replies() -> Q:
    """One that the task has not read yet may be a STOP."""
    return Q(erased_at=None, handled_at__isnull=False)


def _belongs_to(people: set[int]) -> Q:
    return Q(seat__participant__in=people) | Q(seat=None, text__seat__participant__in=people)


def _has_something(edge: datetime) -> Q:
    whose = OuterRef("pk")
    replies = Reply.objects.filter(_of_replies())
    return (
        Q(Exists(Text.objects.filter(_of_texts(edge), seat__participant=whose)))
        | Q(Exists(replies.filter(seat__participant=whose)))
        | Q(Exists(replies.filter(seat=None, text__seat__participant=whose)))
    )


def _remove_files(edge: datetime) -> int:
    """What the console transport wrote, drafts of a killed one too, by the files' own dates."""
    folder, removed = Path(settings.OUTBOX), 0
    if not folder.is_dir():
        return 0
    for path in [*folder.glob("text-*.txt"), *folder.glob(".text-*.txt.*")]:
        try:
            if path.stat().st_mtime < edge.timestamp():
                path.unlink()
                removed += 1
        except OSError as error:
            log.warning("a file of the outbox could not be removed: %s", type(error).__name__)
    return removed
