"""Typical searches, and hard ones, each by many different people."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock
from statistics import median, quantiles
from typing import Any

from django.db import connection
from django.utils import timezone

from booking import access
from booking.models import Participant, Partner, Service, User
from booking.queries.finder import Search, find, first_days

#: The first searches are not counted: a connection prepares its statements then.
_WARM_UP = 5
MONTH = timedelta(days=30)
Ask = Callable[[User, Participant, datetime], int]


@dataclass
class Told:
    ms: list[float] = field(default_factory=list)
    queries: int = 0
    places: list[int] = field(default_factory=list)

    def report(self) -> dict[str, Any]:
        return {**times(self.ms), "queries": self.queries, "places": median(self.places)}


def times(ms: list[float]) -> dict[str, float]:
    cuts = quantiles(ms, n=20)
    return {"p50_ms": round(cuts[9], 2), "p95_ms": round(cuts[18], 2)}


class Searches:
    """Half of them by a partner's admin for the partner's people, half by the coordination."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - the same people again, no secret
        self.now = timezone.now()
        self.services = {one.family: one.pk for one in Service.objects.all()}
        self.departments = sorted(
            set(Partner.objects.order_by("pk").values_list("department", flat=True))
        )
        self.accounts = [
            User.objects.get(email=f"{name}@jalon.example") for name in ("coordination", "admin")
        ]
        self.people = [list(self._people(account)) for account in self.accounts]

    def _people(self, account: User) -> list[Participant]:
        seen = Participant.objects.visible_to(account).order_by("pk")
        keys = list(seen.values_list("pk", flat=True))
        chosen = self.dice.sample(keys, min(len(keys), 200))
        found = list(Participant.objects.filter(pk__in=chosen))
        self.dice.shuffle(found)
        return found

    def typical(self) -> dict[str, Callable[[], Search]]:
        return {
            "month": self.month,
            "evenings": self._evenings,
            "course": lambda: self._for("course"),
            "several": lambda: self._for(
                *("psychology", "addiction", "social", "work"), earliest=self._in(10)
            ),
            "language": lambda: self._for("interview", "psychology", language="ar"),
        }

    def hard(self) -> dict[str, Callable[[], Search]]:
        """A service that hardly anybody gives; a language that hardly anybody speaks; days on which
        there is nothing at all, so that everything is looked at."""
        return {
            "rare_service": lambda: self._for("housing"),
            "rare_language": lambda: self._for("interview", "psychology", language="ta"),
            "nothing": lambda: self._for("psychology", weekdays=frozenset({6, 7})),
        }

    def month(self) -> Search:
        return self._for("interview", latest=self._in(MONTH.days))

    def _evenings(self) -> Search:
        chosen = self.dice.sample(self.departments, min(2, len(self.departments)))
        return self._for(
            "group",
            departments=frozenset(chosen),
            weekdays=frozenset({2, 4}),
            after=clock(17),
        )

    def _for(self, *families: str, **asked: Any) -> Search:
        return Search(services=frozenset(self.services[one] for one in families), **asked)

    def _in(self, days: int) -> date:
        return timezone.localdate(self.now) + timedelta(days=days)

    def find(self, make: Callable[[], Search], runs: int) -> Told:
        return self._run(runs, lambda by, who: len(find(by, who, make(), now=self.now).places))

    def first_days(self, make: Callable[[], Search], runs: int) -> Told:
        def ask(by: User, who: Participant) -> int:
            return sum(one.day is not None for one in first_days(by, who, make(), now=self.now))

        return self._run(runs, ask)

    def _run(self, runs: int, ask: Callable[[User, Participant], int]) -> Told:
        told = Told()
        for n in range(-_WARM_UP, runs):
            account = self.accounts[n % 2]
            access.scope(account)
            people = self.people[n % 2]
            counted = _Counted()
            began = time.perf_counter()
            with connection.execute_wrapper(counted):
                places = ask(account, people[n // 2 % len(people)])
            if n >= 0:
                told.ms.append((time.perf_counter() - began) * 1000)
                told.queries = max(told.queries, counted.queries)
                told.places.append(places)
        return told


class _Counted:
    def __init__(self) -> None:
        self.queries = 0

    def __call__(self, execute: Callable[..., Any], *of: Any) -> Any:
        self.queries += 1
        return execute(*of)
