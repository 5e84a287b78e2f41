"""Whatever happens to somebody, in whatever order: what the planner leaves is stable, nothing is due
in the past, nobody gets two texts for one day, and what they were last told is true."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from random import Random

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from booking.models import Seat
from booking.models.seat import SeatState
from sms import in_hand, tasks
from sms.dispatch import dispatch_due
from sms.hours import paris_day
from sms.models import Step, Text, TextState
from sms.untold import untold
from sms.wanted import reachable
from tests.cast import Cast
from tests.sms.conftest import NOW
from tests.sms.history import History

pytestmark = pytest.mark.django_db

_EXAMPLES = int(os.environ.get("JALON_EXAMPLES", "15"))
_STEPS = 35
_REMINDERS = (Step.DAY7, Step.DAY1, Step.HOURS3)
_OF_STATE = {
    Step.CANCELLED: SeatState.CANCELLED,
    Step.OFFER: SeatState.HELD,
    Step.MISSED: SeatState.UNEXCUSED,
}


@settings(
    max_examples=_EXAMPLES,
    # Making a failing history smaller takes minutes, and it is printed as it is.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(random=st.randoms(use_true_random=False), swept=st.booleans())
def test_whatever_happens(cast: Cast, random: Random, *, swept: bool) -> None:
    with transaction.atomic(), time_machine.travel(NOW, tick=False) as clock:
        history = History(cast, random, clock)
        for _ in range(_STEPS):
            before = rows()
            history.go_on()
            if swept:
                tasks.sweep()
            look(history, before)
        _nothing_more_to_do(history)
        _settle(history)
        _told_the_truth(history)
        transaction.set_rollback(True)


Rows = dict[int, tuple[str, datetime, datetime]]


def rows() -> Rows:
    found = Text.objects.values_list("pk", "state", "due_at", "expires_at")
    return {pk: (state, due_at, ends) for pk, state, due_at, ends in found}


def look(history: History, before: Rows) -> None:
    """After each step: what is new."""
    told = "\n".join(history.did)
    for text in Text.objects.select_related("seat__session"):
        was = before.get(text.pk)
        if was is None and text.state == TextState.PLANNED:
            assert history.now <= text.due_at < text.expires_at, told
        if text.step not in (Step.MISSED, Step.ANSWER) and text.state == TextState.PLANNED:
            assert text.expires_at <= text.seat.session.starts_at, told
        if text.sent_at and text.state == TextState.SENT and (was is None or was[0] != "sent"):
            assert text.sent_at < text.expires_at, told
            assert text.seat.state == _OF_STATE.get(Step(text.step), SeatState.BOOKED), told
    one_text_a_day(told)


def one_text_a_day(told: str) -> None:
    """Of those that left at one moment."""
    seen: dict[tuple[object, ...], datetime] = {}
    left = Text.objects.exclude(body="").filter(leader=None).select_related("seat__session")
    for text in left.order_by("seat__session__starts_at"):
        kept = text.told or []
        start = datetime.fromisoformat(kept[0][1]) if kept else text.seat.session.starts_at
        if text.step == Step.CANCELLED:
            continue  # It speaks of what was told, which an earlier text says.
        what = (text.sent_at, text.step, paris_day(start), text.seat.session.partner_id)
        near = what in seen and (
            text.step != Step.HOURS3 or abs(start - seen[what]) < timedelta(hours=3)
        )
        assert not near, told
        seen[what] = start


def _nothing_more_to_do(history: History) -> None:
    tasks.sweep()
    once = list(Text.objects.order_by("pk").values())
    swept = tasks.sweep()
    told = "\n".join(history.did)
    assert (swept["added"], swept["voided"]) == (0, 0), told
    assert list(Text.objects.order_by("pk").values()) == once, told


def _settle(history: History) -> None:
    """Until everything that is news has left."""
    for _ in range(60):
        waiting = Text.objects.filter(state=TextState.PLANNED).exclude(step__in=_REMINDERS)
        first = waiting.order_by("due_at").first()
        if first is None:
            return
        history.clock.move_to(max(first.due_at, history.now))
        counts = dispatch_due()
        tasks.sweep()
        history.did.append(f"settled {history.now:%d %H:%M}: {counts}")
    pytest.fail("texts that never leave: " + "\n".join(history.did))


def _told_the_truth(history: History) -> None:
    told = "\n".join(history.did)
    tasks_for_humans = {text.seat_id for text in untold(history.now)}
    enrolments = set(
        Seat.objects.filter(pk__in=tasks_for_humans).values_list("enrolment", flat=True)
    )
    texts = list(Text.objects.order_by("pk"))
    person = history.person_now()
    coming = Seat.objects.filter(participant=person, starts_at__gt=history.now)
    for seat in coming.select_related("session__venue", "session__partner"):
        failed = seat.pk in tasks_for_humans or (
            seat.enrolment_id is not None and seat.enrolment_id in enrolments
        )
        if failed or not reachable(person):
            continue
        about = [text for text in texts if (text.carried_to_id or text.seat_id) == seat.pk]
        about += [text for text in texts if any(pk == seat.pk for pk, *_ in text.told or [])]
        was = in_hand.last(seat, about)
        if seat.state == SeatState.BOOKED:
            assert was is not None, f"never told of {seat.pk}\n{told}"
            assert was.holds(seat), f"told something else of {seat.pk}\n{told}"
        elif seat.state == SeatState.CANCELLED and was is not None:
            steps = {text.step for text in about if in_hand.arrived(text)}
            assert Step.CANCELLED in steps, f"not told that {seat.pk} is cancelled\n{told}"
        elif seat.state == SeatState.RELEASED:
            waiting = [text for text in about if text.state == TextState.PLANNED]
            assert all(text.carried_to_id for text in waiting), told
