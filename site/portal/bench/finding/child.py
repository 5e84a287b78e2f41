"""Builds the network and searches it, in a process of its own. `python -m portal.bench.finding.child
SESSIONS RUNS`; the database is the environment's. Prints a line of JSON for each step, and last the
report."""

from __future__ import annotations

import json
import sys
import time
from functools import partial
from typing import Any

import django

#: Enough for a median.
_SLOW_RUNS = 6


def main(sessions: int, runs: int) -> dict[str, Any]:
    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from portal.bench.finding import country, rhythms

    began = time.perf_counter()
    tell("tables", 0)
    call_command("migrate", verbosity=0)
    there = country.build(sessions, tell)
    tell("rhythms", 0)
    opened = rhythms.open_rhythms(there, timezone.localdate())
    return {
        "rhythms": opened,
        "prepared_s": round(time.perf_counter() - began, 1),
        **_counted(),
        **_measured(runs),
    }


def _counted() -> dict[str, Any]:
    from django.db.models import Sum
    from django.utils import timezone

    from booking.models import Participant, Partner, Seat, Session

    coming = Session.objects.filter(starts_at__gt=timezone.now())
    seats = Seat.objects.active().filter(starts_at__gt=timezone.now()).count()
    places = coming.aggregate(all=Sum("capacity"))["all"]
    return {
        "sessions": coming.count(),
        "partners": Partner.objects.count(),
        "people": Participant.objects.count(),
        "seats": seats,
        "taken": round(seats / places, 3),
    }


def _measured(runs: int) -> dict[str, Any]:
    from portal.bench.finding.searches import Searches, times

    asks = Searches(seed=1)
    told, everything = {}, []
    for name, make in asks.typical().items():
        tell(name, 0)
        one = asks.find(make, runs)
        told[name] = one.report()
        everything += one.ms
    hard = {}
    for name, make in asks.hard().items():
        tell(name, 0)
        hard[name] = asks.find(make, runs).report()
    tell("first_days", 0)
    hard["first_days"] = asks.first_days(partial(asks.month, "group"), runs).report()
    month = _compared(asks, "group", told["month"]["p50_ms"])
    openings = asks.find(partial(asks.month, "interview"), runs).report()
    return {
        **times(everything),
        "queries": max(one["queries"] for one in told.values()),
        **month,
        "searches": told,
        "hard": hard,
        # The same of appointments: each opening is one rhythm, cut into slots after it is expanded.
        "openings": {**openings, **_compared(asks, "interview", openings["p50_ms"])},
    }


def _compared(asks: Any, service: str, p50_ms: float) -> dict[str, float]:
    tell(f"naive: {service}", 0)
    naive_ms = asks.slowly(service, _SLOW_RUNS).report()["p50_ms"]
    return {"naive_ms": naive_ms, "speedup": round(naive_ms / p50_ms, 1)}


def tell(step: str, done: float) -> None:
    _say({"step": step, "done": done})


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _say({"report": main(int(sys.argv[1]), int(sys.argv[2]))})
