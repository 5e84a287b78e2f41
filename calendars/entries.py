"""What the actions on one rhythm have in common: its journal entries, and what they may change."""

from __future__ import annotations

from datetime import datetime

from booking import access
from booking.models import JournalEntry, Session
from booking.models.journal import Verb
from booking.models.session import SessionState
from calendars.models import Rhythm


def coming(rhythm: Rhythm, now: datetime) -> set[int]:
    """The sessions of a rhythm that may still be changed, by primary key."""
    planned = Session.objects.filter(
        rhythm_date__rhythm=rhythm, state=SessionState.PLANNED, starts_at__gt=now
    )
    return set(planned.order_by().values_list("pk", flat=True))


def entry(
    rhythm: Rhythm, verb: Verb, by: access.Actor, now: datetime, facts: dict[str, object]
) -> JournalEntry:
    return JournalEntry(
        at=now,
        actor=by,
        verb=verb,
        partner_id=rhythm.partner_id,
        programme_id=rhythm.programme_id,
        facts=facts,
    )
