from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from booking.errors import NotAllowed
from booking.models import JournalEntry
from booking.models.journal import Verb
from sms import actions, sending
from sms.dispatch import Counts, dispatch_due
from sms.handover import Closed, hand_over
from sms.models import Sending, Step, Text, TextState
from sms.untold import untold_seats
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book
from tests.sms.stand_in import StandIn

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def due(cast: Cast, count: int) -> list[Text]:
    """So many people's summons, due now."""
    session = factories.session(cast.ours, paris("2026-04-14 18:00"), capacity=max(count, 1))
    for _ in range(count):
        book(cast, session, factories.participant())
    return list(Text.objects.filter(step=Step.SUMMONS))


def pause(cast: Cast) -> Sending:
    return actions.pause_sending(by=cast.coordinator, now=NOW)


def resume(cast: Cast) -> Sending:
    return actions.resume_sending(by=cast.coordinator, now=NOW)


def test_while_paused_nothing_is_claimed_and_nothing_is_lost(cast: Cast) -> None:
    due(cast, 2)
    before = list(Text.objects.order_by("pk").values())
    pause(cast)
    assert dispatch_due() == Counts(stopped="paused")
    assert list(Text.objects.order_by("pk").values()) == before
    resume(cast)
    assert dispatch_due() == Counts(sent=2)


def test_what_becomes_useless_while_paused_is_a_task(cast: Cast) -> None:
    [summons] = due(cast, 1)
    pause(cast)
    late = summons.expires_at
    assert dispatch_due(late) == Counts(expired=3, stopped="paused")
    summons.refresh_from_db()
    assert (summons.state, summons.problem, summons.ended_at) == ("expired", "late", late)


def test_the_switch_is_one_row_and_is_said_once(cast: Cast) -> None:
    assert (sending.state().paused_at, Sending.objects.count()) == (None, 0)
    pause(cast)
    assert pause(cast).paused_by == cast.coordinator
    resume(cast)
    assert resume(cast).paused_at is None
    verbs = JournalEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert [verb for verb in verbs if verb.startswith("sending")] == [
        Verb.SENDING_PAUSED,
        Verb.SENDING_RESUMED,
    ]


@pytest.mark.parametrize("action", [actions.pause_sending, actions.resume_sending])
@pytest.mark.parametrize("who", ["admin", "doctor", "observer"])
def test_the_switch_is_the_coordination_s(cast: Cast, who: str, action: object) -> None:
    with pytest.raises(NotAllowed):
        action(by=getattr(cast, who), now=NOW)  # type: ignore[operator]
    assert not Sending.objects.exists()


def test_a_pause_in_the_middle_of_a_run_stops_it_before_the_next_text(
    cast: Cast, twilio: StandIn
) -> None:
    due(cast, 5)

    def told(counts: Counts) -> None:
        if counts.sent == 2:
            pause(cast)

    assert dispatch_due(told=told) == Counts(sent=2, stopped="paused")
    assert len(twilio.accepted) == 2
    assert not Text.objects.filter(state=TextState.CLAIMED).exists()


@pytest.mark.parametrize("answer", [(401, 20003), (403, 20005)])
def test_who_is_refused_as_a_whole_asks_once(
    cast: Cast, twilio: StandIn, answer: tuple[int, int]
) -> None:
    due(cast, 30)
    twilio.mood = answer
    assert dispatch_due() == Counts(retrying=1, stopped="halted")
    assert dispatch_due() == Counts(stopped="halted")
    assert twilio.api.requests == 1
    waiting = Text.objects.filter(step=Step.SUMMONS)
    assert set(waiting.values_list("state", "attempts", "due_at", "to")) == {
        ("planned", 0, NOW, "")
    }
    assert sending.state().halted_at == NOW


def test_one_text_is_tried_from_time_to_time(cast: Cast, twilio: StandIn) -> None:
    due(cast, 3)
    twilio.mood = (401, 20003)
    tried = [n for n in range(50) if dispatch_due(NOW + n * MINUTE).retrying]
    assert tried == [0, 1, 3, 7, 15, 30, 45]
    assert twilio.api.requests == len(tried)


