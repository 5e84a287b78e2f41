from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.conf import settings

from sms import sending
from sms.actions import note_told
from sms.dispatch import Counts, dispatch_due
from sms.looking_up import Looked, look_up
from sms.models import How, Step, Text, TextState
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book
from tests.sms.stand_in import Mood, StandIn

pytestmark = pytest.mark.django_db

AFTER = timedelta(seconds=settings.SMS_LOOKUP_AFTER)
FIRST, SECOND = NOW + AFTER, NOW + 2 * AFTER


@pytest.fixture
def summons(cast: Cast) -> Text:
    """Hamel's summons, due now."""
    seat = book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))
    return seat.texts.get(step=Step.SUMMONS)


def lose(twilio: StandIn, mood: Mood, count: int = 1) -> None:
    """Send what is due; what became of it is not known."""
    twilio.mood = mood
    assert dispatch_due() == Counts(uncertain=count)
    twilio.mood = "accept"


def known(text: Text) -> tuple[str, str, str]:
    text.refresh_from_db()
    return text.state, text.provider_id, text.problem


def test_too_early_nothing_is_asked(summons: Text, twilio: StandIn) -> None:
    lose(twilio, "drop")
    asked = twilio.api.requests
    assert look_up(FIRST - timedelta(seconds=1)) == Looked()
    assert twilio.api.requests == asked


def test_what_was_taken_is_found_and_never_sent_again(summons: Text, twilio: StandIn) -> None:
    lose(twilio, "drop")
    assert look_up(FIRST) == Looked(found=1)
    assert known(summons) == ("sent", twilio.messages.all[0].sid, "")
    assert dispatch_due(SECOND) == Counts()
    assert len(twilio.accepted) == 1


@pytest.mark.parametrize(
    ("status", "code", "state"),
    [("delivered", None, "delivered"), ("undelivered", 30003, "failed")],
)
def test_what_became_of_it_is_found_too(
    summons: Text, twilio: StandIn, status: str, code: int | None, state: str
) -> None:
    lose(twilio, "drop")
    twilio.messages.all[0].advance(status, code)
    look_up(FIRST)
    assert known(summons)[::2] == (state, str(code or ""))
    assert summons.ended_at == FIRST


def test_one_look_is_not_enough_because_the_list_lags(summons: Text, twilio: StandIn) -> None:
    lose(twilio, "drop_before")
    assert look_up(FIRST) == Looked(open=1)
    assert known(summons) == ("uncertain", "", "not_found")
    assert look_up(SECOND - timedelta(seconds=1)) == Looked()
    assert dispatch_due(FIRST) == Counts()


def test_what_was_never_taken_is_sent_again_after_the_second_look(
    summons: Text, twilio: StandIn
) -> None:
    lose(twilio, "drop_before")
    look_up(FIRST)
    assert look_up(SECOND) == Looked(again=1)
    assert known(summons) == ("planned", "", "")
    assert (summons.to, summons.body, summons.sent_at, summons.told) == ("", "", None, None)
    assert dispatch_due(SECOND) == Counts(sent=1)
    assert len(twilio.accepted) == 1


def test_long_after_one_look_is_enough(summons: Text, twilio: StandIn) -> None:
    lose(twilio, "drop_before")
    assert look_up(NOW + 10 * AFTER) == Looked(again=1)


def test_what_was_never_taken_and_is_too_late_is_a_task(summons: Text, twilio: StandIn) -> None:
    lose(twilio, "drop_before")
    assert look_up(summons.expires_at) == Looked(expired=1)
    assert known(summons) == ("expired", "", "late")


def test_a_provider_that_cannot_be_asked_leaves_it_open(summons: Text, twilio: StandIn) -> None:
    lose(twilio, "drop")
    twilio.mood = (500, 20500)
    assert look_up(FIRST) == Looked(unasked=1)
    assert known(summons)[0] == "uncertain"
    twilio.mood = "accept"
    assert look_up(FIRST) == Looked()
    assert look_up(SECOND) == Looked(found=1)


def test_a_look_that_failed_is_no_look(summons: Text, twilio: StandIn) -> None:
    lose(twilio, "drop_before")
    twilio.next("slow")
    assert look_up(FIRST) == Looked(unasked=1)
    assert look_up(SECOND) == Looked(open=1)


def test_a_provider_that_cannot_be_asked_is_not_asked_for_each(cast: Cast, twilio: StandIn) -> None:
    session = factories.session(cast.ours, paris("2026-04-14 18:00"), capacity=10)
    for _ in range(4):
        book(cast, session, factories.participant())
    lose(twilio, "drop", 4)
    twilio.mood = (500, 20500)
    assert look_up(FIRST) == Looked(unasked=3)


@pytest.mark.parametrize("answer", [(401, 20003), (403, 20005), (404, 20404)])
def test_a_key_that_may_send_and_not_read_keeps_sending(
    summons: Text, twilio: StandIn, answer: tuple[int, int]
) -> None:
    lose(twilio, "drop")
    twilio.mood = answer
    assert look_up(FIRST) == Looked(unasked=1)
    assert sending.gate_now() is sending.Gate.OPEN
    assert known(summons)[0] == "uncertain"


def test_while_the_provider_refuses_us_it_is_not_asked(summons: Text, twilio: StandIn) -> None:
    lose(twilio, "drop")
    sending.halt("20003", FIRST)
    assert look_up(FIRST) == Looked()


