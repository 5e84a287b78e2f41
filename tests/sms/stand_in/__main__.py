"""`python -m tests.sms.stand_in --port 0 --drop 0.02 --fail 0.05`: prints its address, and serves
until it is ended."""

from __future__ import annotations

import argparse
import random
import signal
import sys
import threading

from tests.sms.stand_in.moods import Faults
from tests.sms.stand_in.reporting import Reporting
from tests.sms.stand_in.server import StandIn


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m tests.sms.stand_in", description=__doc__)
    words.add_argument("--port", type=int, default=0, help="0: a free one")
    words.add_argument("--seed", type=int, default=1, help="the same dice again (1)")
    words.add_argument("--drop", type=float, default=0.0, help="share that loses its answer")
    words.add_argument("--fail", type=float, default=0.0, help="share that gets 500 or 429")
    words.add_argument("--slow", type=float, default=0.0, help="share that is answered too late")
    words.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    words.add_argument("--report", action="store_true", help="post what became of each text")
    words.add_argument("--twice", type=float, default=0.1, help="share of reports repeated (0.1)")
    words.add_argument("--leash", action="store_true", help="end when standard input is closed")
    told = words.parse_args()
    stand_in = StandIn(told.port)
    dice = random.Random(told.seed)  # noqa: S311 - no secret
    stand_in.moods.faults = Faults(told.drop, told.fail, told.slow, dice)
    stand_in.delay = told.delay
    if told.report:
        stand_in.reporting = Reporting(twice=told.twice, dice=dice)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stand_in.stop())
    if told.leash:
        threading.Thread(target=_until_let_go, args=(stand_in,), daemon=True).start()
    print(stand_in.url, flush=True)
    stand_in.serve()


def _until_let_go(stand_in: StandIn) -> None:
    """Whoever started it may be killed: it does not stay behind."""
    sys.stdin.read()
    stand_in.stop()


if __name__ == "__main__":
    main()
