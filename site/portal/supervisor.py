"""Keeps one cluster of django-q2 running: `manage.py worker`.

The cluster runs in a process group of its own, and is started again when it has ended or when it is
stuck (portal.vitals): a worker that was killed while it held the queue's lock, for one, stops all
others for good, and such a cluster no longer hears SIGTERM.
"""

from __future__ import annotations

import fcntl
import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.conf import settings

from portal.processes import Child, ours
from portal.tasks import NAME
from portal.vitals import Vitals

log = logging.getLogger(__name__)

#: Seconds for a stuck cluster to end in order: it hardly ever does.
SHORT: Final = 5.0
#: Seconds for a healthy one, so that what is being sent is sent to its end.
LONG: Final = 25.0
#: Seconds before a cluster is started again, doubled each time until one has lasted.
_FIRST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 60.0
_LASTED: Final = 60.0
_MANY: Final = 64


class Supervisor:
    def __init__(self, name: str, *, silence: float) -> None:
        self.name = name
        self._vitals = Vitals(name, silence)
        self._tick = min(2.0, silence / 10)
        self._cluster: Child | None = None
        self._started = 0.0
        self._next = 0.0
        self._wait = _FIRST_WAIT / 2

    def run(self, goes_on: Callable[[], bool] = lambda: True) -> None:
        """Until `goes_on` says no, or something is raised into it. `close` must follow."""
        while goes_on() and not self._vitals.register():
            time.sleep(self._tick)
        while goes_on():
            self.look()
            time.sleep(self._tick)

    def look(self) -> None:
        """One round: start what does not run, and look for signs of life of what does."""
        if self._cluster is None:
            if time.monotonic() >= self._next:
                self._start()
            return
        code = self._cluster.ended()
        if code is not None:
            log.warning("worker %s: the cluster has ended by itself (%s)", self.name, code)
            self._again(self._cluster)
        elif why := self._vitals.stuck():
            log.error("worker %s: %s, stopping the cluster", self.name, why)
            if not self._cluster.stop(SHORT):
                log.warning("worker %s: it did not stop in %.0f s, killed", self.name, SHORT)
            self._again(self._cluster)

    def close(self) -> None:
        """End the cluster in order."""
        if self._cluster is not None:
            in_order = self._cluster.stop(LONG)
            self._cluster = None
            log.info("worker %s: stopped%s", self.name, "" if in_order else " by force")
        self._vitals.forget()

    def _start(self) -> None:
        # A cluster forks, and a pool of connections must not be shared across a fork.
        self._cluster = Child(ours("qcluster"), {NAME: self.name, "JALON_POOL": "0"})
        self._started = time.monotonic()
        self._vitals.begin()
        log.info("worker %s: cluster %s started", self.name, self._cluster.pid)

    def _again(self, cluster: Child) -> None:
        """Clear away what is left of it, and let another one be started after a while."""
        self._cluster = None
        cluster.kill()
        lasted = time.monotonic() - self._started >= _LASTED
        self._wait = _FIRST_WAIT if lasted else min(self._wait * 2, _LONGEST_WAIT)
        self._next = time.monotonic() + self._wait
        self._vitals.restarted()
        log.warning("worker %s: starting again in %.0f s", self.name, self._wait)


@contextmanager
def own_name() -> Iterator[str]:
    """This machine's name and a number that no other supervisor on it has: the same one again after
    a restart, so that a killed one's row is taken over. The system lets go when the process ends."""
    machine = socket.gethostname()
    folder = Path(settings.VAR)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, _MANY):
        with (folder / f"worker-{machine}-{number}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            yield f"{machine}#{number}"
            return
    raise RuntimeError(f"{_MANY} workers run on {folder} already")
