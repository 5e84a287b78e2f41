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
#: The command itself, but claiming one text at a time, so that all reach for the same one again and
#: again, and starting together: when `go` stands beside the database.
CHILD = """
import sys, time, pathlib, django
django.setup()
from django.core.management import call_command
from sms import leases
leases.BATCH = 1
var = pathlib.Path(sys.argv[1])
(var / f"ready-{sys.argv[2]}").touch()
while not (var / "go").exists():
    time.sleep(0.001)
call_command("dispatch_due")
"""


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


def start(count: int, var: Path, url: str) -> list[subprocess.Popen[bytes]]:
    children = [dispatcher(n, var, url) for n in range(count)]
    until = time.monotonic() + 60
    while not all((var / f"ready-{n}").exists() for n in range(count)):
        assert time.monotonic() < until
        time.sleep(0.01)
    (var / "go").touch()
    return children


def dispatcher(n: int, var: Path, url: str) -> subprocess.Popen[bytes]:
    var.mkdir(exist_ok=True)
    if connection.vendor == "sqlite" and not (var / "jalon.sqlite3").is_symlink():
        (var / "jalon.sqlite3").symlink_to(connection.settings_dict["NAME"])
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
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
        [sys.executable, "-c", CHILD, str(var), str(n)],
        env=environment,
        cwd=ROOT,
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
        said = finish(*start(3, tmp_path / "var", twilio.url))
    assert sorted(twilio.per_number().values()) == [1] * TEXTS
    assert Text.objects.filter(state=TextState.SENT).count() == TEXTS
    counts = [int(line.split()[0]) for line in said if line.endswith(" sent")]
    assert sum(counts) == TEXTS
    assert len(counts) > 1, "one dispatcher did everything: nothing was proved"


def test_a_dispatcher_killed_in_its_work_sends_nothing_twice(due: None, tmp_path: Path) -> None:
    with StandIn() as twilio:
        twilio.delay = 0.05
        [child] = start(1, tmp_path / "var", twilio.url)
        until = time.monotonic() + 60
        while len(twilio.accepted) < 5 and time.monotonic() < until:
            time.sleep(0.01)
        child.kill()
        child.communicate()
        left = Text.objects.filter(state=TextState.CLAIMED)
        assert left.exists()
        left.update(lease_until=timezone.now() - timedelta(seconds=1))
        twilio.delay = 0
        finish(*start(2, tmp_path / "var-2", twilio.url))
    assert set(twilio.per_number().values()) == {1}
    sent = Text.objects.filter(state=TextState.SENT).count()
    uncertain = Text.objects.filter(state=TextState.UNCERTAIN)
    assert (sent + uncertain.count(), uncertain.count() <= 1) == (TEXTS, True)
    never_accepted = TEXTS - len(twilio.accepted)
    assert never_accepted <= uncertain.count()
