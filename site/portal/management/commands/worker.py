"""Run the tasks, and keep them running."""

from __future__ import annotations

import logging
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.supervisor import Supervisor, own_name

log = logging.getLogger(__name__)


class _Stop(BaseException):
    """Raised into whatever the supervisor is doing: a connection that is being made may take minutes."""


class Command(BaseCommand):
    help = (
        "Start the cluster that runs the tasks, and start it again when it ends or is stuck. "
        "SIGTERM ends it in order."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        timeout = int(str(settings.Q_CLUSTER["timeout"]))
        if timeout >= settings.WORKER_SILENCE and not settings.DEMO:
            log.warning(
                "JALON_WORKER_SILENCE is not longer than a task may take (%s s): a worker that is "
                "only busy may be restarted",
                timeout,
            )
        with own_name() as name:
            supervisor = Supervisor(name, silence=settings.WORKER_SILENCE)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, _stop)
            try:
                supervisor.run()
            except _Stop:
                # The next ones are ignored: the first is being obeyed.
                log.info("worker %s: stopping", name)
            finally:
                supervisor.close()


def _stop(number: int, frame: object) -> None:
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, signal.SIG_IGN)
    raise _Stop
