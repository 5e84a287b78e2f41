"""Child processes that start together and end together, each in a process group of its own.

A group, because a cluster of tasks forks children, and may be stuck so that it no longer hears
SIGTERM: then the whole group is killed. Each child is on a leash (`portal.leash`): it ends when this
process does, even by `kill -9`. Nothing about what the children do belongs here.
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


def ours(*words: str) -> list[str]:
    """The command line of one of our own management commands, in this very Python."""
    return [sys.executable, "-m", "portal", *words]


class Child:
    """One command with all that it starts. What it prints goes to our standard error, never to our
    output."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        # Ours, for a checkout that is not installed.
        path = os.pathsep.join(entry for entry in sys.path if entry)
        self._leash = subprocess.Popen(  # noqa: S603 - our own commands only
            [sys.executable, "-m", "portal.leash", *command],
            env={**os.environ, "PYTHONPATH": path, **environment},
            # Python lets no other child inherit our end of it.
            stdin=subprocess.PIPE,
            stdout=sys.stderr.fileno(),
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The leader of its process group."""
        return self._leash.pid

    def ended(self) -> int | None:
        """Its exit code, or None while it runs."""
        return self._leash.poll()

    def ask(self) -> None:
        """Ask it to stop. Only the leader is asked: it winds its own children down in order."""
        self._leash.terminate()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended within this time."""
        with suppress(subprocess.TimeoutExpired):
            self._leash.wait(timeout=max(0.0, seconds))
        return self._leash.returncode is not None

    def kill(self) -> None:
        """Kill what is left of it. Also when it ended well: it may have left children behind."""
        with suppress(ProcessLookupError):  # everybody in the group has ended
            os.killpg(self._leash.pid, signal.SIGKILL)
        self._leash.wait()
        if self._leash.stdin is not None:
            self._leash.stdin.close()

    def stop(self, patience: float) -> bool:
        """Whether it ended by itself when asked; it has ended in any case."""
        self.ask()
        in_order = self.wait(patience)
        self.kill()
        return in_order


class Children:
    """Use as a context manager: on the way out everything that was started is stopped."""

    def __init__(self) -> None:
        self._running: dict[str, Child] = {}

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
        self._running[name] = Child(command, environment)

    def ended(self) -> str | None:
        """The name of a child that has ended by itself, or None while all are running."""
        return next((n for n, one in self._running.items() if one.ended() is not None), None)

    def stop(self) -> None:
        """Ask every child to stop, wait for all of them together, and kill what is left. Harmless
        when repeated."""
        for child in self._running.values():
            child.ask()
        deadline = time.monotonic() + GRACE
        for child in self._running.values():
            child.wait(deadline - time.monotonic())
        for child in self._running.values():
            child.kill()
        self._running.clear()
