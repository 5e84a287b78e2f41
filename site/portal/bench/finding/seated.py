"""Who sits where in one partner's sessions."""

from __future__ import annotations

import random
from collections.abc import Callable

from booking.models import Programme
from portal.bench.finding.plan import RARE, SITTINGS, Weekly

#: One in ten appointments is free, and one in four evenings, for which four of ten places are left.
_APPOINTMENT_TAKEN = 0.9
_RARE_TAKEN = 0.97
_EVENING_FULL = 0.75
_EVENING_FILL = 0.6
#: Writes an enrolment down and gives its primary key.
Enrol = Callable[[Programme, int], int]


class Seated:
    """Who sits where. Each track has people of its own by day, and by evening: nobody is in two
    places at once. The first of them comes to nearly everything."""

    def __init__(self, people: list[int], plan: list[Weekly], dice: random.Random) -> None:
        self.people, self.dice = people, dice
        self.evenings = max(one.track for one in plan if one.evening) + 1
        self.days = max(one.track for one in plan if not one.evening) + 1
        self.turn = dice.randrange(len(people))
        self._wholes: dict[tuple[Weekly, int], list[int]] = {}
        self._enrolled: dict[tuple[int, int], int] = {}

    def by_day(self, one: Weekly) -> list[int]:
        taken = _RARE_TAKEN if one.what == RARE else _APPOINTMENT_TAKEN
        if self.dice.random() >= taken:
            return []
        return self._some(one.track, self.days, 1)

    def evening(self, one: Weekly, number: int, capacity: int) -> list[int]:
        """Of a course or closed group the same at each sitting."""
        if one.what not in SITTINGS:
            return self._crowd(one, capacity)
        key = (one, number)
        if key not in self._wholes:
            self._wholes[key] = self._crowd(one, capacity)
        return self._wholes[key]

    def enrolment(self, enrol: Enrol, programme: Programme | None, person: int) -> int | None:
        if programme is None or not programme.enrols:
            return None
        key = (programme.pk, person)
        if key not in self._enrolled:
            self._enrolled[key] = enrol(programme, person)
        return self._enrolled[key]

    def _crowd(self, one: Weekly, capacity: int) -> list[int]:
        full = self.dice.random() < _EVENING_FULL
        return self._some(
            one.track, self.evenings, capacity if full else int(capacity * _EVENING_FILL)
        )

    def _some(self, track: int, tracks: int, many: int) -> list[int]:
        mine = self.people[track::tracks]
        self.turn += many
        found = dict.fromkeys(mine[(self.turn + n) % len(mine)] for n in range(many))
        if track == 0 and self.dice.random() < 0.9 and self.people[0] not in found:
            found.popitem()
            found[self.people[0]] = None
        return list(found)
