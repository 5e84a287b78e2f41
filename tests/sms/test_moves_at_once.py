"""Sessions move, a person is moved, texts leave and are swept, all at once: what was last told is
true, and nothing was told twice."""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from booking import actions
from booking.models import JournalEntry, Seat, Session
from booking.models.journal import Verb
from sms import dispatch, handover, in_hand, tasks
from sms.handover import Handed
from sms.models import Step, Text, TextPolicy, TextState
from sms.policies import Rules
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
    monkeypatch.setattr(Rules, "held", timedelta())
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


def test_texts_of_one_day_that_several_dispatchers_reach_for_leave_once(
    cast: Cast, now: datetime, impatient: None
) -> None:
    """Each round two sessions of one day are booked or cancelled while three send and one sweeps."""
    person = factories.participant()
    start = (now + timedelta(days=30)).replace(hour=8, minute=0, second=0, microsecond=0)

    def book(number: int) -> None:
        for hours in (0, 3):
            session = factories.session(cast.ours, start + timedelta(days=number, hours=hours))
            actions.book_seat(by=None, now=timezone.now(), session=session, participant=person)

    def cancel(number: int) -> None:
        for seat in Seat.objects.filter(participant=person, state="booked").order_by("pk")[:1]:
            actions.cancel_session(by=None, now=timezone.now(), session=seat.session)

    def send(number: int) -> None:
        dispatch.dispatch_due()

    def sweep(number: int) -> None:
        tasks.sweep()

    answers = flat(race(book, cancel, send, send, send, sweep, rounds=ROUNDS))
    assert set(answers) <= {"done", "Busy"}
    for _ in range(3):
        tasks.sweep()
        Text.objects.filter(state=TextState.CLAIMED, to="").update(lease_until=timezone.now())
        dispatch.dispatch_due()
    texts = Text.objects.filter(step__in=(Step.SUMMONS, Step.CANCELLED)).select_related("seat")
    left = texts.filter(state=TextState.SENT)
    assert not texts.filter(state__in=(TextState.CLAIMED, TextState.UNCERTAIN)).exists()
    once = Counter((text.seat_id, text.step) for text in left)
    assert set(once.values()) == {1}
    for seat in Seat.objects.filter(participant=person):
        steps = {step for pk, step in once if pk == seat.pk}
        # Summoned while it took place; told that it does not if it was told of before.
        assert steps in ({Step.SUMMONS}, {Step.SUMMONS, Step.CANCELLED}, set())
        assert (Step.CANCELLED in steps) <= (seat.state == "cancelled")
        assert (seat.state == "cancelled" and Step.SUMMONS in steps) <= (Step.CANCELLED in steps)
        assert (seat.state == "booked") <= (steps == {Step.SUMMONS})
    leaders = set(left.exclude(leader=None).values_list("leader", flat=True))
    assert leaders <= set(left.exclude(body="").values_list("pk", flat=True))


def test_those_who_reconcile_at_once_write_each_text_once(cast: Cast, now: datetime) -> None:
    """With no row to wait for, and with rows that are to be moved and given up."""
    session = factories.session(cast.ours, now + timedelta(days=30), capacity=8)
    people = [factories.participant() for _ in range(6)]
    for person in people:
        actions.book_seat(by=None, now=now, session=session, participant=person)
    policy = TextPolicy.objects.create(partner=cast.ours)

    def sweep(number: int) -> None:
        tasks.sweep()

    def choose(number: int) -> None:
        TextPolicy.objects.filter(pk=policy.pk).update(
            hours_before=number % 2 * 3, reminder_time=f"{9 + number % 3:02}:00"
        )

    def forget(number: int) -> None:
        if number % 3 == 0:
            Text.objects.filter(state=TextState.PLANNED).delete()

    answers = flat(race(sweep, sweep, sweep, choose, forget, rounds=ROUNDS))
    assert set(answers) == {"done"}
    tasks.sweep()
    standing = Text.objects.exclude(state=TextState.VOID)
    once = Counter((text.seat_id, text.step) for text in standing)
    assert set(once.values()) == {1}
    assert {step for _, step in once} >= {Step.SUMMONS, Step.DAY7, Step.DAY1}
    assert len(set(standing.filter(step=Step.DAY1).values_list("due_at", flat=True))) == 1
