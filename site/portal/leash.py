"""`python -m portal.leash COMMAND…`: a command that ends when whoever started it ends.

The starter keeps the other end of our standard input open. When it dies, in whatever way, the system
closes that end, and we stop the command and all that it has started: nothing is left behind by a
`kill -9`. It needs nothing but a pipe, and starts in a few milliseconds: only the standard library.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Final

#: Seconds for ending in order once the starter is gone; then the whole group is killed.
PATIENCE: Final = 10.0
_TICK: Final = 0.2


def hold(command: Sequence[str]) -> int:
    """Run it until it ends or the starter does. Returns its exit code, 128 + n after signal n."""
    child = subprocess.Popen(list(command), stdin=subprocess.DEVNULL)  # noqa: S603 - our starter's

    def pass_on(number: int, frame: object) -> None:
        child.terminate()

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, pass_on)
    while child.poll() is None:
        if _starter_is_gone():
            return _end(child)
    return _code(child)


def _starter_is_gone() -> bool:
    readable, _, _ = select.select([sys.stdin.fileno()], [], [], _TICK)
    return bool(readable) and os.read(sys.stdin.fileno(), 1) == b""


def _end(child: subprocess.Popen[bytes]) -> int:
    child.terminate()
    deadline = time.monotonic() + PATIENCE
    while child.poll() is None and time.monotonic() < deadline:
        time.sleep(_TICK)
    # Nobody else is there to do it. The group is ours alone: see portal.processes.
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    child.kill()
    child.wait()
    return _code(child)


def _code(child: subprocess.Popen[bytes]) -> int:
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


if __name__ == "__main__":
    sys.exit(hold(sys.argv[1:]))
