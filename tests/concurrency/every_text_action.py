"""Each action about texts once, in the case in which it writes the most: see
`tests.concurrency.every_action`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from functools import partial
from typing import Any

from django.utils import timezone

from booking import actions as bookings
from booking.models import Seat
from sms import actions
from sms.models import How, Reply
from tests.cast import Cast
from tests.concurrency import scenes

Call = Callable[[], object]
CASES: dict[str, Callable[[Cast], Call]] = {}


def case(prepare: Callable[[Cast], Call]) -> Callable[[Cast], Call]:
    CASES[prepare.__name__] = prepare
    return prepare


def _call(name: str, /, **values: Any) -> Call:
    return partial(getattr(actions, name), by=None, now=timezone.now(), **values)


@case
def write_letters(cast: Cast) -> Call:
    """A course of two days, and an evening of another person."""
    programme, [day, *_others] = scenes.course(cast.ours)
    bookings.enrol(by=None, now=timezone.now(), programme=programme, participant=cast.hamel)
    seat = Seat.objects.get(session=day, participant=cast.hamel)
    return _call("write_letters", seats=[seat, scenes.book(scenes.evening(cast.ours, 9))])


@case
def pause_sending(_cast: Cast) -> Call:
    return _call("pause_sending")


@case
def resume_sending(_cast: Cast) -> Call:
    actions.pause_sending(by=None, now=timezone.now())
    return _call("resume_sending")


@case
def note_told(cast: Cast) -> Call:
    """A course of two days of which nobody has spoken yet: its summons waits."""
    programme, [day, *_others] = scenes.course(cast.ours)
    bookings.enrol(by=None, now=timezone.now(), programme=programme, participant=cast.hamel)
    return _call("note_told", seat=Seat.objects.get(session=day), how=How.CALL)


@case
def read_reply(cast: Cast) -> Call:
    seat = scenes.book(scenes.evening(cast.ours), cast.hamel)
    now = timezone.now()
    values = {"seat": seat, "partner": cast.ours, "received_at": now, "handled_at": now}
    reply = Reply.objects.create(provider_id=f"SM{1:032x}", number=cast.hamel.phone, **values)
    return _call("read_reply", reply=reply)


_EVE = {"kind": "day1", "manner": "discreet", "language": "fr"}
_EVE_WORDS = "RDV {demain} {quand}. Un souci ? {tel}"


@case
def write_wording(cast: Cast) -> Call:
    return _call("write_wording", partner=cast.ours, body=_EVE_WORDS, **_EVE)


@case
def restore_wording(cast: Cast) -> Call:
    _call("write_wording", partner=cast.ours, body=_EVE_WORDS, **_EVE)()
    return _call("restore_wording", partner=cast.ours, **_EVE)


@case
def review_wording(_cast: Cast) -> Call:
    """All words of a language at once."""
    return _call("review_wording", language="ar")


@case
def set_text_policy(cast: Cast) -> Call:
    return _call("set_text_policy", partner=cast.ours, hours_before=3, opens=time(9))


@case
def set_sender(cast: Cast) -> Call:
    return _call("set_sender", partner=cast.ours, sender="RDV 95")
