from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from booking import actions
from booking.models import Participant, Partner, Seat
from booking.models.person import PhoneState
from booking.models.programme import ProgrammeKind
from sms.dispatch import Counts, dispatch_due
from sms.handover import Handed, hand_over
from sms.leases import lease_time
from sms.looking_up import Looked, look_up
from sms.models import Step, Text, TextState
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book
from tests.sms.stand_in import StandIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def summons(cast: Cast) -> Text:
    """The one text that is due: Hamel's summons to an evening in a month."""
    seat = book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))
    return seat.texts.get(step=Step.SUMMONS)


def facts(text: Text) -> tuple[str, str, datetime]:
    text.refresh_from_db()
    return text.state, text.problem, text.due_at


def test_a_due_text_is_sent_and_recorded(summons: Text, outbox: Path) -> None:
    assert dispatch_due() == Counts(sent=1)
    summons.refresh_from_db()
    assert (summons.state, summons.sent_at, summons.attempts) == ("sent", NOW, 1)
    assert (summons.sender, summons.to, summons.segments) == ("INFO RDV", "+33639980072", 1)
    assert summons.provider_id == f"text-{summons.pk:06d}.txt"
    assert summons.body.startswith("Vous avez RDV mardi 14 avril à 18h00, 12 rue des Lilas, ")
    assert (outbox / summons.provider_id).read_text().endswith(f"\n\n{summons.body}\n")


def test_nothing_is_sent_twice_or_early(summons: Text) -> None:
    dispatch_due()
    assert dispatch_due() == Counts()
    assert Text.objects.filter(state=TextState.PLANNED).count() == 2


def test_every_step_of_a_seat_leaves_in_its_time(cast: Cast, summons: Text, outbox: Path) -> None:
    dispatch_due()
    for moment in ("2026-04-07 09:00", "2026-04-13 09:00"):
        with time_machine.travel(paris(moment), tick=False):
            assert dispatch_due() == Counts(sent=1)
    bodies = [file.read_text().split("\n\n")[1] for file in sorted(outbox.iterdir())]
    assert [body[:30] for body in bodies] == [
        "Vous avez RDV mardi 14 avril à",
        "Rappel : RDV mardi 14 avril à ",
        "Rappel : RDV demain mardi 14 a",
    ]


def test_a_course_is_one_summons_that_lists_its_days(cast: Cast, outbox: Path) -> None:
    course = factories.programme(cast.ours, ProgrammeKind.COURSE)
    for day in (16, 17):
        factories.session(cast.ours, paris(f"2026-04-{day} 09:00"), programme=course)
    actions.enrol(
        by=None, now=NOW, programme=course, participant=cast.hamel, referral=cast.referral
    )
    assert dispatch_due() == Counts(sent=1)
    assert "RDV jeudi 16 ET vendredi 17 avril, 9h00 à 11h00" in next(outbox.iterdir()).read_text()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"texts_refused": True}, "unreachable"),
        ({"phone_state": PhoneState.WRONG}, "unreachable"),
        ({"phone": "+33199000001"}, "unreachable"),
    ],
)
def test_a_number_is_checked_again(
    cast: Cast, summons: Text, change: dict[str, object], problem: str
) -> None:
    Participant.objects.filter(pk=cast.hamel.pk).update(**change)
    assert dispatch_due() == Counts(void=1)
    assert facts(summons)[:2] == ("void", problem)


@pytest.mark.parametrize("state", ["released", "held", "excused"])
def test_a_seat_is_checked_again(summons: Text, state: str) -> None:
    Seat.objects.update(state=state)
    assert dispatch_due() == Counts(void=1)
    assert facts(summons)[:2] == ("void", "obsolete")


def test_a_text_about_an_older_revision_is_void(summons: Text) -> None:
    Text.objects.update(revision=4)
    assert dispatch_due() == Counts(void=1)
    assert facts(summons)[:2] == ("void", "changed")


def test_a_cancellation_leaves_after_five_minutes(cast: Cast, summons: Text, outbox: Path) -> None:
    dispatch_due()
    actions.cancel_session(by=None, now=NOW, session=summons.seat.session)
    assert dispatch_due(NOW + timedelta(seconds=299)) == Counts()
    assert dispatch_due(NOW + timedelta(seconds=300)) == Counts(sent=1)
    cancelled = Text.objects.get(step=Step.CANCELLED)
    assert cancelled.body.startswith("ANNULÉ : votre RDV du mardi 14 avril à 18h00 n'a pas lieu.")


def test_a_cancellation_undone_sends_nothing(cast: Cast, summons: Text) -> None:
    dispatch_due()
    session = summons.seat.session
    actions.cancel_session(by=None, now=NOW, session=session)
    type(session).objects.filter(pk=session.pk).update(state="planned")
    assert dispatch_due(NOW + timedelta(minutes=6)) == Counts(void=1)


def test_a_text_past_its_end_is_expired_and_never_sent(summons: Text, outbox: Path) -> None:
    late = paris("2026-04-14 18:00")
    assert dispatch_due(late) == Counts(expired=3)
    assert set(Text.objects.values_list("state", "problem")) == {("expired", "late")}
    assert not outbox.exists()