@pytest.mark.parametrize("wrong", [-90, 90])
def test_a_clock_that_is_wrong_by_an_hour_and_a_half_sends_nothing_twice(
    summons: Text, twilio: StandIn, wrong: int
) -> None:
    """Ours, in minutes, against the provider's."""
    lose(twilio, "drop")
    behind = timedelta(minutes=wrong)
    Text.objects.filter(pk=summons.pk).update(sent_at=NOW + behind)
    assert look_up(FIRST + behind) == Looked(found=1)


def test_a_message_of_another_text_is_passed_over(cast: Cast, twilio: StandIn) -> None:
    """Two people on one number are told the same; one message was taken, one was not."""
    session = factories.session(cast.ours, paris("2026-04-14 18:00"))
    for _ in range(2):
        book(cast, session, factories.participant(phone="+33639980099"))
    twilio.next("drop", "drop_before")
    assert dispatch_due() == Counts(uncertain=2)
    assert look_up(FIRST) == Looked(found=1, open=1)
    assert look_up(SECOND) == Looked(again=1)
    assert dispatch_due(SECOND) == Counts(sent=1)
    assert len(twilio.accepted) == 2


def test_a_text_is_looked_up_by_one_worker(summons: Text, twilio: StandIn) -> None:
    from sms import looking_up

    lose(twilio, "drop")
    [seen] = looking_up._waiting(FIRST, 10)
    [same] = looking_up._waiting(FIRST, 10)
    assert looking_up._claimed(seen, FIRST) is not None
    assert looking_up._claimed(same, FIRST) is None


def test_a_report_between_look_and_answer_is_not_undone(summons: Text, twilio: StandIn) -> None:
    from sms import looking_up

    lose(twilio, "drop_before")
    [seen] = looking_up._waiting(FIRST, 10)
    mine = looking_up._claimed(seen, FIRST)
    assert mine is not None
    Text.objects.filter(pk=summons.pk).update(state="sent", provider_id="SM9", problem="")
    assert looking_up._never_sent(mine, SECOND) == "open"
    assert known(summons) == ("sent", "SM9", "")


def test_those_that_were_to_leave_with_it_wait_again(cast: Cast, twilio: StandIn) -> None:
    seats = [
        book(cast, factories.session(cast.ours, paris(f"2026-04-14 {hour}:00")))
        for hour in (10, 15)
    ]
    lose(twilio, "drop_before")
    follower = Text.objects.get(leader__isnull=False)
    assert follower.state == TextState.UNCERTAIN
    assert look_up(NOW + 10 * AFTER) == Looked(again=1)
    both = Text.objects.filter(step=Step.SUMMONS)
    assert set(both.values_list("state", "leader", "to")) == {("planned", None, "")}
    assert dispatch_due(NOW + 10 * AFTER) == Counts(sent=1)
    assert len(seats) == both.filter(state=TextState.SENT).count()


def test_a_dispatcher_that_died_while_sending_is_looked_up(summons: Text, twilio: StandIn) -> None:
    lose(twilio, "drop")
    lost = {"state": "claimed", "lease_until": NOW + timedelta(minutes=5)}
    Text.objects.filter(pk=summons.pk).update(**lost)
    later: datetime = NOW + timedelta(minutes=5)
    assert dispatch_due(later) == Counts(freed=1)
    assert look_up(later) == Looked(found=1)


def test_what_no_longer_holds_is_not_sent_again(cast: Cast, summons: Text, twilio: StandIn) -> None:
    lose(twilio, "drop_before")
    type(cast.hamel).objects.update(texts_refused=True)
    with time_machine.travel(NOW + 10 * AFTER, tick=False):
        assert look_up() == Looked(again=1)
        assert dispatch_due() == Counts(void=1)


def test_who_was_called_about_one_of_two_that_left_together(cast: Cast, twilio: StandIn) -> None:
    """The other one is looked up by the words of the first, and is found or waits again."""
    for start in ("2026-04-14 10:00", "2026-04-14 18:00"):
        book(cast, factories.session(cast.ours, paris(start)))
    lose(twilio, "drop")
    first = Text.objects.get(step=Step.SUMMONS, leader=None)
    note_told(by=None, now=NOW, seat=first.seat, how=How.CALL)
    assert look_up(FIRST) == Looked(found=1)
    follower = Text.objects.get(leader=first)
    assert known(follower) == ("sent", twilio.messages.all[0].sid, "")
    assert known(first)[0] == "by_hand"


def test_those_that_left_in_one_message_are_all_found_by_it(cast: Cast, twilio: StandIn) -> None:
    for start in ("2026-04-14 10:00", "2026-04-14 14:00", "2026-04-14 18:00"):
        book(cast, factories.session(cast.ours, paris(start)))
    lose(twilio, "drop")
    first = Text.objects.get(step=Step.SUMMONS, leader=None)
    note_told(by=None, now=NOW, seat=first.seat, how=How.CALL)
    assert look_up(FIRST) == Looked(found=2)
    assert look_up(SECOND) == Looked()


def test_a_follower_that_was_never_sent_waits_again_alone(cast: Cast, twilio: StandIn) -> None:
    for start in ("2026-04-14 10:00", "2026-04-14 18:00"):
        book(cast, factories.session(cast.ours, paris(start)))
    lose(twilio, "drop_before")
    first = Text.objects.get(step=Step.SUMMONS, leader=None)
    note_told(by=None, now=NOW, seat=first.seat, how=How.CALL)
    look_up(FIRST)
    assert look_up(SECOND) == Looked(again=1)
    assert dispatch_due(SECOND) == Counts(sent=1)
    assert not Text.objects.filter(state=TextState.UNCERTAIN).exists()
