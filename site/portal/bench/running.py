"""Starts the workers together, hears them out, and adds up."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from portal.bench.jobs import WITH_FLOOR, Answers, Job

#: What is compared takes turns, so that a machine that is busy for a while slows both.
_ROUNDS = 10


class BenchFailed(Exception):
    """A process of the bench itself ended badly; the message is what it said."""


@dataclass
class Run:
    """What all workers did, and the seconds from the word go to the last one's end."""

    answers: Answers = field(default_factory=Answers)
    seconds: float = 0.0

    @property
    def accepted_per_s(self) -> float:
        return self.answers.accepted / self.seconds if self.seconds else 0.0


def shares(scenario: str, targets: list[tuple[int, int]], attempts: int, workers: int) -> list[Job]:
    """The attempts dealt out in turn: neighbours in the list are tried at the same moment."""
    rounds = _ROUNDS if scenario in WITH_FLOOR else 1
    if not targets:
        counts = [attempts // workers + (n < attempts % workers) for n in range(workers)]
        return [Job(scenario, seed=n, count=count) for n, count in enumerate(counts)]
    return [
        Job(scenario, seed=n, targets=targets[n::workers], rounds=rounds) for n in range(workers)
    ]


def stage(what: str, attempts: int, environment: Mapping[str, str]) -> list[tuple[int, int]]:
    command = [sys.executable, "-m", "portal.bench.stage", what, str(attempts)]
    done = subprocess.run(  # noqa: S603 - our own command only
        command, env=dict(environment), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BenchFailed(done.stderr)
    return [(target, person) for target, person in json.loads(done.stdout)]


class Crew:
    """Every job in a process of its own, in the same rounds. A round begins when the last one is
    ready, and ends with the last one."""

    def __init__(self, children: list[subprocess.Popen[str]], jobs: list[Job]) -> None:
        self._children = children
        self._run = Run()
        for child, job in zip(children, jobs, strict=True):
            _tell(child, job.dump())
        for child in children:
            _hear(child)

    def work(self) -> None:
        began = time.perf_counter()
        for child in self._children:
            _tell(child, "go")
        for child in self._children:
            _hear(child)
        self._run.seconds += time.perf_counter() - began

    def finish(self) -> Run:
        """After the last round."""
        for child in self._children:
            self._run.answers.add(Answers.load(_hear(child)))
        return self._run


@contextmanager
def crew(jobs: list[Job], environment: Mapping[str, str]) -> Iterator[Crew]:
    with _started(len(jobs), environment) as children:
        yield Crew(children, jobs)


@contextmanager
def _started(count: int, environment: Mapping[str, str]) -> Iterator[list[subprocess.Popen[str]]]:
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "portal.bench.worker"],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,  # Ctrl-C is for the parent, which ends them.
        )
        for _ in range(count)
    ]
    try:
        yield children
    finally:
        for child in children:
            if child.poll() is None:
                child.kill()
            child.communicate()


def _tell(child: subprocess.Popen[str], line: str) -> None:
    if child.stdin is None:
        raise BenchFailed("a worker without an ear")
    child.stdin.write(f"{line}\n")
    child.stdin.flush()


def _hear(child: subprocess.Popen[str]) -> str:
    line = child.stdout.readline() if child.stdout else ""
    if not line:
        raise BenchFailed("A worker ended in the middle of its work; what it said is above.")
    return line
