"""What the parent tells a worker, and what it hears back: one line of JSON each way."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, NamedTuple

#: In this order they are run.
SCENARIOS = ("distinct", "hot", "programme", "mixed")
#: Those for which the bare driver is measured too.
WITH_FLOOR = ("distinct", "hot")


@dataclass(frozen=True)
class Job:
    """One worker's share. `targets` are (session or programme, person), by primary key; for the
    mixed scenario, which chooses by itself, there is `count` instead."""

    scenario: str
    seed: int
    targets: list[tuple[int, int]] = field(default_factory=list)
    count: int = 0
    #: The attempts are cut into so many parts, with a pause after each for somebody else's.
    rounds: int = 1
    bare: bool = False

    def parts(self) -> list[range]:
        size = len(self.targets) or self.count
        cuts = [size * n // self.rounds for n in range(self.rounds + 1)]
        return [range(start, end) for start, end in pairwise(cuts)]

    def as_bare(self) -> Job:
        """The same by the bare driver."""
        return replace(self, bare=True)

    def dump(self) -> str:
        return json.dumps(vars(self))

    @classmethod
    def load(cls, line: str) -> Job:
        return cls(**json.loads(line))


@dataclass
class Answers:
    """What became of one worker's attempts."""

    accepted: int = 0
    #: The names of refusals, and of exceptions that are none.
    refusals: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    ms: list[float] = field(default_factory=list)
    #: The journal entries of the accepted attempts: exactly these must be there at the end.
    entries: list[int] = field(default_factory=list)
    #: (seat, session, person, number) of accepted attempts that took one.
    seats: list[tuple[int, int, int, int]] = field(default_factory=list)

    def dump(self) -> str:
        return json.dumps(vars(self))

    @classmethod
    def load(cls, line: str) -> Answers:
        values: dict[str, Any] = json.loads(line)
        for name in ("refusals", "errors"):
            values[name] = Counter(values[name])
        values["seats"] = [tuple(row) for row in values["seats"]]
        return cls(**values)

    def add(self, other: Answers) -> None:
        self.accepted += other.accepted
        self.refusals += other.refusals
        self.errors += other.errors
        self.ms += other.ms
        self.entries += other.entries
        self.seats += other.seats


class Ready(NamedTuple):
    """A worker that has opened its database and loaded what it needs."""

    attempt: Callable[[int], object]
    answers: Answers