def test_after_an_outage_what_is_still_true_leaves_once(summons: Text) -> None:
    with time_machine.travel(paris("2026-04-13 15:00"), tick=False):
        assert dispatch_due() == Counts(sent=1, expired=1, void=1)
    assert Text.objects.get(state=TextState.EXPIRED).step == Step.DAY7


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-03-16 22:00", "2026-03-17 08:00"),
        ("2026-03-17 06:30", "2026-03-17 08:00"),
        ("2026-03-22 10:00", "2026-03-23 08:00"),  # A Sunday.
        ("2026-04-06 10:00", "2026-04-07 08:00"),  # Easter Monday.
    ],
)
def test_outside_hours_a_text_waits(summons: Text, moment: str, opening: str) -> None:
    Text.objects.exclude(pk=summons.pk).delete()
    assert dispatch_due(paris(moment)) == Counts(waiting=1)
    assert facts(summons) == ("planned", "hours", paris(opening))
    assert dispatch_due(paris(opening)) == Counts(sent=1)


def test_a_reminder_the_day_before_leaves_on_a_sunday(cast: Cast) -> None:
    book(cast, factories.session(cast.ours, paris("2026-03-23 18:00")))
    Text.objects.filter(step=Step.SUMMONS).delete()
    assert dispatch_due(paris("2026-03-22 09:00")) == Counts(sent=1)


def test_what_would_wait_past_its_end_is_expired_while_there_is_time_to_call(cast: Cast) -> None:
    seat = book(cast, factories.session(cast.ours, paris("2026-03-17 07:30")))
    assert dispatch_due(paris("2026-03-16 21:00")) == Counts(expired=1)
    assert facts(seat.texts.get())[:2] == ("expired", "hours")


def test_one_person_gets_at_most_so_many_texts_a_day(cast: Cast, settings: Settings) -> None:
    settings.SMS_DAILY_CAP = 2
    for day in (14, 15, 16):
        book(cast, factories.session(cast.ours, paris(f"2026-04-{day} 18:00")))
    book(cast, factories.session(cast.ours, paris("2026-04-17 18:00")), factories.participant())
    assert dispatch_due() == Counts(sent=3, waiting=1)
    waiting = Text.objects.get(problem="daily_cap")
    assert facts(waiting) == ("planned", "daily_cap", paris("2026-03-17 08:00"))
    assert dispatch_due(paris("2026-03-17 08:00")) == Counts(sent=1)


def test_a_place_that_tells_is_never_sent(cast: Cast, summons: Text, outbox: Path) -> None:
    cast.venue.street = "5 rue du Tribunal"
    cast.venue.save()
    assert dispatch_due() == Counts(failed=1)
    assert (*facts(summons)[:2], summons.body) == ("failed", "wording", "")
    assert not outbox.exists()


def test_a_text_follows_the_number_and_the_manner(cast: Cast, summons: Text) -> None:
    Participant.objects.update(phone="+33639981111", phone_shared=True)
    Partner.objects.update(sms_sender="RDV 95")
    dispatch_due()
    summons.refresh_from_db()
    assert (summons.to, summons.sender) == ("+33639981111", "RDV 95")
    assert summons.body.startswith("Vous avez RDV mardi 14 avril à 18h00. Un problème ?")


def test_too_fast_waits_longer_each_time(summons: Text, twilio: StandIn) -> None:
    twilio.mood = (429, 20429)
    moment, waits = NOW, []
    for _ in range(4):
        assert dispatch_due(moment) == Counts(retrying=1)
        state, problem, due_at = facts(summons)
        assert (state, problem, summons.to, summons.sent_at) == ("planned", "429", "", None)
        waits.append((due_at - moment).total_seconds())
        moment = due_at
    for longest, wait in zip((30, 60, 120, 240), waits, strict=True):
        assert longest / 2 <= wait <= longest
    twilio.mood = "accept"
    assert dispatch_due(moment) == Counts(sent=1)
    assert len(twilio.accepted) == 1


@pytest.mark.parametrize("mood", ["drop", "slow", (500, 20500)])
def test_what_may_have_been_sent_is_never_sent_again(
    summons: Text, twilio: StandIn, mood: str
) -> None:
    twilio.mood = mood
    assert dispatch_due() == Counts(uncertain=1)
    twilio.mood = "accept"
    assert dispatch_due(NOW + timedelta(days=1)) == Counts()
    summons.refresh_from_db()
    assert (summons.state, summons.to, summons.sent_at) == ("uncertain", "+33639980072", NOW)


def test_a_refusal_is_final(summons: Text, twilio: StandIn) -> None:
    twilio.mood = (400, 21211)
    assert dispatch_due() == Counts(failed=1)
    assert facts(summons)[:2] == ("failed", "21211")


def test_a_dispatcher_that_died_before_sending_loses_nothing(
    summons: Text, twilio: StandIn
) -> None:
    Text.objects.filter(pk=summons.pk).update(state="claimed", lease_until=NOW + lease_time())
    assert dispatch_due() == Counts()
    assert dispatch_due(NOW + lease_time()) == Counts(freed=1, sent=1)


