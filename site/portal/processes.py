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
        """Ask every group to stop, wait, and kill what is left of any. Harmless when repeated."""
        for child in self._running.values():
            _signal_group(child.pid, signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for child in self._running.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(timeout=max(0.0, deadline - time.monotonic()))
        for child in self._running.values():
            # Also when the leader ended well: it may have left children behind.
            _signal_group(child.pid, signal.SIGKILL)
            child.wait()
        self._running.clear()


def _signal_group(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # everybody in it has ended
        os.killpg(group, number)
