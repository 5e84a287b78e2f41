"""What became of a text, in words that a secretary would use. No database: rows in, a sentence out,
in the reader's language; times are Europe/Paris.

Never more than is known: what the provider took is "sent", and only the handset's own answer is
"delivered".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import dateformat, timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sms import problems
from sms.hours import PARIS
from sms.models import How, Text, TextState
from sms.problems import Task

#: A text that is due leaves within this time; later, something holds it up.
_SOON = timedelta(minutes=3)
#: Handsets that are switched on answer within minutes; carriers give up after about two days.
_SILENT = timedelta(days=2)


class Tone(StrEnum):
    """How much it needs somebody. Beside the words, never instead of them."""

    WAITS = "waits"
    AWAY = "away"
    DONE = "done"
    NEED = "need"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Life:
    words: str
    tone: Tone
    #: None where nobody needs to do anything.
    todo: Task | None = None


_TONES = {
    TextState.DELIVERED: Tone.DONE,
    TextState.BY_HAND: Tone.DONE,
    TextState.SENT: Tone.AWAY,
    TextState.FAILED: Tone.NEED,
    TextState.EXPIRED: Tone.NEED,
    TextState.UNCERTAIN: Tone.NEED,
    TextState.VOID: Tone.GONE,
}


def in_words(text: Text, now: datetime | None = None) -> str:
    return of(text, now).words


def of(text: Text, now: datetime | None = None) -> Life:
    """`now` decides what is said of today and what needs its date."""
    at = now or timezone.now()
    state = TextState(text.state)
    words = _SENTENCES[state](text, at)
    if text.leader_id is not None:
        words = _("%(life)s, in one text with another session") % {"life": words}
    return Life(words, _TONES.get(state, Tone.WAITS), todo(text))


def todo(text: Text) -> Task | None:
    """What a human does instead of this text; None where there is nothing to do."""
    if text.state == TextState.EXPIRED:
        return Task.CALL
    if text.state != TextState.FAILED:
        return None
    task = problems.of(text.problem).task
    return None if task == Task.NONE else task


def when(moment: datetime, now: datetime) -> str:
    """“à 10:42”, “demain à 9:00”, “lundi 13 avril à 9:00”."""
    local, today = moment.astimezone(PARIS), now.astimezone(PARIS).date()
    hour = f"{local.hour}:{local.minute:02d}"
    named = {
        0: pgettext("moment", "at %(hour)s"),
        1: pgettext("moment", "tomorrow at %(hour)s"),
        -1: pgettext("moment", "yesterday at %(hour)s"),
    }
    if (ahead := (local.date() - today).days) in named:
        return named[ahead] % {"hour": hour}
    dated = (
        pgettext("moment", "on %(weekday)s %(day)s %(month)s at %(hour)s")
        if local.year == today.year
        else pgettext("moment", "on %(weekday)s %(day)s %(month)s %(year)s at %(hour)s")
    )
    return dated % {
        "weekday": dateformat.format(local, "l"),
        "day": pgettext("first day of a month", "1") if local.day == 1 else str(local.day),
        "month": dateformat.format(local, "F"),
        "year": str(local.year),
        "hour": hour,
    }


def _planned(text: Text, now: datetime) -> str:
    said = {"when": when(text.due_at, now)}
    if text.due_at <= now:
        if now - text.due_at < _SOON:
            return _("About to leave")
        return _("Should have left %(when)s, has not left yet") % said
    if text.problem:
        problem = problems.of(text.problem)
        said["why"] = str(problem.words)
        if problem.ours:
            return _("Could not leave yet (%(why)s), will be tried again %(when)s") % said
        return _("Waits (%(why)s), will leave %(when)s") % said
    return _("Will leave %(when)s") % said


def _claimed(text: Text, now: datetime) -> str:
    return _("Leaving")


def _sent(text: Text, now: datetime) -> str:
    if text.sent_at is None:
        return _("Sent, not delivered yet")
    said = {"when": when(text.sent_at, now)}
    if now - text.sent_at > _SILENT:
        return _("Sent %(when)s, delivery never confirmed") % said
    return _("Sent %(when)s, not delivered yet") % said


def _delivered(text: Text, now: datetime) -> str:
    ended_at = text.ended_at or text.sent_at
    return _("Delivered %(when)s") % {"when": when(ended_at, now)} if ended_at else _("Delivered")


def _failed(text: Text, now: datetime) -> str:
    why, what = problems.of(text.problem).words, todo(text)
    if what is None:
        return _("Not delivered: %(why)s") % {"why": why}
    return _("Not delivered: %(why)s, %(todo)s") % {"why": why, "todo": what.label}


def _uncertain(text: Text, now: datetime) -> str:
    return _("Not known whether it left: being checked")


def _void(text: Text, now: datetime) -> str:
    if text.problem in {"", "obsolete"}:
        return _("Not sent: no longer needed")
    return _("Not sent: %(why)s") % {"why": problems.of(text.problem).words}


def _expired(text: Text, now: datetime) -> str:
    return _("Too late for a text: call")


def _by_hand(text: Text, now: datetime) -> str:
    ended_at = text.ended_at or text.sent_at or text.due_at
    sentence = {
        How.CALL: _("Told by telephone %(when)s"),
        How.LETTER: _("Told by letter %(when)s"),
        How.PERSON: _("Told in person %(when)s"),
    }.get(How(text.how) if text.how else How.CALL, "")
    return sentence % {"when": when(ended_at, now)}


_SENTENCES = {
    TextState.PLANNED: _planned,
    TextState.CLAIMED: _claimed,
    TextState.SENT: _sent,
    TextState.DELIVERED: _delivered,
    TextState.FAILED: _failed,
    TextState.UNCERTAIN: _uncertain,
    TextState.VOID: _void,
    TextState.EXPIRED: _expired,
    TextState.BY_HAND: _by_hand,
}
