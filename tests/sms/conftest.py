"""A world for texts: a frozen Monday morning, one seat at a time, an outbox folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from pytest_django import Settings

from booking import actions
from booking.models import Participant, Seat, Session
from tests.cast import Cast
from tests.factories import paris
from tests.sms.stand_in import StandIn

#: A Monday; no public holiday is near.
NOW = paris("2026-03-16 10:00")


@pytest.fixture(autouse=True)
def now() -> Iterator[datetime]:
    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture(autouse=True)
def outbox(settings: Settings, tmp_path: Path) -> Path:
    settings.OUTBOX = tmp_path / "outbox"
    return tmp_path / "outbox"


def book(cast: Cast, session: Session, person: Participant | None = None) -> Seat:
    return actions.book_seat(
        by=None,
        now=NOW,
        session=session,
        participant=person or cast.hamel,
        referral=cast.referral if person is None else None,
    )


@pytest.fixture
def twilio(settings: Settings) -> Iterator[StandIn]:
    """The real Twilio transport, pointed at a stand-in on loopback."""
    with StandIn() as stand_in:
        settings.SMS_TRANSPORT = "twilio"
        settings.TWILIO_BASE_URL = stand_in.url
        settings.TWILIO_ACCOUNT_SID = "AC00000000000000000000000000000000"
        settings.TWILIO_AUTH_TOKEN = "a token that no log shows"
        settings.TWILIO_TIMEOUT = 1
        yield stand_in
