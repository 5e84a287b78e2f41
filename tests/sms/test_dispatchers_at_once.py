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
from django.db.models import QuerySet
from django.utils import timezone

from sms import actions, planner, sending
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
    """Summonses to people with one number each."""
    seat_all(now)


def seat_all(now: datetime, sessions: int = 1) -> None:
    """Everybody has a seat in each of so many sessions of one day."""
    here = factories.partner()
    people = [factories.participant(phone=f"+336399810{n:02d}") for n in range(TEXTS)]
    noon = now.replace(hour=9, minute=0) + timedelta(days=3)
    for number in range(sessions):
        start = noon + timedelta(hours=3 * number)
        session = factories.session(here, start, capacity=TEXTS)
        ids = [
            session.seats.create(
                participant=person,
                number=n + 1,
                starts_at=session.starts_at,
                ends_at=session.ends_at,
            ).pk
            for n, person in enumerate(people)
        ]
        planner.reconcile(ids, now)


def summonses() -> QuerySet[Text]:
    return Text.objects.filter(step=Step.SUMMONS)


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
        "SMS_REST_DAYS": "no",
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
    assert summonses().filter(state=TextState.SENT).count() == TEXTS
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
    sent = summonses().filter(state=TextState.SENT).count()
    uncertain = summonses().filter(state=TextState.UNCERTAIN)
    assert (sent + uncertain.count(), uncertain.count() <= 1) == (TEXTS, True)
    never_accepted = TEXTS - len(twilio.accepted)
    assert never_accepted <= uncertain.count()


def test_what_leaves_together_leaves_once_whoever_holds_which(
    now: datetime, tmp_path: Path
) -> None:
    """Two sessions on one day are one text, and each of the two rows may be in other hands."""
    seat_all(now, sessions=2)
    with StandIn() as twilio:
        finish(*start(3, tmp_path / "var", twilio.url))
    assert sorted(twilio.per_number().values()) == [1] * TEXTS
    assert set(summonses().values_list("state", flat=True)) == {"sent"}
    assert summonses().filter(leader__isnull=False).count() == TEXTS
    assert not summonses().filter(leader__isnull=False).exclude(provider_id="").exists()


def test_a_pause_stops_every_dispatcher_within_a_text(
    due: None, now: datetime, tmp_path: Path
) -> None:
    with StandIn() as twilio:
        twilio.delay = 0.05
        children = start(2, tmp_path / "var", twilio.url)
        until = time.monotonic() + 60
        while len(twilio.accepted) < 4 and time.monotonic() < until:
            time.sleep(0.01)
        actions.pause_sending(by=None, now=timezone.now())
        before = len(twilio.accepted)
        said = finish(*children)
        # What each was handing over at that moment.
        assert len(twilio.accepted) <= before + len(children)
        assert all("sending is paused" in one for one in said)
        assert not Text.objects.filter(state=TextState.CLAIMED).exists()
        actions.resume_sending(by=None, now=timezone.now())
        finish(*start(2, tmp_path / "var-2", twilio.url))
    assert sorted(twilio.per_number().values()) == [1] * TEXTS


def test_a_provider_that_refuses_us_is_asked_once_by_each(due: None, tmp_path: Path) -> None:
    with StandIn() as twilio:
        twilio.mood = (401, 20003)
        finish(*start(3, tmp_path / "var", twilio.url))
        assert 1 <= twilio.api.requests <= 3
        assert sending.state().halted_code == "20003"
        finish(*start(3, tmp_path / "var-2", twilio.url))
        assert twilio.api.requests <= 3
    assert set(summonses().values_list("state", "attempts")) == {("planned", 0)}


def test_a_sender_s_pace_is_kept_by_all_together(
    due: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMS_RATE", "40")
    with StandIn() as twilio:
        began = time.monotonic()
        finish(*start(3, tmp_path / "var", twilio.url))
        assert time.monotonic() - began >= TEXTS / 40
        arrived = [one.created for one in twilio.messages.all]
    assert sorted(twilio.per_number().values()) == [1] * TEXTS
    # Within any second, no more than the rate and what was under way.
    for n in range(len(arrived) - 50):
        assert arrived[n + 50] - arrived[n] > timedelta(seconds=0.9)
