"""Whether a cluster of django-q2 lives, judged by what arrives and not by its processes, which may all
be there while no task is run any more.

- Its row in `Heartbeat` moves when a task went the whole way through this very cluster
  (portal.tasks). When the row is old and no task waits in the queue, a `beat` is put there. Several
  machines share the queue and whoever is first takes it, so one is put there again and again until
  this cluster had its turn; but never while one waits, so they do not pile up.
- The schedules' next runs lie in the past: nobody puts the scheduled tasks into the queue.

A cluster that is healthy and busy gives no sign for as long as its longest task takes, whatever the
number of its workers: they may all have begun at one moment. django-q2 ends a task after
Q_CLUSTER's timeout (120 s), so the silence that is allowed (settings.WORKER_SILENCE, 180 s) is longer.

The clock is this process's own. It runs from the last new sign, and anew from the moment at which the
database came back: that it was away is not the cluster's fault.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.db.models import F
from django.utils import timezone
from django_q.models import OrmQ, Schedule
from django_q.tasks import async_task

from portal.clock import NAMES, ensure_schedules
from portal.models import Heartbeat

log = logging.getLogger(__name__)

#: Seconds that a cluster may take to start, on top of the silence.
START: Final = 30.0
#: django-q2 looks at its schedules every 30 s.
_SCHEDULES: Final = 90.0
#: A row that nobody moved for so long is of a machine that is gone for good.
_FORGOTTEN: Final = timedelta(days=1)


class Vitals:
    def __init__(self, name: str, silence: float) -> None:
        self.name = name
        self.silence = silence
        self._began = self._moved = time.monotonic()
        self._seen: datetime | None = None
        self._proven = False
        self._unscheduled = False
        self._away = False

    def register(self) -> bool:
        """Write the schedules and the row. False while the database is away."""
        return self._tried(self._register)

    def begin(self) -> None:
        """A cluster was started just now. What has become due meanwhile need not wait for the clock."""
        self._began = self._moved = time.monotonic()
        self._proven = False
        self._queue("sms.tasks.dispatch_due", beside_others=True)

    def restarted(self) -> None:
        row = Heartbeat.objects.filter(name=self.name)
        self._tried(lambda: row.update(restarts=F("restarts") + 1))

    def forget(self) -> None:
        """The worker ends because it was told to: nobody is to miss it."""
        self._tried(Heartbeat.objects.filter(name=self.name).delete)

    def stuck(self) -> str:
        """Why the cluster is taken for stuck; "" while it is not, or while nobody can tell."""
        if not self._tried(self._read):
            return ""
        quiet = time.monotonic() - self._moved
        if quiet > self.silence / 6:
            self._queue("portal.tasks.beat")
        if quiet > self.silence + (0 if self._proven else START):
            return f"no sign of life for {quiet:.0f} s"
        if time.monotonic() - self._began > START + self._patience and self._unscheduled:
            return "no scheduled task is started any more"
        return ""

    def _register(self) -> None:
        ensure_schedules()
        now = timezone.now()
        values = {"at": now, "started_at": now, "restarts": 0}
        Heartbeat.objects.update_or_create(name=self.name, defaults=values)
        Heartbeat.objects.filter(at__lt=now - _FORGOTTEN).delete()
        self._seen = now

    def _read(self) -> None:
        row = Heartbeat.objects.filter(name=self.name).values_list("at", flat=True).first()
        if row is None:
            self._register()
        elif row != self._seen:
            self._seen, self._moved, self._proven = row, time.monotonic(), True
        late = timezone.now() - timedelta(seconds=self._patience)
        overdue = Schedule.objects.filter(name__in=NAMES, next_run__lt=late)
        self._unscheduled = overdue.exists()

    @property
    def _patience(self) -> float:
        return max(self.silence, _SCHEDULES)

    def _queue(self, task: str, *, beside_others: bool = False) -> None:
        """Unless one waits already. Not a reason to call the database away when it fails: a cluster
        that is stuck may hold SQLite's one lock."""
        try:
            # One that was taken is locked until later.
            if beside_others or not OrmQ.objects.filter(lock__lte=timezone.now()).exists():
                async_task(task, q_options={"save": False})
        except (DatabaseError, InterfaceError) as error:
            log.info("worker %s: no task could be queued (%s)", self.name, type(error).__name__)

    def _tried(self, work: Callable[[], object]) -> bool:
        """Whether the database was there to do it."""
        try:
            close_old_connections()
            work()
        except (DatabaseError, InterfaceError) as error:
            if not self._away:
                kind = type(error).__name__
                log.warning("worker %s: the database is away (%s)", self.name, kind)
            self._away = True
            connection.close()
            return False
        if self._away:
            log.warning("worker %s: the database is back", self.name)
            self._away, self._began = False, time.monotonic()
            self._moved = self._began
        return True
