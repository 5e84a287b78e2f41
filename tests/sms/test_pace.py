from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from sms import alerts, pace
from sms.dispatch import Counts, dispatch_due
from sms.models import SenderPace, Step, Text
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book
from tests.sms.stand_in import StandIn

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def ten_a_second(settings: Settings) -> None:
    settings.SMS_RATE = 10


def due(cast: Cast, count: int) -> None:
    session = factories.session(cast.ours, paris("2026-04-14 18:00"), capacity=count)
    for _ in range(count):
        book(cast, session, factories.participant())


def test_moments_are_apart_and_no_two_workers_have_the_same(cast: Cast) -> None:
    first = pace.reserve({"INFO RDV": 3}, NOW)["INFO RDV"]
    second = pace.reserve({"INFO RDV": 2}, NOW)["INFO RDV"]
    ahead = [(at - NOW).total_seconds() for at in first.moments + second.moments]
    assert ahead == [0.0, 0.1, 0.2, 0.3, 0.4]


def test_nobody_reserves_further_ahead_than_two_seconds(cast: Cast) -> None:
    reserved = pace.reserve({"INFO RDV": 100}, NOW)["INFO RDV"]
    assert (len(reserved.moments), reserved.free_at) == (21, NOW + timedelta(seconds=2.1))
    assert pace.reserve({"INFO RDV": 1}, NOW)["INFO RDV"].moments == []


def test_senders_do_not_wait_for_each_other(cast: Cast) -> None:
    pace.reserve({"INFO RDV": 100}, NOW)
    both = pace.reserve({"INFO RDV": 1, "RDV 95": 2}, NOW)
    assert [len(both[name].moments) for name in ("INFO RDV", "RDV 95")] == [0, 2]


def test_time_that_has_passed_is_not_made_up_for(cast: Cast) -> None:
    pace.reserve({"INFO RDV": 1}, NOW)
    assert pace.reserve({"INFO RDV": 1}, NOW + SECOND)["INFO RDV"].moments == [NOW + SECOND]


def test_a_sender_that_was_too_fast_rests(cast: Cast) -> None:
    pace.hold("INFO RDV", NOW + SECOND)
    pace.hold("INFO RDV", NOW)
    assert pace.reserve({"INFO RDV": 1}, NOW)["INFO RDV"].moments == [NOW + SECOND]


def test_what_finds_no_moment_is_given_back_for_a_little_later(cast: Cast) -> None:
    due(cast, 2)
    SenderPace.objects.create(sender="INFO RDV", free_at=NOW + 3 * SECOND)
    assert dispatch_due() == Counts()
    waiting = Text.objects.filter(step=Step.SUMMONS)
    assert set(waiting.values_list("state", "due_at")) == {("planned", NOW + 3 * SECOND)}


def test_another_partner_s_texts_leave_meanwhile(cast: Cast) -> None:
    due(cast, 2)
    SenderPace.objects.create(sender="INFO RDV", free_at=NOW + 3 * SECOND)
    type(cast.theirs).objects.filter(pk=cast.theirs.pk).update(sms_sender="RDV 95")
    cast.theirs.refresh_from_db()
    book(cast, factories.session(cast.theirs, paris("2026-04-14 18:00")), factories.participant())
    assert dispatch_due() == Counts(sent=1)


def test_a_pool_of_senders_has_a_pace_of_its_own(cast: Cast, twilio: StandIn) -> None:
    due(cast, 1)
    type(cast.ours).objects.update(messaging_service="MG" + "0" * 32)
    dispatch_due()
    assert list(SenderPace.objects.values_list("sender", flat=True)) == ["MG" + "0" * 32]
    assert twilio.accepted[0]["MessagingServiceSid"] == "MG" + "0" * 32


def test_a_run_keeps_the_pace(cast: Cast, settings: Settings, twilio: StandIn) -> None:
    settings.SMS_RATE = 20
    due(cast, 12)
    began = time.monotonic()
    assert dispatch_due() == Counts(sent=12)
    assert time.monotonic() - began >= 0.5


def test_too_fast_makes_the_sender_rest(cast: Cast, twilio: StandIn) -> None:
    due(cast, 1)
    twilio.mood = (429, 20429)
    dispatch_due()
    assert SenderPace.objects.get().free_at == NOW + 2 * SECOND
    assert timezone.now() == NOW


def test_a_machine_whose_clock_was_wrong_stops_no_sender(cast: Cast) -> None:
    due(cast, 1)
    SenderPace.objects.create(sender="INFO RDV", free_at=NOW + timedelta(days=1))
    reserved = pace.reserve({"INFO RDV": 2}, NOW)["INFO RDV"]
    assert reserved.moments == [NOW + 2 * SECOND]
    assert SenderPace.objects.get().free_at == reserved.free_at < NOW + 3 * SECOND


def test_whoever_waits_for_its_sender_is_never_due_after_its_end(cast: Cast) -> None:
    due(cast, 1)
    SenderPace.objects.create(sender="INFO RDV", free_at=NOW + 4 * SECOND)
    Text.objects.update(expires_at=NOW + SECOND)
    dispatch_due()
    waiting = Text.objects.get(step=Step.SUMMONS)
    assert (waiting.due_at, waiting.problem) == (NOW + SECOND, "pace")
    assert dispatch_due(NOW + SECOND).expired == 1


def test_whoever_waits_for_its_sender_again_and_again_is_late(cast: Cast) -> None:
    due(cast, 1)
    later = NOW + timedelta(hours=1)
    SenderPace.objects.create(sender="INFO RDV", free_at=later + 4 * SECOND)
    dispatch_due(later)
    assert Text.objects.get(step=Step.SUMMONS).due_at == later + 4 * SECOND
    assert [alert.kind for alert in alerts.watch(later)] == ["late"]
