"""A process that works beside the bench and says how far it is, a line of JSON at a time: Django opens
one database only, and the parent's is the configured one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from portal.bench.running import BenchFailed


def talk(part: str, words: list[str], environment: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """What `portal.bench.<part>.child` says: steps, and last its report. Raises BenchFailed when it
    did not come to its end."""
    with _started(part, words, environment) as child:
        said: dict[str, Any] = {}
        for line in child.stdout or ():
            said = json.loads(line)
            yield said
        if child.wait() or "report" not in said:
            raise BenchFailed("The bench ended in the middle of its work; what it said is above.")


@contextmanager
def _started(
    part: str, words: list[str], environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen(  # noqa: S603 - our own command only
        [sys.executable, "-m", f"portal.bench.{part}.child", *words],
        env=dict(environment),
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,  # Ctrl-C is for the parent, which ends it.
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            child.kill()
        child.communicate()
