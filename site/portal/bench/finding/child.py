"""Builds the network and searches it, in a process of its own. `python -m portal.bench.finding.child
SESSIONS RUNS`; the database is the environment's. Prints a line of JSON for each step, and last the
report."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import django


def main(sessions: int, runs: int) -> dict[str, Any]:
    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from portal.bench.finding import country, naive

    began = time.perf_counter()
    tell("tables", 0)
    call_command("migrate", verbosity=0)
    there = country.build(sessions, tell)
    tell("rhythms", 0)
    rhythms = naive.open_rhythms(there, timezone.localdate())
    return {
        "rhythms": rhythms,
        "prepared_s": round(time.perf_counter() - began, 1),
        **_counted(),
        **_measured(there.services["interview"], runs),
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


def _measured(service: Any, runs: int) -> dict[str, Any]:
    from portal.bench.finding.searches import Searches, times

    asks = Searches(seed=1)
    told, everything = {}, []
    for name, make in asks.typical().items():
        tell(name, 0)
        one = asks.find(make, runs)
        told[name] = one.report()
        everything += one.ms
    hard = {name: asks.find(make, runs).report() for name, make in asks.hard().items()}
    tell("first_days", 0)
    hard["first_days"] = asks.first_days(asks.month, runs).report()
    tell("naive", 0)
    slow = _naive(service, asks.now)
    return {
        **times(everything),
        "queries": max(one["queries"] for one in told.values()),
        "naive_ms": slow,
        "speedup": round(slow / told["month"]["p50_ms"], 1),
        "searches": told,
        "hard": hard,
    }


def _naive(service: Any, now: Any) -> float:
    """The median of some runs, in milliseconds; the answer must be right."""
    from statistics import median

    from django.utils import timezone

    from booking.models import Session
    from portal.bench.finding import naive
    from portal.bench.finding.searches import MONTH

    start, end = timezone.localtime(now), timezone.localtime(now + MONTH)
    free = Session.objects.filter(
        service=service, has_room=True, starts_at__gt=start, starts_at__lt=end
    )
    wanted = sorted(free.values_list("starts_at", "practitioners"))[:20]
    ms = []
    for _n in range(3):
        began = time.perf_counter()
        found = naive.next_free(service, start, end, 20)
        ms.append((time.perf_counter() - began) * 1000)
        if found != wanted:
            raise ValueError("the slow way finds something else: what is compared is not the same")
    return round(median(ms), 1)


def tell(step: str, done: float) -> None:
    _say({"step": step, "done": done})


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _say({"report": main(int(sys.argv[1]), int(sys.argv[2]))})