def test_a_dispatcher_that_died_while_sending_leaves_it_uncertain(
    summons: Text, twilio: StandIn
) -> None:
    Text.objects.filter(pk=summons.pk).update(
        state="claimed", lease_until=NOW + lease_time(), to="+33639980072"
    )
    assert dispatch_due(NOW + lease_time()) == Counts(freed=1)
    assert facts(summons)[:2] == ("uncertain", "dispatcher_died")
    assert twilio.accepted == []


def test_a_file_may_be_written_again_after_a_death(summons: Text) -> None:
    Text.objects.filter(pk=summons.pk).update(
        state="claimed", lease_until=NOW + lease_time(), to="+33639980072"
    )
    assert dispatch_due(NOW + lease_time()) == Counts(freed=1, sent=1)


def test_a_limit_and_the_time_are_kept(cast: Cast) -> None:
    session = factories.session(cast.ours, paris("2026-04-14 18:00"), capacity=30)
    for _ in range(25):
        book(cast, session, factories.participant())
    assert dispatch_due(limit=22) == Counts(sent=22)
    assert dispatch_due(seconds=0) == Counts()
    assert Text.objects.filter(state=TextState.CLAIMED).count() == 0
    assert dispatch_due() == Counts(sent=3)


def test_who_slept_since_the_hand_over_sends_nothing(
    summons: Text, twilio: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped in between: by the time it wakes, somebody else may have looked it up and sent it."""

    def stopped(*args: Any, **kwargs: Any) -> object:
        handed = hand_over(*args, **kwargs)
        assert isinstance(handed, Handed)
        return replace(handed, began=handed.began - lease_time().total_seconds() / 2)

    monkeypatch.setattr("sms.dispatch.hand_over", stopped)
    assert dispatch_due() == Counts(retrying=1)
    assert facts(summons)[:2] == ("planned", "asleep")
    assert twilio.accepted == []


def test_a_machine_that_slept_since_the_hand_over_sends_nothing(
    summons: Text, twilio: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its other clock slept too. It was found out meanwhile that the text was never sent."""
    woken = NOW + 2 * lease_time()
    with time_machine.travel(NOW, tick=False) as clock:

        def asleep(*args: Any, **kwargs: Any) -> object:
            handed = hand_over(*args, **kwargs)
            clock.move_to(woken)
            monkeypatch.setattr("sms.dispatch.hand_over", hand_over)
            assert dispatch_due() == Counts(freed=1)
            assert look_up(woken) == Looked(open=1)
            assert look_up(woken + timedelta(hours=1)) == Looked(again=1)
            assert dispatch_due(woken + timedelta(hours=1)) == Counts(sent=1)
            return handed

        monkeypatch.setattr("sms.dispatch.hand_over", asleep)
        assert dispatch_due() == Counts(retrying=1)
    assert len(twilio.accepted) == 1
    assert facts(summons)[0] == "sent"


@pytest.fixture
def four(cast: Cast) -> list[Seat]:
    """Four days; three summonses left, the fourth waits for tomorrow."""
    days = ("17 08:30", "19 10:00", "20 10:00", "24 10:00")
    seats = [book(cast, factories.session(cast.ours, paris(f"2026-03-{day}"))) for day in days]
    assert dispatch_due() == Counts(sent=3, waiting=1)
    return seats


def test_a_cancellation_waits_for_no_other_day(four: list[Seat]) -> None:
    actions.cancel_session(by=None, now=NOW, session=four[0].session)
    assert dispatch_due(NOW + timedelta(minutes=5)) == Counts(sent=1)


def test_a_loop_ends_at_twice_the_cap_and_somebody_calls(four: list[Seat]) -> None:
    Text.objects.filter(problem="daily_cap").delete()
    for step in (Step.DAY7, Step.HOURS3, Step.MISSED):
        sent = {"state": "sent", "sent_at": NOW, "due_at": NOW, "expires_at": NOW}
        Text.objects.create(seat=four[1], step=step, revision=99, **sent)
    actions.cancel_session(by=None, now=NOW, session=four[0].session)
    assert dispatch_due(NOW + timedelta(minutes=5)) == Counts(expired=1)
    assert facts(Text.objects.get(step=Step.CANCELLED))[:2] == ("expired", "daily_cap")


@pytest.mark.parametrize(("day", "counts"), [("17", Counts(sent=1)), ("18", Counts(waiting=1))])
def test_a_summons_for_tomorrow_waits_for_no_other_day(
    cast: Cast, four: list[Seat], day: str, counts: Counts
) -> None:
    Text.objects.filter(problem="daily_cap").delete()
    book(cast, factories.session(cast.ours, paris(f"2026-03-{day} 18:00")))
    assert dispatch_due() == counts


def test_who_cannot_be_called_back_sends_nothing(summons: Text) -> None:
    Partner.objects.update(phone="")
    assert dispatch_due() == Counts(failed=1)
    assert facts(summons)[:2] == ("failed", "no_callback")
