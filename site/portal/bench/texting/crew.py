"""The parent's end of the nursery: starts workers, shoots them, hears when they are done."""

from __future__ import annotations

import json
import queue
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from portal.bench.running import BenchFailed

#: Seconds between two shots.
_SHOTS = 1.0
_LOOK = 0.2
#: After so many seconds in which nothing changed, what is left is called stuck. Longer than the
#: longest pause after a third "not now" in a row (sms.recording).
_PATIENCE = 200.0


class Crew:
    def __init__(self, nursery: subprocess.Popen[str]) -> None:
        self._nursery = nursery
        self._heard: queue.Queue[dict[str, int]] = queue.Queue()
        self._alive: list[int] = []
        self._dice = random.Random(1)  # noqa: S311 - no secret
        self.killed = 0
        self.failed = 0
        threading.Thread(target=self._listen, daemon=True).start()
        self._hear()  # It is ready.

    def send_bare(self, first: int, end: int, workers: int) -> float:
        """Seconds that so many processes take for these texts with nothing but the client."""
        cuts = [first + (end - first) * n // workers for n in range(workers + 1)]
        began = time.perf_counter()
        for n in range(workers):
            self._start(start="bare", first=cuts[n], end=cuts[n + 1])
        while self._alive:
            said = self._hear()
            if "failed" in said:
                raise BenchFailed("A bare worker ended in its work; what it said is above.")
            if "done" in said:
                self._kill(said["done"])
        return time.perf_counter() - began

    def dispatch(
        self, workers: int, *, shoot: bool, left: Callable[[], int], say: Callable[[int], None]
    ) -> float:
        """Seconds until nothing is left, or nothing moves any more."""
        began = moved = shot = time.perf_counter()
        for _ in range(workers):
            self._start(start="dispatch")
        before = left()
        while before and time.perf_counter() - moved < _PATIENCE:
            time.sleep(_LOOK)
            self._replace_the_failed()
            if shoot and time.perf_counter() - shot >= _SHOTS:
                shot = time.perf_counter()
                self._kill(self._dice.choice(self._alive))
                self.killed += 1
                self._start(start="dispatch")
            now = left()
            if now != before:
                before, moved = now, time.perf_counter()
                say(now)
        took = (time.perf_counter() if not before else moved) - began
        for pid in list(self._alive):
            self._kill(pid)
        return took

    def _replace_the_failed(self) -> None:
        while not self._heard.empty():
            said = self._hear()
            if "failed" in said:
                self.failed += 1
                self._kill(said["failed"])
                self._start(start="dispatch")

    def _start(self, **how: Any) -> None:
        self._tell(**how)
        while True:
            said = self._hear()
            if "born" in said:
                self._alive.append(said["born"])
                return
            # Said by another one meanwhile: for whoever waits for it.
            self._heard.put(said)

    def _kill(self, pid: int) -> None:
        if pid in self._alive:
            self._alive.remove(pid)
            self._tell(kill=pid)

    def _tell(self, **what: Any) -> None:
        if self._nursery.stdin is None:
            raise BenchFailed("a nursery without an ear")
        self._nursery.stdin.write(f"{json.dumps(what)}\n")
        self._nursery.stdin.flush()

    def _hear(self) -> dict[str, int]:
        try:
            said = self._heard.get(timeout=_PATIENCE)
        except queue.Empty:
            raise BenchFailed("The workers say nothing any more.") from None
        if not said:
            raise BenchFailed("The nursery ended in the middle of its work; see above.")
        return said

    def _listen(self) -> None:
        for line in self._nursery.stdout or ():
            self._heard.put(json.loads(line))
        self._heard.put({})


@contextmanager
def crew(environment: Mapping[str, str]) -> Iterator[Crew]:
    nursery = subprocess.Popen(
        [sys.executable, "-m", "portal.bench.texting.child", "nursery"],
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,  # Ctrl-C is for the parent, which ends it.
    )
    try:
        yield Crew(nursery)
    finally:
        if nursery.stdin is not None:
            nursery.stdin.close()  # It ends its workers, and itself.
        nursery.wait(timeout=30)
        if nursery.stdout is not None:
            nursery.stdout.close()
