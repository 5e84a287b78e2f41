"""What was just said is not said again: a summons on the eve is the eve's text, and a reminder that
came before its summons has said it all."""

from __future__ import annotations

import pytest
import time_machine

from booking import actions
from booking.models import Seat
from booking.models.programme import ProgrammeKind
from sms import tasks
from sms.dispatch import Counts, dispatch_due
from sms.models import Step, Text, TextState
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import book

pytestmark = pytest.mark.django_db


def booked(cast: Cast, at: str, start: str) -> Seat:
    with time_machine.travel(paris(at), tick=False):
        session = factories.session(cast.ours, paris(start))
        return actions.book_seat(
            by=None,
            now=paris(at),
            session=session,
            participant=cast.hamel,
            referral=cast.referral,
        )


def leave(*moments: str) -> list[str]:
    """The steps that left at these moments, the planner's net in between."""
    for moment in moments:
        with time_machine.travel(paris(moment), tick=False):
            tasks.sweep()
            dispatch_due()
    left = Text.objects.filter(state=TextState.SENT, leader=None).order_by("sent_at", "pk")
    return [text.step for text in left]


@pytest.mark.parametrize("at", ["2026-03-16 08:59", "2026-03-16 08:00"])
def test_a_summons_on_the_eve_is_the_eve_s_text(cast: Cast, at: str) -> None:
    booked(cast, at, "2026-03-17 18:00")
    assert leave(at, "2026-03-16 09:00", "2026-03-16 12:00") == ["summons"]


def test_a_summons_of_the_day_before_is_followed_by_the_reminder(cast: Cast) -> None:
    booked(cast, "2026-03-16 12:00", "2026-03-18 18:00")
    assert leave("2026-03-16 12:00", "2026-03-17 09:00") == ["summons", "day1"]


def test_a_change_on_the_eve_is_the_eve_s_text(cast: Cast) -> None:
    seat = booked(cast, "2026-03-16 12:00", "2026-03-18 18:00")
    leave("2026-03-16 12:00")
    start, at = paris("2026-03-18 14:00"), paris("2026-03-17 08:50")
    with time_machine.travel(at, tick=False):
        actions.move_session(by=None, now=at, session=seat.session, starts_at=start)
    assert leave("2026-03-17 08:56", "2026-03-17 09:00") == ["summons", "changed"]


def test_who_was_told_by_hand_on_the_eve_is_reminded_all_the_same(cast: Cast) -> None:
    booked(cast, "2026-03-16 08:00", "2026-03-17 18:00")
    Text.objects.filter(step=Step.SUMMONS).update(
        state=TextState.BY_HAND, sent_at=paris("2026-03-16 08:01")
    )
    assert leave("2026-03-16 09:00") == ["day1"]


def test_a_summons_that_failed_on_the_eve_leaves_the_reminder(cast: Cast) -> None:
    booked(cast, "2026-03-16 08:50", "2026-03-17 18:00")
    leave("2026-03-16 08:50")
    Text.objects.filter(step=Step.SUMMONS).update(state=TextState.FAILED, problem="30003")
    leave("2026-03-16 09:00")
    assert Text.objects.get(step=Step.DAY1).state == TextState.SENT


def test_a_reminder_that_came_before_its_summons_has_said_it_all(cast: Cast) -> None:
    """Booked on a Saturday evening: the summons waits for Monday, the reminder does not."""
    booked(cast, "2026-03-14 20:30", "2026-03-16 10:00")
    assert leave("2026-03-14 20:30", "2026-03-15 09:00", "2026-03-16 08:00") == ["day1"]


def test_a_course_of_which_one_day_was_reminded_is_summoned_for_the_rest(cast: Cast) -> None:
    programme = factories.programme(cast.ours, ProgrammeKind.COURSE)
    for start in ("2026-03-16 10:00", "2026-03-19 10:00"):
        factories.session(cast.ours, paris(start), programme=programme)
    at = paris("2026-03-14 20:30")
    with time_machine.travel(at, tick=False):
        actions.enrol(by=None, now=at, programme=programme, participant=cast.hamel)
    assert leave("2026-03-15 09:00", "2026-03-16 08:00") == ["day1", "summons"]


def test_two_sessions_of_the_eve_are_one_summons_and_no_reminder(cast: Cast) -> None:
    for start in ("2026-03-17 09:00", "2026-03-17 18:00"):
        book(cast, factories.session(cast.ours, paris(start)))
    assert dispatch_due() == Counts(sent=1)
    assert leave("2026-03-16 10:30") == ["summons"]
