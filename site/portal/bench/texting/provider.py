"""The stand-in for the provider, in a process of its own, and what it is asked at the end. It lives
with the tests, so this bench needs a checkout."""

from __future__ import annotations

import http.client
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from portal.bench.running import BenchFailed

_MODULE = "tests.sms.stand_in"


class Provider:
    def __init__(self, url: str) -> None:
        self.url = url

    def faults(self, *, drop: float, fail: float) -> None:
        """Shares of all requests: the answer is lost after the text was taken; 500 or 429."""
        self._ask("POST", "faults", {"drop": drop, "fail": fail})

    def per_number(self, account: str) -> dict[str, int]:
        """How many texts of this account each number got."""
        return dict(self._ask("GET", f"numbers?account={account}"))

    def _ask(self, method: str, what: str, told: dict[str, float] | None = None) -> Any:
        where = urlsplit(self.url)
        connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=30)
        try:
            body = None if told is None else json.dumps(told)
            connection.request(method, f"/_stand_in/{what}", body)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()


@contextmanager
def provider() -> Iterator[Provider]:
    """Raises BenchFailed where there is none."""
    if not _there():
        raise BenchFailed(
            _(
                "The stand-in for the provider is part of the tests: run this bench from a "
                "checkout of the source."
            )
        )
    child = subprocess.Popen(  # noqa: S603 - our own command only
        [sys.executable, "-m", _MODULE, "--leash"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,  # Ctrl-C is for the parent, which ends it.
    )
    try:
        url = child.stdout.readline().strip() if child.stdout else ""
        if not url:
            raise BenchFailed("The stand-in did not start; what it said is above.")
        yield Provider(url)
    finally:
        child.kill()
        child.communicate()


def _there() -> bool:
    try:
        return importlib.util.find_spec(_MODULE) is not None
    except ModuleNotFoundError:
        return False
