"""Sessions move, a person is moved, texts leave and are swept, all at once: what was last told is
true, and nothing was told twice."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from booking import actions
from booking.models import JournalEntry, Seat, Session
from booking.models.journal import Verb
from sms import dispatch, handover, in_hand, tasks, wanted
from sms.handover import Handed
from sms.models import Step, Text, TextState
from tests import factories
from tests.cast import Cast
from tests.concurrency.processes import flat, race

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 12


@pytest.fixture(autouse=True)
def now() -> datetime:
    """Copies of this process have their own clock, so this file runs on the real one."""
    return timezone.now()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Changes leave at once, at any hour and as many as there are; but between the claim and the
    second look there is time for somebody to change everything."""
    hand_over = handover.hand_over

    def later(*args: Any, **kwargs: Any) -> Handed | TextState | None:
        time.sleep(0.05)
        return hand_over(*args, **kwargs)

    monkeypatch.setattr(dispatch, "hand_over", later)
    monkeypatch.setattr(wanted, "HELD", timedelta())
    settings.SMS_DAILY_CAP, settings.SMS_REST_DAYS = 10_000, False
    settings.SMS_HOURS = (datetime.min.time(), datetime.max.time())


def test_whatever_happens_at_once_the_last_text_is_true(
    cast: Cast, now: datetime, impatient: None
) -> None:
    start = now + timedelta(days=30)
    evening = factories.session(cast.ours, start)
    other = factories.session(cast.ours, start + timedelta(days=40))
    actions.book_seat(by=None, now=now, session=evening, participant=cast.hamel)

    def move(number: int) -> None:
        moment = start + timedelta(days=number % 3)
        actions.move_session(by=None, now=timezone.now(), session=evening, starts_at=moment)

    def move_person(number: int) -> None:
        seat = Seat.objects.get(participant=cast.hamel, state="booked")
        to = other if seat.session_id == evening.pk else evening
        actions.move_seat(by=None, now=timezone.now(), seat=seat, to=to)

    def send(number: int) -> None:
        dispatch.dispatch_due()

    def sweep(number: int) -> None:
        tasks.sweep()

    answers = flat(race(move, move_person, send, send, sweep, rounds=ROUNDS))
    assert set(answers) <= {"done", "Busy"}
    assert answers.count("Busy") < ROUNDS
    tasks.sweep()
    dispatch.dispatch_due()
    seat = Seat.objects.select_related("session").get(state="booked")
    texts = list(Text.objects.order_by("sent_at", "pk"))
    last = in_hand.last(seat, texts)
    assert last is not None
    assert last.holds(seat)
    sent = [text for text in texts if text.state == TextState.SENT]
    assert [text.step for text in sent].count(Step.SUMMONS) == 1
    said = [kept[0][1] for text in sent if (kept := text.told)]
    assert all(one != following for one, following in pairwise(said))
    assert said == [true_then(text) for text in sent]
    assert len(sent) > 1, "nothing changed between two texts: nothing was proved"


def true_then(text: Text) -> str:
    """When the session started in the revision that this text is about."""
    session = Session.objects.get(seats=text.seat_id)
    moves = JournalEntry.objects.filter(session=session, verb=Verb.SESSION_MOVED).order_by("pk")
    for entry in moves:
        if entry.facts["revision"] > text.revision:
            return str(entry.facts["before"]["starts_at"])
    return session.starts_at.isoformat()