def test_once_one_is_taken_all_leave(cast: Cast, twilio: StandIn) -> None:
    due(cast, 3)
    twilio.mood = (401, 20003)
    dispatch_due()
    twilio.mood = "accept"
    assert dispatch_due(NOW + MINUTE) == Counts(sent=3)
    row = Sending.objects.get()
    assert (row.halted_at, row.halted_code, row.probe_at) == (None, "", None)


def test_a_probe_that_meets_a_bad_number_tries_the_next(cast: Cast, twilio: StandIn) -> None:
    due(cast, 2)
    twilio.mood = (401, 20003)
    dispatch_due()
    twilio.mood = "accept"
    twilio.next((400, 21211))
    assert dispatch_due(NOW + MINUTE) == Counts(failed=1, sent=1)


def test_a_probe_that_gets_no_answer_proves_nothing(cast: Cast, twilio: StandIn) -> None:
    due(cast, 2)
    twilio.mood = (401, 20003)
    dispatch_due()
    twilio.mood = (429, 20429)
    assert dispatch_due(NOW + MINUTE) == Counts(retrying=1, stopped="halted")
    assert sending.state().halted_at == NOW


def test_a_probe_is_one_worker_s_and_is_kept_while_there_is_nothing_to_try(cast: Cast) -> None:
    sending.halt("20003", NOW)
    assert sending.gate(NOW + MINUTE) is sending.Gate.PROBE
    assert sending.gate(NOW + MINUTE) is sending.Gate.HALTED
    assert dispatch_due(NOW + 3 * MINUTE) == Counts()
    due(cast, 1)
    assert dispatch_due(NOW + 3 * MINUTE) == Counts(sent=1)


def test_whoever_has_paid_need_not_wait_for_the_probe(cast: Cast, twilio: StandIn) -> None:
    due(cast, 2)
    twilio.mood = (401, 20003)
    dispatch_due()
    twilio.mood = "accept"
    resume(cast)
    assert dispatch_due() == Counts(sent=2)


def test_several_in_a_row_that_do_not_get_through_end_the_run(cast: Cast, twilio: StandIn) -> None:
    due(cast, 12)
    twilio.mood = "drop"
    assert dispatch_due() == Counts(uncertain=5, stopped="streak")
    assert Text.objects.filter(step=Step.SUMMONS, state=TextState.PLANNED).count() == 7
    twilio.mood = "accept"
    assert dispatch_due() == Counts(sent=7)


def test_whom_no_text_reached_in_time_is_to_be_called(cast: Cast) -> None:
    """Paused over the evening: the reminder for the early morning cannot leave any more."""
    seat = book(cast, factories.session(cast.ours, paris("2026-03-17 07:30")))
    pause(cast)
    evening = paris("2026-03-16 20:30")
    resume(cast)
    assert dispatch_due(evening) == Counts(expired=1)
    assert untold_seats(evening, evening + timedelta(days=1)) == [seat.pk]


def test_a_refusal_of_this_very_number_proves_that_the_account_works(
    cast: Cast, twilio: StandIn
) -> None:
    due(cast, 1)
    sending.halt("20003", NOW)
    twilio.mood = (400, 21211)
    assert dispatch_due(NOW + MINUTE) == Counts(failed=1)
    assert sending.state().halted_at is None


@pytest.mark.parametrize("code", [21606, 29999])
def test_a_refusal_that_may_be_ours_proves_nothing(cast: Cast, twilio: StandIn, code: int) -> None:
    due(cast, 1)
    sending.halt("20003", NOW)
    twilio.mood = (400, code)
    assert dispatch_due(NOW + MINUTE) == Counts(failed=1)
    assert sending.state().halted_at == NOW


def test_a_pause_that_is_over_between_two_looks_stops_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    due(cast, 2)
    closed = [Closed()]

    def look(*args: Any, **kwargs: Any) -> object:
        if closed:
            raise closed.pop()
        return hand_over(*args, **kwargs)

    monkeypatch.setattr("sms.dispatch.hand_over", look)
    out = StringIO()
    call_command("dispatch_due", stdout=out)
    assert out.getvalue() == "1 sent, 1 waiting\n"
    assert dispatch_due() == Counts(sent=1)
