from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from booking import actions
from booking.models import Participant
from booking.models.person import PhoneState
from portal.demo.outcomes import play_out
from sms.dispatch import dispatch_due
from sms.models import Reply, Step, Text
from tests import factories
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db
NOW = paris("2026-03-16 10:00")


@pytest.fixture
def _sent(cast: Cast, settings: Settings, tmp_path: Path) -> Any:
    """Five summonses of the demo's own partner, written to files."""
    settings.OUTBOX = tmp_path
    with time_machine.travel(NOW, tick=False):
        shown = factories.partner(slug="tilleuls")
        session = factories.session(shown, NOW + timedelta(days=3))
        for _n in range(5):
            person = factories.participant()
            actions.book_seat(by=None, now=NOW, session=session, participant=person)
        dispatch_due()
        yield


def _states() -> Counter[str]:
    return Counter(Text.objects.filter(step=Step.SUMMONS).values_list("state", flat=True))


def test_phones_ring_one_stays_off_and_somebody_answers(_sent: None) -> None:
    assert _states() == {"sent": 5}
    play_out(NOW)
    states = _states()
    assert (states["failed"], states["delivered"] + states["sent"]) == (1, 4)
    off = Text.objects.get(state="failed")
    assert off.problem == "30003"
    assert off.seat.participant.phone_state == PhoneState.CONFIRMED
    reply = Reply.objects.get()
    assert reply.seat is not None
    assert (reply.read_at, reply.partner) == (None, reply.seat.session.partner)
    assert reply.seat.participant != off.seat.participant


def test_a_second_start_changes_nothing(_sent: None) -> None:
    play_out(NOW)
    before = (_states(), Participant.objects.filter(phone_state="wrong").count())
    play_out(timezone.now() + timedelta(hours=1))
    assert (_states(), Participant.objects.filter(phone_state="wrong").count()) == before
    assert Reply.objects.count() == 1
