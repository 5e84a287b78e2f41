"""Our own code stumbles over one text: the others leave, and somebody hears of it."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from sms import foresight, looking_up, recheck, recording
from sms.dispatch import Counts, dispatch_due
from sms.handover import Handed
from sms.looking_up import Looked, look_up
from sms.models import Step, Text
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book
from tests.sms.stand_in import StandIn

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def due(cast: Cast, count: int) -> list[Text]:
    session = factories.session(cast.ours, paris("2026-04-14 18:00"), capacity=count)
    for _ in range(count):
        book(cast, session, factories.participant())
    return list(Text.objects.filter(step=Step.SUMMONS).order_by("pk"))


@pytest.fixture
def bad(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Text:
    """The oldest of three that are due; whoever looks at it stumbles."""
    first = due(cast, 3)[0]
    real = recheck.judge

    def judge(text: Text, *args: object) -> object:
        if text.pk == first.pk:
            raise ValueError("Hamel +33639980072")
        return real(text, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(recheck, "judge", judge)
    monkeypatch.setattr(foresight, "judge", judge)
    return first


def test_the_others_leave_and_it_is_tried_again(bad: Text) -> None:
    assert dispatch_due(NOW) == Counts(sent=2, waiting=1)
    bad.refresh_from_db()
    assert (bad.state, bad.problem, bad.attempts, bad.to) == ("planned", "fault", 1, "")
    assert NOW < bad.due_at <= NOW + MINUTE


def test_in_the_end_somebody_must_call(bad: Text) -> None:
    counts = [dispatch_due(NOW + n * MINUTE) for n in range(60)]
    bad.refresh_from_db()
    assert (bad.state, bad.problem, bad.attempts) == ("failed", "fault", 6)
    assert sum(one.failed for one in counts) == 1
    assert bad.ended_at is not None


def test_what_would_be_too_late_is_given_up_at_once(bad: Text) -> None:
    Text.objects.filter(pk=bad.pk).update(expires_at=NOW + timedelta(seconds=10))
    assert dispatch_due(NOW) == Counts(sent=2, failed=1)


def test_one_error_is_logged_and_nobody_in_it(bad: Text, caplog: pytest.LogCaptureFixture) -> None:
    dispatch_due(NOW)
    dispatch_due(NOW + MINUTE)
    errors = [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert [one.getMessage().rpartition(":")[0] for one in errors] == [
        f"text {bad.pk} could not be checked: ValueError at test_faults.py"
    ]
    assert "Hamel" not in caplog.text
    assert all(one.exc_info is None for one in caplog.records)


def test_one_that_may_have_left_is_left_open(
    cast: Cast, twilio: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer could not be written down: it is looked up, and never sent again."""
    first = due(cast, 2)[0]
    real = recording.taken

    def taken(handed: Handed, *args: object) -> object:
        if handed.message.text_id == first.pk:
            raise ValueError("Hamel")
        return real(handed, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(recording, "taken", taken)
    assert dispatch_due(NOW) == Counts(sent=1, uncertain=1)
    monkeypatch.undo()
    late = NOW + timedelta(hours=1)
    assert dispatch_due(late) == Counts(freed=1)
    assert look_up(late) == Looked(found=1)
    assert len(twilio.accepted) == 2


def test_a_look_that_stumbles_keeps_no_other_one_open(
    cast: Cast, twilio: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = due(cast, 2)[0]
    twilio.mood = "drop"
    assert dispatch_due(NOW) == Counts(uncertain=2)
    twilio.mood = "accept"
    real = looking_up._one

    def one(text: Text, *args: object) -> str:
        if text.pk == first.pk:
            raise ValueError("Hamel")
        return real(text, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(looking_up, "_one", one)
    assert look_up(NOW + 3 * MINUTE) == Looked(found=1, unasked=1)
