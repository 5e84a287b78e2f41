"""What django-q2 runs for the house itself, and what it leaves behind of any task.

A task that went the whole way (taken from the queue, run, its result put down, the queue told) is a
sign of life of the cluster that ran it. So the sign is given where that way ends: in the cluster's
monitor, after each task. `beat` does nothing; it is there to be run when nothing else is.
"""

from __future__ import annotations

import logging
import os
import re
import time
from typing import Any, Final

from django.db import DatabaseError, InterfaceError
from django.utils import timezone
from django_q.signals import post_execute, post_execute_in_worker

from portal.models import Heartbeat

log = logging.getLogger(__name__)

#: In a supervised cluster's environment: the name of its row. Nobody sets it by hand.
NAME: Final = "JALON_HEARTBEAT"
#: Seconds between two signs: many short tasks need not write one each.
_APART: Final = 0.5
_last = 0.0

# The lines of a traceback that say where. Those between them quote the code, which says nothing of
# anybody; the last line of each part begins with the exception's name, and its own words follow, over
# several lines sometimes: a database quotes the row that it refused.
_WHERE: Final = re.compile(r'^ +File ".*", line \d+, in \S+$')
_WHAT: Final = re.compile(r"^((?:[a-z_]\w*\.)+[A-Z]\w*|[A-Z]\w*(?:Error|Exception))(?::|$)")


def beat() -> None:
    """Nothing: that it was run is the news."""


def listen() -> None:
    """Connect to django-q2's signals. Called once a process, before a cluster forks."""
    post_execute_in_worker.connect(without_values, dispatch_uid="portal.tasks.without_values")
    if os.environ.get(NAME):
        post_execute.connect(sign_of_life, dispatch_uid="portal.tasks.sign_of_life")


def sign_of_life(**_: object) -> None:
    """Never raises: the monitor would die of it, and the tasks' results with it."""
    global _last  # noqa: PLW0603 - one monitor, one moment
    if time.monotonic() - _last < _APART:
        return
    try:
        Heartbeat.objects.filter(name=os.environ[NAME]).update(at=timezone.now())
        _last = time.monotonic()
    except (DatabaseError, InterfaceError) as error:
        log.warning("no sign of life could be written: %s", type(error).__name__)


def without_values(task: dict[str, Any], **_: object) -> None:
    """django-q2 keeps and logs what a failed task raised, in the exception's own words, and a
    database quotes the row that it refused. Keep where it was raised and what it is called."""
    if not task.get("success"):
        task["result"] = places(str(task.get("result") or ""))


def places(told: str) -> str:
    """Of a traceback: the files, lines and functions, and the exceptions' names."""
    kept = []
    for line in told.splitlines():
        if _WHERE.match(line):
            kept.append(line.strip())
        elif name := _WHAT.match(line):
            kept.append(name.group(1))
    return "\n".join(kept)
