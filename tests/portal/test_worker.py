"""`manage.py worker` as processes that are killed and stopped: texts leave again without a human, and
nobody is written to twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from django.conf import settings
from django.utils import timezone

from booking.models import Session
from portal.models import Heartbeat
from sms.models import Step, Text, TextState
from sms.tasks import ring
from tests import factories
from tests.concurrency.processes import ROOT, environment
from tests.sms.stand_in import StandIn

pytestmark = pytest.mark.django_db(transaction=True)
#: Far beyond what anything here takes on a busy machine, and three rounds of the clock.
PATIENCE = 300.0
T = TypeVar("T")


class Worker:
    """One `manage.py worker`, and what can be done to it."""

    def __init__(self, var: Path, url: str) -> None:
        var.mkdir(exist_ok=True)
        self.log = var / "worker.log"
        values = {
            **environment(),
            "JALON_VAR": str(var),
            "JALON_SECRET_KEY": settings.SECRET_KEY,
            "JALON_LOG_LEVEL": "INFO",
            "JALON_WORKER_SILENCE": "8",
            "SMS_HOURS": "00:00-24:00",
            "SMS_REST_DAYS": "no",
            # Who is killed in the middle of a send leaves it uncertain: found out sooner than usual.
            "SMS_LEASE": "5",
            "SMS_LOOKUP_AFTER": "2",
            "TWILIO_TIMEOUT": "1",
            "SMS_TRANSPORT": "twilio",
            "TWILIO_BASE_URL": url,
            "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
            "TWILIO_AUTH_TOKEN": "no log shows it",
        }
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portal", "worker"],
                env=values,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stderr=log,
            )

    @property
    def group(self) -> int:
        """The process group of its cluster."""
        return until(lambda: children(self.process.pid), self)[0]

    @property
    def pool(self) -> list[int]:
        """The cluster's workers, monitor and pusher."""
        (main,) = until(lambda: children(self.group), self)
        (sentinel,) = until(lambda: children(main), self)
        return until(lambda: found if len(found := children(sentinel)) >= 4 else [], self)

    def end(self) -> int:
        self.process.terminate()
        return self.process.wait(PATIENCE)


def children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return sorted(found)


def until(what: Callable[[], T], worker: Worker) -> T:
    deadline = time.monotonic() + PATIENCE
    while not (value := what()):
        lives = worker.process.poll() is None or worker.process.returncode == -signal.SIGKILL
        assert lives, worker.log.read_text()
        assert time.monotonic() < deadline, worker.log.read_text()
        time.sleep(0.1)
    return value


def left(group: int) -> list[int]:
    """Processes of this group that still live."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


@pytest.fixture
def session(transactional_db: None) -> Session:
    start = timezone.now() + timedelta(days=3)
    return factories.session(factories.partner(sms_sender="INFO RDV"), start, capacity=100)


@pytest.fixture
def provider() -> Iterator[StandIn]:
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture
def worker(tmp_path: Path, session: Session, provider: StandIn) -> Iterator[Worker]:
    made = Worker(tmp_path / "var", provider.url)
    yield made
    if made.process.poll() is None:
        made.end()


def due(session: Session, count: int) -> list[Text]:
    """Summonses, wanted at once, to people with one number each."""
    made = []
    now = timezone.now()
    for _ in range(count):
        number = session.seats.count() + 1
        person = factories.participant(phone=f"+336399820{number:02d}")
        seat = session.seats.create(
            participant=person,
            number=number,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
        )
        made.append(
            seat.texts.create(
                step=Step.SUMMONS, revision=0, due_at=now, expires_at=session.starts_at
            )
        )
    return made


def has_left(text: Text) -> bool:
    return Text.objects.filter(pk=text.pk, state__in=(TextState.SENT, TextState.DELIVERED)).exists()


def kill_one_that_waits(worker: Worker) -> None:
    os.kill(worker.pool[0], signal.SIGKILL)


def kill_the_whole_cluster(worker: Worker) -> None:
    group = worker.group
    os.killpg(group, signal.SIGKILL)
    until(lambda: not left(group), worker)


def stop_the_whole_cluster(worker: Worker) -> None:
    os.killpg(worker.group, signal.SIGSTOP)


def kill_who_guards_the_pool(worker: Worker) -> None:
    """The others live on for a moment, and might be shot in the middle of the next send."""
    group = worker.group
    (main,) = children(group)
    os.kill(children(main)[0], signal.SIGKILL)
    until(lambda: not left(group), worker)


def test_texts_leave_again_whatever_is_done_to_the_cluster(
    worker: Worker, session: Session, provider: StandIn
) -> None:
    for harm in (
        kill_one_that_waits,
        kill_the_whole_cluster,
        stop_the_whole_cluster,
        kill_who_guards_the_pool,
    ):
        assert worker.pool
        harm(worker)
        (text,) = due(session, 1)
        ring()
        until(partial(has_left, text), worker)
    assert set(provider.per_number().values()) == {1}
    row = until(lambda: Heartbeat.objects.filter(restarts__gte=2).first(), worker)
    assert row is not None
    assert worker.end() == 0, worker.log.read_text()
    assert not Heartbeat.objects.exists()


def test_what_became_due_while_none_ran_leaves_once(
    session: Session, provider: StandIn, tmp_path: Path
) -> None:
    texts = due(session, 5)
    worker = Worker(tmp_path / "var", provider.url)
    try:
        until(lambda: all(has_left(text) for text in texts), worker)
    finally:
        assert worker.end() == 0
    assert sorted(provider.per_number().values()) == [1] * 5


def test_nothing_is_left_when_the_supervisor_is_killed(worker: Worker) -> None:
    assert worker.pool
    group = worker.group
    worker.process.kill()
    worker.process.wait()
    until(lambda: not left(group), worker)


def test_two_on_one_machine_have_names_of_their_own(
    worker: Worker, provider: StandIn, tmp_path: Path
) -> None:
    second = Worker(tmp_path / "var", provider.url)
    try:
        until(lambda: Heartbeat.objects.count() == 2, worker)
        names = Heartbeat.objects.values_list("name", flat=True)
        assert {name.rpartition("#")[2] for name in names} == {"1", "2"}
    finally:
        assert second.end() == 0
