"""Builds the network, searches it, and says what that took."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from django.core.management import call_command
from django.db.models import Sum
from django.utils import timezone

from booking.models import Participant, Partner, Seat, Session
from portal.bench.finding import country, rhythms
from portal.bench.finding.loading import Tell
from portal.bench.finding.searches import Ask, Searches
from portal.bench.finding.told import Told, times

#: For so many people both ways must find the same.
_CHECKED = 6


def measure(sessions: int, runs: int, tell: Tell) -> dict[str, Any]:
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
        **_measured(runs, tell),
    }


def _counted() -> dict[str, Any]:
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


def _measured(runs: int, tell: Tell) -> dict[str, Any]:
    asks = Searches(seed=1)
    searches = {name: asks.ask(make) for name, make in asks.typical().items()}
    typical, month = _beside_rhythms(asks, "group", searches, "month", runs, tell)
    searches = {"openings": asks.ask(partial(asks.month, "interview"))}
    others, openings = _beside_rhythms(asks, "interview", searches, "openings", runs, tell)
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
    asks: Searches, service: str, searches: dict[str, Ask], comparable: str, runs: int, tell: Tell
) -> tuple[dict[str, Told], dict[str, float]]:
    """Searches, and every few turns the same as the `comparable` one from the service's rhythms."""
    tell(f"searches, and rhythms of {service}", 0)
    asks.check(service, _CHECKED)
    told = asks.run(searches, runs, rarely={"rhythms": asks.ask_slowly(service)})
    naive_ms = told.pop("rhythms").report()["p50_ms"]
    found_ms = told[comparable].report()["p50_ms"]
    return told, {"naive_ms": naive_ms, "speedup": round(naive_ms / found_ms, 1)}
