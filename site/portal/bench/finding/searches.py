"""Typical searches, and hard ones, each by many different people."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from datetime import time as clock
from functools import partial
from itertools import count, islice
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from booking import access
from booking.models import Participant, Partner, Service, Session, User
from booking.queries.agenda import midnight
from booking.queries.finder import Place, Search, find, first_days
from booking.queries.finding.search import LARGEST_PAGE
from portal.bench.finding import naive
from portal.bench.finding.told import Counted, Told

#: Searches that are not counted: a connection prepares its statements then.
_WARM_UP = 4
#: What takes long, of a hundred searches.
_RARE_RUNS = 12
Ask = Callable[[User, Participant], int]
_NOTHING: Mapping[str, Ask] = {}
MONTH_DAYS = 30
_PAGE = 20


class Searches:
    """Half of them by a partner's admin for the partner's people, half by the coordination."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - the same people again, no secret
        self.now = timezone.now()
        self.services = {one.name.split()[1]: one for one in Service.objects.all()}
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
            "month": partial(self.month, "group"),
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

    def month(self, service: str) -> Search:
        return self._for(service, latest=self._in(MONTH_DAYS))

    def _evenings(self) -> Search:
        chosen = self.dice.sample(self.departments, min(2, len(self.departments)))
        return self._for(
            *("group", "cycle"),
            departments=frozenset(chosen),
            weekdays=frozenset({2, 4}),
            after=clock(17),
        )

    def _for(self, *names: str, **asked: Any) -> Search:
        return Search(services=frozenset(self.services[one].pk for one in names), **asked)

    def _in(self, days: int) -> date:
        return timezone.localdate(self.now) + timedelta(days=days)

    def ask(self, make: Callable[[], Search]) -> Ask:
        return lambda by, who: len(find(by, who, make(), now=self.now).places)

    def ask_days(self, make: Callable[[], Search]) -> Ask:
        def days(by: User, who: Participant) -> int:
            return sum(one.day is not None for one in first_days(by, who, make(), now=self.now))

        return days

    def ask_slowly(self, service: str) -> Ask:
        """The month of one service by expanding its rhythms."""
        of, start, end = self.services[service], midnight(self._in(1)), self._end()
        return lambda by, who: len(naive.next_free(by, who, of, start, end, _PAGE))

    def check(self, service: str, people: int) -> None:
        """Raise ValueError when the slow way does not find what the finder does: what is compared
        would not be the same."""
        of, start, end = self.services[service], midnight(self._in(1)), self._end()
        latest = timezone.localdate(end) - timedelta(days=1)
        asked = Search(services=frozenset({of.pk}), latest=latest)
        for by, who in islice(self._turns(), people):
            slow = naive.next_free(by, who, of, start, end, _PAGE)
            places = find(by, who, asked, now=self.now, size=LARGEST_PAGE).places
            # A slot of another service that may be used for this one is no date of its rhythms.
            own = [_slot(one) for one in places if one.session.service_id == of.pk]
            if slow != own[:_PAGE]:
                raise ValueError("the finder finds something else")

    def _end(self) -> datetime:
        """Of the month, or the first day on which some partner has no sessions any more: rhythms go
        on for ever."""
        last = Session.objects.order_by().values("partner").annotate(last=Max("starts_at"))
        shortest = min(one["last"] for one in last)
        return min(midnight(self._in(MONTH_DAYS + 1)), midnight(timezone.localdate(shortest)))

    def _turns(self) -> Iterator[tuple[User, Participant]]:
        for n in count():
            people = self.people[n % 2]
            yield self.accounts[n % 2], people[n // 2 % len(people)]

    def run(
        self, asks: Mapping[str, Ask], runs: int, *, rarely: Mapping[str, Ask] = _NOTHING
    ) -> dict[str, Told]:
        """Each search in turn, and every few turns what takes long: whatever the machine does
        beside meets all of them alike."""
        told = {name: Told() for name in (*asks, *rarely)}
        for n, (by, who) in enumerate(islice(self._turns(), runs + _WARM_UP)):
            # Read once a request, by whatever comes first.
            access.scope(by)
            often = n < _WARM_UP or (n - _WARM_UP) % max(2, runs // _RARE_RUNS)
            for name, ask in {**asks, **({} if often else rarely)}.items():
                counted = Counted()
                began = time.perf_counter()
                with connection.execute_wrapper(counted):
                    places = ask(by, who)
                if n >= _WARM_UP:
                    told[name].add((time.perf_counter() - began) * 1000, counted.queries, places)
        return told


def _slot(place: Place) -> naive.Slot:
    """Whoever leads it leads nothing else then."""
    return place.session.starts_at, place.practitioners[0].pk
