"""Child processes that start together and end together, each in a process group of its own.

A group, because a cluster of tasks forks children, and may be stuck so that it no longer hears
SIGTERM: then the whole group is killed. Nothing about what the children do belongs here.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

#: Seconds between the polite request to stop and the end of patience.
GRACE = 6.0


class Children:
    """Use as a context manager: on the way out everything that was started is stopped."""

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start one child. What it prints goes to our standard error, never to our output."""
        self._running[name] = subprocess.Popen(  # noqa: S603 - our own commands only
            list(command),
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr.fileno(),
            start_new_session=True,
        )

    def ended(self) -> str | None:
        """The name of a child that has ended by itself, or None while all are running."""
        return next((n for n, child in self._running.items() if child.poll() is not None), None)

    def stop(self) -> None:
        """Ask every child to stop, wait, and kill what is left of its group. Harmless when
        repeated. Only the leader is asked: it winds its own children down in order."""
        for child in self._running.values():
            child.terminate()
        deadline = time.monotonic() + GRACE
        for child in self._running.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(timeout=max(0.0, deadline - time.monotonic()))
        for child in self._running.values():
            # Also when the leader ended well: it may have left children behind.
            with suppress(ProcessLookupError):  # everybody in it has ended
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self._running.clear()
