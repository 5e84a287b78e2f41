"""Texts follow the number: what waits leaves to the one of the day, what failed on an old one is sent
again, and what was told is not."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine

from booking import actions
from booking.models import Participant, Seat
from sms import outcomes, tasks
from sms.dispatch import Counts, dispatch_due
from sms.models import Step, Text, TextState
from sms.untold import untold_seats
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def seat(cast: Cast) -> Seat:
    return book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))


def planned() -> list[tuple[str, datetime]]:
    texts = Text.objects.filter(state=TextState.PLANNED).order_by("due_at", "pk")
    return [(text.step, text.due_at) for text in texts]


def another_number(cast: Cast, number: str = "06 39 98 12 34", at: datetime = LATER) -> None:
    with time_machine.travel(at, tick=False):
        actions.change_phone(by=None, now=at, participant=cast.hamel, phone=number)
        assert planned() == [], "no text to a number that nobody has confirmed"
        actions.confirm_phone(by=None, now=at, participant=cast.hamel)


def failed(seat: Seat, code: str) -> None:
    """As the provider says it of the summons, some time after it took it."""
    text = seat.texts.get(step=Step.SUMMONS)
    outcomes.apply(
        text_id=text.pk,
        provider_id=text.provider_id,
        state=TextState.FAILED,
        code=code,
        at=NOW,
        now=NOW,
    )


def test_a_text_that_waits_holds_no_number_and_follows_the_new_one(cast: Cast, seat: Seat) -> None:
    assert set(Text.objects.values_list("to", flat=True)) == {""}
    Participant.objects.update(phone="+33639981234")
    dispatch_due()
    assert seat.texts.get(step=Step.SUMMONS).to == "+33639981234"


def test_what_was_given_up_with_a_number_is_planned_with_the_next(cast: Cast, seat: Seat) -> None:
    another_number(cast)
    assert [step for step, _ in planned()] == ["summons", "day7", "day1"]
    assert dispatch_due(LATER) == Counts(sent=1)
    sent = seat.texts.get(step=Step.SUMMONS, state=TextState.SENT)
    assert sent.to == "+33639981234"


def test_who_was_told_on_the_old_number_is_not_told_again(cast: Cast, seat: Seat) -> None:
    dispatch_due()
    another_number(cast)
    assert [step for step, _ in planned()] == ["day7", "day1"]


@pytest.mark.parametrize("code", ["30005", "21211", "30006", "30008"])
def test_a_summons_that_failed_on_the_old_number_goes_to_the_new_one(
    cast: Cast, seat: Seat, code: str
) -> None:
    dispatch_due()
    failed(seat, code)
    another_number(cast)
    assert planned()[0] == ("summons", LATER)
    assert dispatch_due(LATER) == Counts(sent=1)
    assert untold_seats(NOW, paris("2026-05-01 00:00")) == []
    with time_machine.travel(LATER, tick=False):
        assert tasks.sweep()["added"] == 0


def test_a_number_that_was_wrong_by_mistake_gets_its_text_once_confirmed(
    cast: Cast, seat: Seat
) -> None:
    dispatch_due()
    failed(seat, "30005")
    assert (planned(), Participant.objects.get(pk=cast.hamel.pk).phone_state) == ([], "wrong")
    actions.confirm_phone(by=None, now=NOW, participant=cast.hamel)
    assert [step for step, _ in planned()] == ["summons", "day7", "day1"]


def test_who_stopped_texts_and_takes_them_again_gets_what_is_still_true(
    cast: Cast, seat: Seat
) -> None:
    dispatch_due()
    failed(seat, "21610")
    assert (planned(), Participant.objects.get(pk=cast.hamel.pk).texts_refused) == ([], True)
    actions.allow_texts(by=cast.coordinator, now=NOW, participant=cast.hamel)
    assert [step for step, _ in planned()] == ["summons", "day7", "day1"]


def test_a_failure_that_no_number_caused_is_for_a_call_and_not_tried_again(
    cast: Cast, seat: Seat
) -> None:
    dispatch_due()
    failed(seat, "30003")
    tasks.sweep()
    actions.confirm_phone(by=None, now=NOW, participant=cast.hamel)
    assert [step for step, _ in planned()] == ["day7", "day1"]
    assert untold_seats(NOW, paris("2026-05-01 00:00")) == [seat.pk]


def test_a_reminder_lost_with_a_number_is_still_owed_on_the_eve(cast: Cast, seat: Seat) -> None:
    dispatch_due()
    morning, noon = paris("2026-04-13 08:30"), paris("2026-04-13 12:00")
    with time_machine.travel(morning, tick=False):
        dispatch_due()
        actions.report_wrong_number(by=None, now=morning, participant=cast.hamel)
    another_number(cast, at=noon)
    assert planned() == [("day1", noon)]
    with time_machine.travel(paris("2026-04-14 08:00"), tick=False):
        assert dispatch_due() == Counts(sent=1)
    assert "aujourd'hui" in Text.objects.get(step=Step.DAY1, state=TextState.SENT).body


def test_nothing_is_owed_after_the_start(cast: Cast, seat: Seat) -> None:
    dispatch_due()
    actions.refuse_texts(by=None, now=NOW, participant=cast.hamel)
    after = seat.session.starts_at + timedelta(minutes=1)
    with time_machine.travel(after, tick=False):
        actions.allow_texts(by=cast.coordinator, now=after, participant=cast.hamel)
    assert planned() == []


def test_a_wrong_number_stops_the_texts_of_whoever_has_it(cast: Cast, seat: Seat) -> None:
    other = factories.participant(phone=cast.hamel.phone)
    book(cast, factories.session(cast.ours, paris("2026-04-15 18:00")), other)
    actions.report_wrong_number(by=None, now=NOW, participant=cast.hamel)
    assert planned() == []


def test_a_cancellation_reaches_the_new_number(cast: Cast, seat: Seat) -> None:
    dispatch_due()
    actions.report_wrong_number(by=None, now=NOW, participant=cast.hamel)
    actions.cancel_session(by=None, now=NOW, session=seat.session)
    assert planned() == []
    another_number(cast)
    assert planned() == [("cancelled", LATER)]
