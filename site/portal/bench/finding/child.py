"""Measures in a process of its own. `python -m portal.bench.finding.child SESSIONS RUNS`; the
database is the environment's. Prints a line of JSON for each step, and last the report."""

from __future__ import annotations

import json
import sys
from typing import Any

import django


def main(sessions: int, runs: int) -> dict[str, Any]:
    django.setup()
    from portal.bench.finding.measuring import measure

    return measure(sessions, runs, tell)


def tell(step: str, done: float) -> None:
    _say({"step": step, "done": done})


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _say({"report": main(int(sys.argv[1]), int(sys.argv[2]))})
