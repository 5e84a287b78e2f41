"""Forks workers that have all of their code loaded, so that who is shot is shot at work and not while
it starts; shoots them as told. It never opens the database itself.

Each line that it is told and says is a JSON object. Told: {"start": "dispatch"},
{"start": "bare", "first": 0, "end": 500}, {"kill": PID}. Said: {"ready": PID}, {"born": PID}, {"done": PID},
{"failed": PID}. It ends, and ends all of them, when nobody can tell it anything any more.
"""

from __future__ import annotations

import json
import os
import signal
import traceback
from collections.abc import Callable, Iterable
from typing import Any


def tend(told: Iterable[str]) -> None:
    from portal.bench.texting import work

    work.warm_up()
    _say(ready=os.getpid())
    starts: dict[str, Callable[..., None]] = {"dispatch": work.dispatch, "bare": work.send_bare}
    alive: set[int] = set()
    try:
        for line in told:
            order: dict[str, Any] = json.loads(line)
            if "kill" in order:
                _end(order["kill"])
                alive.discard(order["kill"])
            else:
                alive.add(_fork(starts[order.pop("start")], order))
    finally:
        for pid in alive:
            _end(pid)


def _fork(work: Callable[..., None], how: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        _say(born=pid)
        return pid
    # From here on the child, which never comes back.
    try:
        # Whoever sends one worker a signal means this one only.
        os.setpgid(0, 0)
        work(**how)
        _say(done=os.getpid())
    except BaseException:  # noqa: BLE001 - whatever it is, the parent must hear of it
        traceback.print_exc()
        _say(failed=os.getpid())
    os._exit(0)  # Nothing of the nursery's is to be cleaned up here.


def _end(pid: int) -> None:
    """With -9. It is still there, or nobody has waited for it yet: its number is no one else's."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _say(**what: int) -> None:
    # In one write, so that lines of several processes do not mix.
    os.write(1, f"{json.dumps(what)}\n".encode())
