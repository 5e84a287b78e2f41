"""Builds the network and searches it, in a process of its own. `python -m portal.bench.finding.child
SESSIONS RUNS`; the database is the environment's. Prints a line of JSON for each step, and last the
report."""

from __future__ import annotations

import json
import sys
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from portal.bench.finding.searches import Ask, Searches
    from portal.bench.finding.told import Told

#: For so many people both ways must find the same.
_CHECKED = 6


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
    from portal.bench.finding.searches import Searches
    from portal.bench.finding.told import times

    asks = Searches(seed=1)
    searches = {name: asks.ask(make) for name, make in asks.typical().items()}
    typical, month = _beside_rhythms(asks, "group", searches, "month", runs)
    searches = {"openings": asks.ask(partial(asks.month, "interview"))}
    others, openings = _beside_rhythms(asks, "interview", searches, "openings", runs)
    tell("hard searches", 0)
    searches = {name: asks.ask(make) for name, make in asks.hard().items()}
    searches["first_days"] = asks.ask_days(partial(asks.month, "group"))
    return {
        **times([ms for one in typical.values() for ms in one.ms]),
        "queries": max(one.queries for one in typical.values()),
        **month,
        "searches": {name: one.report() for name, one in typical.items()},
        "hard": {name: one.report() for name, one in asks.run(searches, runs).items()},
        # A month of appointments: each opening is one rhythm, cut into slots after it is expanded.
        "openings": {**others["openings"].report(), **openings},
    }


def _beside_rhythms(
    asks: Searches, service: str, searches: dict[str, Ask], comparable: str, runs: int
) -> tuple[dict[str, Told], dict[str, float]]:
    """Searches, and every few turns the same as the `comparable` one from the service's rhythms."""
    tell(f"searches, and rhythms of {service}", 0)
    asks.check(service, _CHECKED)
    told = asks.run(searches, runs, rarely={"rhythms": asks.ask_slowly(service)})
    naive_ms = told.pop("rhythms").report()["p50_ms"]
    found_ms = told[comparable].report()["p50_ms"]
    return told, {"naive_ms": naive_ms, "speedup": round(naive_ms / found_ms, 1)}


def tell(step: str, done: float) -> None:
    _say({"step": step, "done": done})


def _say(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _say({"report": main(int(sys.argv[1]), int(sys.argv[2]))})
