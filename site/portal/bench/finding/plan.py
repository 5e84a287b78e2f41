"""What one partner does every week: openings by day, groups and courses in the evening. Numbers and
times only, no database."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import time
from itertools import islice

#: A centre has 13 partners (domain); at a million sessions the 30 centres of the country.
PARTNERS_IN_CENTRE = 13
_MOST_CENTRES = 30
_SESSIONS_IN_CENTRE = 33_333
DAYS = 180
_FEWEST_A_WEEK = 20
#: Rhythms go on; the oldest began a year ago.
_OLDEST = 52
#: So many are open to other partners.
_OPEN = 0.85

SLOT_MINUTES = 45
SLOTS_IN_OPENING = 4
_HALF_DAYS = tuple((weekday, hour) for weekday in range(5) for hour in (9, 14))
_EVENING = time(18)
#: Of three sessions a week one is a group's or a course's.
_EVENINGS = ("open_group", "course", "open_group", "closed_group", "course", "open_group")
_OPENINGS = ("interview", "psychology", "social", "interview", "psychology", "addiction", "work")
#: One partner of a centre houses people, and nearly everything is taken.
RARE = "housing"
#: Every third opening may be used for two services.
PURPOSES = {
    "interview": ("interview", "social"),
    "psychology": ("addiction", "psychology"),
    "social": ("social", "work"),
}
#: Sittings of one programme, weekly; an open group goes on.
SITTINGS = {"course": 4, "closed_group": 8}


@dataclass(frozen=True)
class Weekly:
    """Something that comes back every week at one partner."""

    what: str
    #: Monday is 0.
    weekday: int
    start: time
    minutes: int
    #: Who is in one track has nothing else at that time: it has one leader and people of its own.
    track: int
    #: An opening of several slots, one after the other.
    slots: int = 1
    purpose: bool = False
    #: By how many weeks its programmes are ahead of others'.
    shift: int = 0
    #: How long it has gone on already, in weeks.
    age: int = 0
    language: str = "fr"
    interpreter: str = ""
    open_to_network: bool = True
    #: Which of the partner's venues, from 0; -1 for the last, which may be kept for victims.
    room: int = 0

    @property
    def evening(self) -> bool:
        return self.slots == 1


@dataclass(frozen=True)
class Size:
    """How a number of sessions is spread."""

    sessions: int

    @property
    def centres(self) -> int:
        return max(1, min(_MOST_CENTRES, self.sessions // _SESSIONS_IN_CENTRE))

    @property
    def partners(self) -> int:
        return self.centres * PARTNERS_IN_CENTRE

    @property
    def days(self) -> int:
        """Fewer than 180 when there would be too little in a week."""
        weeks = self.sessions / self.partners / _FEWEST_A_WEEK
        return max(14, min(DAYS, int(weeks * 7)))

    @property
    def a_week(self) -> int:
        """At one partner; rather more than needed, the last ones are left out."""
        return -(-self.sessions * 7 // (self.partners * self.days)) + SLOTS_IN_OPENING


def weekly(size: Size, partner: int) -> list[Weekly]:
    """Everything that the n-th partner does in a week, always the same."""
    evenings = max(len(_EVENINGS), size.a_week // 3)
    openings = max(len(_OPENINGS), (size.a_week - evenings) // SLOTS_IN_OPENING)
    dice = random.Random(partner)  # noqa: S311 - the same again, no secret
    plan = [*islice(_evenings(partner), evenings), *islice(_openings(partner), openings)]
    return [
        replace(
            one,
            age=dice.randrange(_OLDEST),
            language=dice.choices(("fr", "ar", "ta"), (970, 25, 5))[0],
            interpreter=dice.choices(("", "ar", "ta"), (970, 25, 5))[0],
            open_to_network=dice.random() < _OPEN,
            # Hardly anything of ours is planned where victims are received.
            room=dice.choices((0, 1, 2, -1), (33, 33, 33, 1))[0],
        )
        for one in plan
    ]


def _evenings(partner: int) -> Iterator[Weekly]:
    n = 0
    while True:
        what = _EVENINGS[n % len(_EVENINGS)]
        yield Weekly(what, n % 5, _EVENING, 120, track=n // 5, shift=partner)
        n += 1


def _openings(partner: int) -> Iterator[Weekly]:
    n = 0
    while True:
        weekday, hour = _HALF_DAYS[n % len(_HALF_DAYS)]
        what = _OPENINGS[n % len(_OPENINGS)]
        if n == 5 and partner % PARTNERS_IN_CENTRE == 7:
            what = RARE
        yield Weekly(
            what,
            weekday,
            time(hour),
            SLOT_MINUTES * SLOTS_IN_OPENING,
            track=n // len(_HALF_DAYS),
            slots=SLOTS_IN_OPENING,
            purpose=n % 3 == 0 and what in PURPOSES,
        )
        n += 1
