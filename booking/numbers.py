"""Who else has a number, and what its holder asked for. One phone may be two people's: that is worth a
warning, and no refusal (docs/decisions/0014)."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db.models import QuerySet

from booking import access, journal
from booking.errors import NumberInUse, NumberRefusesTexts, NumberWasWrong, Warned
from booking.locking import lock_name
from booking.models import JournalEntry, Participant
from booking.models.journal import Verb
from booking.models.person import PhoneState

log = logging.getLogger(__name__)


def lock_number(e164: str) -> None:
    """Let one transaction at a time write this number into a record, or judge it. Before any row:
    of two records that get one number at once, the second is warned."""
    if e164:
        lock_name(f"number {e164}")


def warn_of_others(
    *, by: access.Actor, person: Participant, e164: str, doing: str, anyway: bool
) -> None:
    """Say what other records know of this number, the gravest first: its holder asked for no more
    texts (NumberRefusesTexts), it is another person's too (NumberInUse), it was wrong there
    (NumberWasWrong). Of records that are hidden from the actor's partners nothing is said. The system
    itself is not asked: see inherit_refusal. One query.
    """
    if by is None or anyway or not e164:
        return
    others = _others(person, e164).exclude(access.hidden_from(by))
    if (warning := _warning(list(others.values_list("texts_refused", "phone_state")))) is None:
        return
    log_warned(by, doing)
    raise warning


def log_warned(by: access.Actor, doing: str) -> None:
    """A refusal leaves no journal entry, and whoever tries one number after the other is to be seen."""
    log.warning("account %s was warned about a number: %s", by.pk if by else None, doing)


def inherit_refusal(*, by: access.Actor, now: datetime, person: Participant) -> None:
    """Where nobody was there to be warned, what the holder of the phone asked for holds for this record
    too: a STOP is said to a number. Call with the person locked, or new, and saved. One query."""
    if by is not None or not person.phone or person.texts_refused:
        return
    if not _others(person, person.phone).filter(texts_refused=True).exists():
        return
    person.texts_refused = True
    person.save(update_fields=["texts_refused"])
    verb = Verb.TEXTS_REFUSED
    journal.write([JournalEntry(at=now, actor=by, verb=verb, participant=person)])


def _others(person: Participant, e164: str) -> QuerySet[Participant]:
    return Participant.objects.filter(phone=e164, merged_into=None).exclude(pk=person.pk)


def _warning(others: list[tuple[bool, str]]) -> type[Warned] | None:
    if any(refused for refused, _state in others):
        return NumberRefusesTexts
    if any(state != PhoneState.WRONG for _refused, state in others):
        return NumberInUse
    return NumberWasWrong if others else None
