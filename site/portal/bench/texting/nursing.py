"""The parent's end of the nursery: who lives there, what it is told, and what it says."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from portal.bench.running import BenchFailed

#: After so many seconds of silence nobody is waited for any more.
_SILENCE = 200.0


class Nursery:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._heard: queue.Queue[dict[str, int]] = queue.Queue()
        #: By process number. Nobody else gets a number before `kill`: until then it is waited for.
        self.alive: list[int] = []
        threading.Thread(target=self._listen, daemon=True).start()
        self.hear()  # It is ready.

    def start(self, **how: Any) -> None:
        self._tell(**how)
        while True:
            said = self.hear()
            if "born" in said:
                self.alive.append(said["born"])
                return
            # Said by another one meanwhile: for whoever waits for it.
            self._heard.put(said)

    def kill(self, pid: int) -> None:
        """With -9, or only wait for it if it has ended."""
        if pid in self.alive:
            self.alive.remove(pid)
            self._tell(kill=pid)

    def hear(self) -> dict[str, int]:
        try:
            said = self._heard.get(timeout=_SILENCE)
        except queue.Empty:
            raise BenchFailed("The workers say nothing any more.") from None
        if not said:
            raise BenchFailed("The nursery ended in the middle of its work; see above.")
        return said

    def said_already(self) -> Iterator[dict[str, int]]:
        while not self._heard.empty():
            yield self.hear()

    def _tell(self, **what: Any) -> None:
        if self._process.stdin is None:
            raise BenchFailed("a nursery without an ear")
        self._process.stdin.write(f"{json.dumps(what)}\n")
        self._process.stdin.flush()

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            self._heard.put(json.loads(line))
        self._heard.put({})


@contextmanager
def nursery(environment: Mapping[str, str]) -> Iterator[Nursery]:
    process = subprocess.Popen(
        [sys.executable, "-m", "portal.bench.texting.child", "nursery"],
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,  # Ctrl-C is for the parent, which ends it.
    )
    try:
        yield Nursery(process)
    finally:
        if process.stdin is not None:
            process.stdin.close()  # It ends its workers, and itself.
        process.wait(timeout=30)
        if process.stdout is not None:
            process.stdout.close()
