"""Several dispatchers as real processes on one database: each text leaves once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from sms.models import Step, Text, TextState
from tests import factories
from tests.engines import ENGINES_IN_USE
from tests.sms.stand_in import StandIn

pytestmark = pytest.mark.django_db(transaction=True)

TEXTS = 60
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def now() -> datetime:
    """Children have their own clock, so this file runs on the real one."""
    return timezone.now()


@pytest.fixture
def due(now: datetime) -> None:
    """Reminders, which leave on any day of the week, to people with one number each."""
    here = factories.partner()
    session = factories.session(here, now + timedelta(days=3), capacity=TEXTS)
    for n in range(TEXTS):
        person = factories.participant(phone=f"+336399810{n:02d}")
        seat = session.seats.create(
            participant=person,
            number=n + 1,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
        )
        seat.texts.create(step=Step.DAY1, revision=0, due_at=now, expires_at=session.starts_at)


def dispatcher(var: Path, url: str) -> subprocess.Popen[bytes]:
    var.mkdir(exist_ok=True)
    if connection.vendor == "sqlite" and not (var / "jalon.sqlite3").is_symlink():
        (var / "jalon.sqlite3").symlink_to(connection.settings_dict["NAME"])
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": ENGINES_IN_USE.url(),
        "JALON_VAR": str(var),
        "JALON_ENV": "development",
        "SMS_TRANSPORT": "twilio",
        "SMS_HOURS": "00:00-24:00",
        "TWILIO_BASE_URL": url,
        "TWILIO_ACCOUNT_SID": "AC1",
        "TWILIO_AUTH_TOKEN": "token",
    }
    return subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "dispatch_due"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(*children: subprocess.Popen[bytes]) -> list[str]:
    said = []
    for child in children:
        out, err = child.communicate(timeout=120)
        assert child.returncode == 0, err.decode()
        said.append(out.decode().strip())
    return said


def test_three_dispatchers_send_each_text_once(due: None, tmp_path: Path) -> None:
    with StandIn() as twilio:
        said = finish(*(dispatcher(tmp_path / "var", twilio.url) for _ in range(3)))
    assert sorted(twilio.per_number().values()) == [1] * TEXTS
    assert Text.objects.filter(state=TextState.SENT).count() == TEXTS
    counts = [int(line.split()[0]) for line in said if line.endswith(" sent")]
    assert sum(counts) == TEXTS
    assert len(counts) > 1, "one dispatcher did everything: nothing was proved"


def test_a_dispatcher_killed_in_its_work_sends_nothing_twice(due: None, tmp_path: Path) -> None:
    with StandIn() as twilio:
        twilio.delay = 0.05
        child = dispatcher(tmp_path / "var", twilio.url)
        until = time.monotonic() + 60
        while len(twilio.accepted) < 5 and time.monotonic() < until:
            time.sleep(0.01)
        child.kill()
        child.communicate()
        left = Text.objects.filter(state=TextState.CLAIMED)
        assert left.exists()
        left.update(lease_until=timezone.now() - timedelta(seconds=1))
        twilio.delay = 0
        finish(*(dispatcher(tmp_path / "var", twilio.url) for _ in range(2)))
    assert set(twilio.per_number().values()) == {1}
    sent = Text.objects.filter(state=TextState.SENT).count()
    uncertain = Text.objects.filter(state=TextState.UNCERTAIN)
    assert (sent + uncertain.count(), uncertain.count() <= 1) == (TEXTS, True)
    never_accepted = TEXTS - len(twilio.accepted)
    assert never_accepted <= uncertain.count()
