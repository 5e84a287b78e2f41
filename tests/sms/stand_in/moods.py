"""How the stand-in behaves: told for the next requests, for one number, or by chance."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field

#: Seconds that "slow" takes: longer than the client waits.
SLOW = 2.0

#: A word, or an HTTP status with a code of Twilio's own. Nothing was accepted with a status.
#: accept; drop: accepted, then the connection is closed without a word; drop_before: not accepted;
#: slow: accepted, and the answer comes too late; failed: accepted, and the answer says that it failed
#: (30005); garbage, list, empty: accepted, and the answer is of no shape that Twilio has.
Mood = str | tuple[int, int]

_WORDS = frozenset({"accept", "drop", "drop_before", "slow", "failed", "garbage", "list", "empty"})


@dataclass
class Faults:
    """Shares of all requests, 0 to 1. `fail`: not accepted, as many 500 as 429."""

    drop: float = 0.0
    fail: float = 0.0
    slow: float = 0.0
    dice: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - no secret

    def draw(self) -> Mood:
        drawn = self.dice.random()
        if drawn < self.drop:
            return "drop"
        if drawn < self.drop + self.fail:
            return self.dice.choice([(500, 20500), (429, 20429)])
        return "slow" if drawn < self.drop + self.fail + self.slow else "accept"


@dataclass
class Moods:
    """The first of: what the next requests were told, what this number was told, the usual, chance."""

    usual: Mood = "accept"
    coming: deque[Mood] = field(default_factory=deque)
    by_number: dict[str, Mood] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)

    def of(self, number: str) -> Mood:
        mood = self._of(number)
        if isinstance(mood, str) and mood not in _WORDS:
            raise ValueError(mood)
        return mood

    def _of(self, number: str) -> Mood:
        if self.coming:
            return self.coming.popleft()
        if number in self.by_number:
            return self.by_number[number]
        return self.faults.draw() if self.usual == "accept" else self.usual
