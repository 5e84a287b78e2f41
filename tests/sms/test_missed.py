"""Somebody did not come: one text, some time after it was noted, unless it was a mistake."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine

from booking import actions, journal, seating
from booking.models import Seat
from booking.models.journal import Verb
from booking.models.person import PhoneState
from booking.models.seat import SeatState
from sms import tasks
from sms.dispatch import Counts, dispatch_due
from sms.models import Step, Text, TextPolicy, TextState
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book

pytestmark = pytest.mark.django_db

#: A Tuesday; the absence is noted right after the evening.
NOTED = paris("2026-03-17 16:00")


def note(seat: Seat, state: SeatState, at: datetime = NOTED) -> None:
    """As whoever marks attendance does."""
    seat.state = state
    seat.save(update_fields=["state"])
    entry = seating.entry(seat, Verb.ATTENDANCE_RECORDED, at=at, by_id=None)
    with time_machine.travel(at, tick=False):
        journal.write([entry])


@pytest.fixture
def seat(cast: Cast) -> Seat:
    """Hamel's, who was summoned."""
    seat = book(cast, factories.session(cast.ours, paris("2026-03-17 14:00")))
    dispatch_due()
    return seat


def planned() -> list[tuple[str, datetime]]:
    texts = Text.objects.filter(state=TextState.PLANNED).order_by("due_at", "pk")
    return [(text.step, text.due_at) for text in texts]


def test_an_absence_is_told_an_hour_after_it_was_noted(seat: Seat) -> None:
    note(seat, SeatState.UNEXCUSED)
    due = NOTED + timedelta(hours=1)
    assert planned() == [("missed", due)]
    assert Text.objects.get(step=Step.MISSED).expires_at == paris("2026-03-24 14:00")
    assert dispatch_due(due - timedelta(seconds=1)) == Counts()
    assert dispatch_due(due) == Counts(sent=1)
    body = Text.objects.get(step=Step.MISSED).body
    assert body.startswith("Vous avez manqué votre RDV du mardi 17 mars à 14h00.")


@pytest.mark.parametrize("state", [SeatState.PRESENT, SeatState.EXCUSED, SeatState.LATE])
def test_a_click_that_was_a_mistake_sends_nothing(seat: Seat, state: SeatState) -> None:
    note(seat, SeatState.UNEXCUSED)
    note(seat, state, NOTED + timedelta(minutes=30))
    assert planned() == []
    assert dispatch_due(NOTED + timedelta(hours=2)) == Counts()


def test_an_absence_noted_again_counts_from_then(seat: Seat) -> None:
    note(seat, SeatState.UNEXCUSED)
    note(seat, SeatState.PRESENT, NOTED + timedelta(minutes=5))
    note(seat, SeatState.UNEXCUSED, NOTED + timedelta(minutes=10))
    assert planned() == [("missed", NOTED + timedelta(minutes=70))]


def test_an_absence_is_told_once(seat: Seat) -> None:
    note(seat, SeatState.UNEXCUSED)
    dispatch_due(NOTED + timedelta(hours=1))
    note(seat, SeatState.EXCUSED, NOTED + timedelta(hours=2))
    note(seat, SeatState.UNEXCUSED, NOTED + timedelta(hours=3))
    assert planned() == []


def test_the_sweep_finds_an_absence_too(seat: Seat) -> None:
    note(seat, SeatState.UNEXCUSED)
    Text.objects.filter(step=Step.MISSED).delete()
    with time_machine.travel(NOTED + timedelta(minutes=30), tick=False):
        assert tasks.sweep()["added"] == 1
        assert tasks.sweep()["added"] == 0
    assert planned() == [("missed", NOTED + timedelta(hours=1))]


def test_an_evening_s_absence_waits_for_the_morning_of_a_working_day(cast: Cast) -> None:
    seat = book(cast, factories.session(cast.ours, paris("2026-03-21 17:00")))
    dispatch_due()
    note(seat, SeatState.UNEXCUSED, paris("2026-03-21 19:30"))
    assert dispatch_due(paris("2026-03-21 20:30")) == Counts(waiting=1)
    # Not on Sunday.
    assert planned() == [("missed", paris("2026-03-23 08:00"))]


def test_two_absences_of_a_day_are_one_text_about_the_first(cast: Cast, seat: Seat) -> None:
    other = book(cast, factories.session(cast.ours, paris("2026-03-17 18:00")))
    dispatch_due()
    note(other, SeatState.UNEXCUSED, paris("2026-03-18 09:00"))
    note(seat, SeatState.UNEXCUSED, paris("2026-03-18 09:05"))
    assert dispatch_due(paris("2026-03-18 10:00")) == Counts(waiting=1)
    assert dispatch_due(paris("2026-03-18 10:05")) == Counts(sent=1)
    texts = Text.objects.filter(step=Step.MISSED)
    assert set(texts.values_list("state", flat=True)) == {"sent"}
    assert "à 14h00" in texts.exclude(body="").get().body


def test_what_is_noted_a_week_later_is_not_told(seat: Seat) -> None:
    note(seat, SeatState.UNEXCUSED, paris("2026-03-24 13:30"))
    assert planned() == []


def test_a_partner_may_leave_it_to_the_telephone(cast: Cast, seat: Seat) -> None:
    TextPolicy.objects.create(partner=cast.ours, missed=False)
    note(seat, SeatState.UNEXCUSED)
    assert planned() == []


def test_a_rule_made_later_tells_nobody_of_the_past(cast: Cast, seat: Seat) -> None:
    rules = TextPolicy.objects.create(partner=cast.ours, missed=False)
    note(seat, SeatState.UNEXCUSED)
    rules.delete()
    with time_machine.travel(NOTED + timedelta(days=1), tick=False):
        assert tasks.sweep()["added"] == 0


def test_whoever_cannot_be_reached_is_not_told(cast: Cast, seat: Seat) -> None:
    type(cast.hamel).objects.update(phone_state=PhoneState.WRONG)
    note(seat, SeatState.UNEXCUSED)
    assert planned() == []


def test_history_is_never_told(cast: Cast) -> None:
    start = paris("2026-03-13 18:00")
    actions.record_history(
        by=None, now=NOW, referral=cast.referral, starts_at=start, label="Groupe"
    )
    Seat.objects.update(state=SeatState.UNEXCUSED)
    tasks.sweep()
    assert not Text.objects.exists()
