"""The supervisor's judgement, with a cluster that only pretends and a clock of the test's own."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError
from django.utils import timezone
from django_q.models import OrmQ, Schedule
from django_q.signing import SignedPackage
from pytest_django import Settings

from portal import supervisor as module
from portal import vitals
from portal.models import Heartbeat
from portal.processes import Child
from portal.supervisor import Supervisor, own_name

SILENCE = 60.0


class Clock:
    now = 1000.0

    def monotonic(self) -> float:
        return self.now


class Cluster:
    """Stands for portal.processes.Child."""

    started: list[Cluster]
    pid = 1

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.command, self.environment = command, environment
        self.code: int | None = None
        self.stopped: list[float] = []
        Cluster.started.append(self)

    def ended(self) -> int | None:
        return self.code

    def stop(self, patience: float) -> bool:
        self.stopped.append(patience)
        return False

    def kill(self) -> None:
        self.code = -9


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(module, "time", made)
    monkeypatch.setattr(vitals, "time", made)
    # It would close the connection that the test's own transaction is in.
    monkeypatch.setattr(vitals, "close_old_connections", lambda: None)
    Cluster.started = []
    monkeypatch.setattr(module, "Child", Cluster)
    return made


@pytest.fixture
def watching(db: None, clock: Clock) -> Supervisor:
    """It has looked once, so a cluster is started, and nothing is waiting in the queue."""
    made = Supervisor("here#1", silence=SILENCE)
    assert made._vitals.register()
    made.look()
    OrmQ.objects.all().delete()
    return made


def goes_by(watching: Supervisor, clock: Clock, seconds: float, *, each: float = 2.0) -> None:
    until = clock.now + seconds
    while clock.now < until:
        clock.now += each
        watching.look()


def beats() -> int:
    return sum(
        SignedPackage.loads(row.payload)["func"] == "portal.tasks.beat"
        for row in OrmQ.objects.all()
    )


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]


def a_task_is_run() -> None:
    OrmQ.objects.all().delete()
    row = Heartbeat.objects.get()
    Heartbeat.objects.update(at=row.at + timedelta(seconds=1))


def test_a_cluster_is_started_with_the_name_of_its_row_and_rung(db: None, clock: Clock) -> None:
    made = Supervisor("here#1", silence=SILENCE)
    made._vitals.register()
    made.look()
    (cluster,) = Cluster.started
    assert cluster.command[-2:] == ["portal", "qcluster"]
    assert cluster.environment == {"JALON_HEARTBEAT": "here#1", "JALON_POOL": "0"}
    (row,) = OrmQ.objects.all()
    assert SignedPackage.loads(row.payload)["func"] == "sms.tasks.dispatch_due"
    assert Heartbeat.objects.get().restarts == 0


def test_texts_need_not_wait_for_the_clock_when_other_tasks_wait(
    watching: Supervisor, clock: Clock
) -> None:
    goes_by(watching, clock, 14)
    assert beats() == 1
    Cluster.started[-1].code = 1
    goes_by(watching, clock, 4)
    assert [len(Cluster.started), OrmQ.objects.count() - beats()] == [2, 1]


def test_a_sign_is_asked_for_and_never_twice_at_once(watching: Supervisor, clock: Clock) -> None:
    goes_by(watching, clock, 10)
    assert beats() == 0
    goes_by(watching, clock, 40)
    assert beats() == 1


def test_a_beat_that_another_machine_took_is_asked_for_again(
    watching: Supervisor, clock: Clock
) -> None:
    goes_by(watching, clock, 14)
    OrmQ.objects.update(lock=timezone.now() + timedelta(minutes=10))
    goes_by(watching, clock, 2)
    assert beats() == 2


def test_a_cluster_that_runs_tasks_is_left_alone(watching: Supervisor, clock: Clock) -> None:
    for _ in range(10):
        goes_by(watching, clock, SILENCE - 4)
        a_task_is_run()
    assert len(Cluster.started) == 1


def test_a_silent_cluster_is_stopped_killed_and_started_again(
    watching: Supervisor, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    a_task_is_run()
    goes_by(watching, clock, 2)
    goes_by(watching, clock, SILENCE)
    (first,) = Cluster.started
    assert first.stopped == []
    caplog.clear()
    goes_by(watching, clock, 6)
    assert (first.stopped, first.code) == ([module.SHORT], -9)
    assert len(Cluster.started) == 2
    assert Heartbeat.objects.get().restarts == 1
    assert said(caplog) == [
        "worker here#1: no sign of life for 62 s, stopping the cluster",
        "worker here#1: it did not stop in 5 s, killed",
        "worker here#1: starting again in 1 s",
    ]


def test_a_cluster_may_take_longer_to_its_first_sign(watching: Supervisor, clock: Clock) -> None:
    goes_by(watching, clock, SILENCE + vitals.START)
    assert Cluster.started[0].stopped == []
    goes_by(watching, clock, 2)
    assert Cluster.started[0].stopped == [module.SHORT]


def test_a_cluster_whose_clock_stands_still_is_started_again(
    watching: Supervisor, clock: Clock
) -> None:
    """It runs tasks, but nobody puts the scheduled ones into the queue."""
    Schedule.objects.update(next_run=timezone.now() - timedelta(minutes=5))
    for _ in range(4):
        goes_by(watching, clock, 40)
        a_task_is_run()
    assert Cluster.started[0].stopped == [module.SHORT]


def test_it_waits_longer_each_time_a_cluster_ends_at_once(
    watching: Supervisor, clock: Clock
) -> None:
    waits = []
    for _ in range(9):
        Cluster.started[-1].code = 1
        watching.look()
        before, count = clock.now, len(Cluster.started)
        while len(Cluster.started) == count:
            clock.now += 0.5
            watching.look()
        waits.append(clock.now - before)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert Heartbeat.objects.get().restarts == 9
    for _ in range(2):
        goes_by(watching, clock, 40)
        a_task_is_run()
    Cluster.started[-1].code = 1
    watching.look()
    assert watching._next - clock.now == 1


def test_a_database_that_is_away_is_not_the_clusters_fault(
    watching: Supervisor,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def away() -> None:
        raise OperationalError("no such host: secret")

    with monkeypatch.context() as patch:
        patch.setattr(watching._vitals, "_read", away)
        patch.setattr("portal.vitals.connection.close", lambda: None)
        goes_by(watching, clock, 1000)
    goes_by(watching, clock, SILENCE)
    assert Cluster.started[0].stopped == []
    assert said(caplog) == [
        "worker here#1: the database is away (OperationalError)",
        "worker here#1: the database is back",
    ]
    goes_by(watching, clock, vitals.START + 4)
    assert Cluster.started[0].stopped == [module.SHORT]


def test_a_queue_that_cannot_be_written_is_no_excuse(
    watching: Supervisor, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stuck cluster may hold SQLite's one lock: reading goes on, writing does not."""

    def locked(*args: object, **options: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(vitals, "async_task", locked)
    goes_by(watching, clock, SILENCE + vitals.START + 4)
    assert Cluster.started[0].stopped == [module.SHORT]


def test_who_ends_in_order_is_not_missed(watching: Supervisor) -> None:
    watching.close()
    assert Cluster.started[0].stopped == [module.LONG]
    assert not Heartbeat.objects.exists()


def test_a_worker_has_a_name_that_no_other_has_and_gets_it_again(
    settings: Settings, tmp_path: Path
) -> None:
    settings.VAR = tmp_path
    with own_name() as first, own_name() as second:
        assert [name.rpartition("#")[2] for name in (first, second)] == ["1", "2"]
    with own_name() as again:
        assert again == first


@pytest.fixture
def mark() -> Iterator[str]:
    name = f"leash-{os.getpid()}-{time.monotonic_ns()}"
    yield name
    for pid in naming(name):
        os.kill(pid, signal.SIGKILL)


def naming(mark: str) -> list[int]:
    """Living processes whose command line has this word."""
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = line.read_bytes()
        except OSError:
            continue
        if mark.encode() in words:
            found.append(int(line.parent.name))
    return found


def gone(mark: str) -> bool:
    deadline = time.monotonic() + 30
    while naming(mark) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not naming(mark)


DEAF = (
    "import signal, subprocess, sys, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)', sys.argv[1]])\n"
    "time.sleep(600)\n"
)


def test_a_child_is_gone_with_all_its_own_when_its_starter_is_killed(mark: str) -> None:
    starter = (
        "import sys, time\nfrom portal import leash\nfrom portal.processes import Child\n"
        "Child([sys.executable, '-c', sys.argv[2], sys.argv[1]], {})\ntime.sleep(600)\n"
    )
    root = Path(module.__file__).parents[1]
    process = subprocess.Popen(
        [sys.executable, "-c", starter, mark, DEAF], env={**os.environ, "PYTHONPATH": str(root)}
    )
    deadline = time.monotonic() + 30
    while len(naming(mark)) < 4:  # the starter, the leash, the deaf one and its own child
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.kill()
    process.wait()
    assert gone(mark)


def test_a_leash_tells_how_its_command_ended() -> None:
    child = Child([sys.executable, "-c", "import sys; sys.exit(3)"], {})
    assert (child.wait(30), child.ended()) == (True, 3)
    child.kill()


def test_a_leash_passes_a_polite_request_on(mark: str) -> None:
    child = Child([sys.executable, "-c", "import time; time.sleep(600)", mark], {})
    deadline = time.monotonic() + 30
    while len(naming(mark)) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert child.stop(30)
    assert child.ended() == 128 + signal.SIGTERM
    assert gone(mark)
