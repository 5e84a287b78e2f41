"""Workers at work: bare ones, and dispatchers that are shot or that take turns with the bare ones."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from portal.bench.running import BenchFailed
from portal.bench.texting.nursing import Nursery

#: Seconds between two shots.
_SHOTS = 1.0
#: Of work, until it is somebody else's turn.
_TURN = 0.5
_LOOK = 0.1
_FAILURES = 50
#: After so many seconds in which nothing changed, what is left is called stuck. Longer than the
#: longest pause after a third "not now" in a row (sms.recording).
_PATIENCE = 200.0


class _Clock:
    """Seconds that somebody worked."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    def read(self) -> float:
        return time.perf_counter() - self._began

    @contextmanager
    def stopped(self) -> Iterator[None]:
        at = time.perf_counter()
        try:
            yield
        finally:
            self._began += time.perf_counter() - at


class Crew:
    def __init__(self, nursery: Nursery) -> None:
        self._nursery = nursery
        self._dice = random.Random(1)  # noqa: S311 - no secret
        self.killed = 0
        self.failed = 0

    def send_bare(self, first: int, end: int, workers: int) -> float:
        """Seconds that so many processes take for these texts with nothing but the client."""
        cuts = [first + (end - first) * n // workers for n in range(workers + 1)]
        clock = _Clock()
        for n in range(workers):
            self._nursery.start(start="bare", first=cuts[n], end=cuts[n + 1])
        while self._nursery.alive:
            said = self._nursery.hear()
            if "failed" in said:
                raise BenchFailed("A bare worker ended in its work; what it said is above.")
            self._nursery.kill(said["done"])
        return clock.read()

    def dispatch(
        self,
        workers: int,
        *,
        left: Callable[[], int],
        say: Callable[[int], None],
        between: Callable[[], None] | None = None,
    ) -> float:
        """Seconds until nothing is left, or nothing moves any more. After each turn they all stand
        still for what is done `between`, which takes no time of theirs; without it they are shot."""
        clock = _Clock()
        for _ in range(workers):
            self._nursery.start(start="dispatch")
        before, moved, turn = left(), 0.0, 0.0
        while before and clock.read() - moved < _PATIENCE:
            time.sleep(_LOOK)
            self._replace_the_failed()
            if between is None and clock.read() - turn >= _SHOTS:
                turn = clock.read()
                self._shoot()
            elif between is not None and clock.read() - turn >= _TURN:
                with self._stopped(), clock.stopped():
                    between()
                turn = clock.read()
            if (now := left()) != before:
                before, moved = now, clock.read()
                say(now)
        for pid in list(self._nursery.alive):
            self._nursery.kill(pid)
        return moved or clock.read()

    def _shoot(self) -> None:
        self._nursery.kill(self._dice.choice(self._nursery.alive))
        self.killed += 1
        self._nursery.start(start="dispatch")

    @contextmanager
    def _stopped(self) -> Iterator[None]:
        stopped, self._nursery.alive = self._nursery.alive, []
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in stopped:
                os.kill(pid, signal.SIGCONT)
            self._nursery.alive = stopped

    def _replace_the_failed(self) -> None:
        for said in self._nursery.said_already():
            if "failed" in said:
                self.failed += 1
                if self.failed > _FAILURES:
                    raise BenchFailed("The workers fail again and again; what they said is above.")
                self._nursery.kill(said["failed"])
                self._nursery.start(start="dispatch")
