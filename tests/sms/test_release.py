"""Until the day from which somebody can come, their phone is in other hands: no text before it."""

from __future__ import annotations

from datetime import date, datetime

import pytest
import time_machine

from booking import actions
from booking.models import Participant, Seat
from sms import tasks
from sms.dispatch import Counts, dispatch_due
from sms.models import Step, Text, TextPolicy, TextState
from sms.untold import untold_seats
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book

pytestmark = pytest.mark.django_db

#: A Wednesday; the hours begin at 8:00.
FREE = date(2026, 4, 8)
MORNING = paris("2026-04-08 08:00")


@pytest.fixture(autouse=True)
def held_back(cast: Cast) -> None:
    Participant.objects.filter(pk=cast.hamel.pk).update(not_before=FREE)
    cast.hamel.refresh_from_db()


def texts(*states: TextState) -> list[tuple[str, datetime]]:
    found = Text.objects.filter(state__in=states or [TextState.PLANNED]).order_by("due_at", "pk")
    return [(text.step, text.due_at) for text in found]


def test_a_summons_waits_for_the_morning_and_reminders_after_it_leave_in_their_time(
    cast: Cast,
) -> None:
    book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))
    # The early reminder, of the 7th, would say the same again.
    assert texts() == [("summons", MORNING), ("day1", paris("2026-04-13 09:00"))]
    with time_machine.travel(MORNING, tick=False):
        assert dispatch_due() == Counts(sent=1)
        tasks.sweep()
    assert texts() == [("day1", paris("2026-04-13 09:00"))]


def test_on_the_very_day_one_text_says_it_all(cast: Cast) -> None:
    book(cast, factories.session(cast.ours, paris("2026-04-08 14:00")))
    assert texts() == [("summons", MORNING)]
    with time_machine.travel(MORNING, tick=False):
        assert dispatch_due() == Counts(sent=1)
        assert tasks.sweep()["added"] == 0


def test_the_partner_s_own_hours_say_when_the_morning_is(cast: Cast) -> None:
    TextPolicy.objects.create(partner=cast.ours, opens=datetime.min.time().replace(hour=9))
    book(cast, factories.session(cast.ours, paris("2026-04-08 14:00")))
    assert texts() == [("summons", paris("2026-04-08 09:00"))]


def test_a_sunday_morning_is_no_morning_for_a_summons(cast: Cast) -> None:
    Participant.objects.update(not_before=date(2026, 3, 22))
    book(cast, factories.session(cast.ours, paris("2026-03-24 14:00")))
    assert texts()[0] == ("summons", paris("2026-03-23 08:00"))


def test_what_would_come_too_late_is_a_task_at_once(cast: Cast) -> None:
    seat = book(cast, factories.session(cast.ours, paris("2026-04-08 07:30")))
    assert (texts(), texts(TextState.EXPIRED)) == ([], [("summons", MORNING)])
    assert untold_seats(NOW, paris("2026-04-09 00:00")) == [seat.pk]
    assert tasks.sweep()["added"] == 0


def test_who_is_freed_earlier_is_told_in_time_again(cast: Cast) -> None:
    seat = book(cast, factories.session(cast.ours, paris("2026-04-08 07:30")))
    actions.hold_back(by=None, now=NOW, participant=cast.hamel, until=date(2026, 4, 6))
    assert untold_seats(NOW, paris("2026-04-09 00:00")) == []
    assert texts() == [
        ("summons", paris("2026-04-07 08:00")),  # The 6th is Easter Monday.
        ("day1", paris("2026-04-07 09:00")),
    ]
    assert seat.texts.filter(step=Step.SUMMONS).count() == 2


def test_a_date_that_is_lifted_lets_the_summons_leave_at_once(cast: Cast) -> None:
    book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))
    actions.hold_back(by=None, now=NOW, participant=cast.hamel, until=None)
    assert texts() == [
        ("summons", NOW),
        ("day7", paris("2026-04-07 09:00")),
        ("day1", paris("2026-04-13 09:00")),
    ]
    assert dispatch_due() == Counts(sent=1)


def test_who_is_held_back_after_the_summons_is_reminded_once_free(cast: Cast) -> None:
    Participant.objects.update(not_before=None)
    session = factories.session(cast.ours, paris("2026-04-08 18:00"))
    book(cast, session)
    dispatch_due()
    actions.hold_back(by=None, now=NOW, participant=cast.hamel, until=FREE)
    assert texts() == [("day1", MORNING)]
    with time_machine.travel(MORNING, tick=False):
        assert dispatch_due() == Counts(sent=1)
    assert "aujourd'hui" in Text.objects.get(step=Step.DAY1).body


def test_who_was_told_and_is_held_back_hears_of_a_cancellation_once_free(cast: Cast) -> None:
    Participant.objects.update(not_before=None)
    seat = book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))
    dispatch_due()
    actions.hold_back(by=None, now=NOW, participant=cast.hamel, until=FREE)
    actions.cancel_session(by=None, now=NOW, session=seat.session)
    assert texts() == [("cancelled", MORNING)]


def test_a_text_claimed_before_somebody_was_held_back_does_not_leave(cast: Cast) -> None:
    Participant.objects.update(not_before=None)
    book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))
    Participant.objects.update(not_before=FREE)
    assert dispatch_due() == Counts(waiting=1)
    assert texts()[0] == ("day7", paris("2026-04-07 09:00"))
    assert ("summons", MORNING) in texts()


def test_one_who_waits_is_offered_a_place_once_free(cast: Cast) -> None:
    session = factories.session(cast.ours, paris("2026-04-14 18:00"))
    with time_machine.travel(paris("2026-04-07 09:00"), tick=False):
        offer = actions.join_waiting_list(
            by=None,
            now=paris("2026-04-07 09:00"),
            participant=cast.hamel,
            referral=cast.referral,
            session=session,
        )
    text = Text.objects.get()
    assert (text.step, text.due_at, text.expires_at) == ("offer", MORNING, offer.held_until)


def test_an_offer_that_ends_before_the_day_is_for_a_call(cast: Cast) -> None:
    session = factories.session(cast.ours, paris("2026-04-14 18:00"))
    actions.join_waiting_list(
        by=None, now=NOW, participant=cast.hamel, referral=cast.referral, session=session
    )
    assert texts(TextState.EXPIRED) == [("offer", MORNING)]
    assert untold_seats(NOW, session.starts_at) == [Seat.objects.get().pk]


def test_who_is_held_back_until_after_their_session_is_a_task_at_once(cast: Cast) -> None:
    Participant.objects.update(not_before=None)
    seat = book(cast, factories.session(cast.ours, paris("2026-03-20 10:00")))
    actions.hold_back(by=None, now=NOW, participant=cast.hamel, until=FREE)
    assert (texts(), texts(TextState.EXPIRED)) == ([], [("summons", MORNING)])
    assert untold_seats(NOW, paris("2026-03-21 00:00")) == [seat.pk]
    assert tasks.sweep() == {"seats": 1, "added": 0, "voided": 0}
