"""Whose turn it is: claims due texts in small batches, and hands them out one by one, each no
earlier than its sender may send again."""

from __future__ import annotations

import logging
import time
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import datetime

from sms import faults, foresight, leases, pace
from sms.foresight import Foreseen
from sms.leases import Claim

log = logging.getLogger(__name__)


class Turns:
    """One dispatcher's. Each text is handed out once at most; what was claimed and not handed out
    is given back by `end`."""

    def __init__(self, clock: Callable[[], datetime], until: float) -> None:
        """`until`: the reading of time.monotonic() at which nothing is begun any more."""
        self._clock = clock
        self._until = until
        self._mine: deque[tuple[datetime, Claim]] = deque()
        self._seen: set[int] = set()
        self._foreseen: dict[int, Foreseen] = {}
        #: When a text that is due finds its sender free again.
        self._free_at: datetime | None = None

    def take(self, most: int) -> Claim | None:
        """The next one; None when nothing is due, or time is over. Sleeps until it is its turn."""
        while not self._mine and not self._over():
            if not self._fill(most) and not self._wait():
                return None
        if not self._mine or self._over():
            return None
        self._sleep_until(self._mine[0][0])
        claim = self._mine.popleft()[1]
        self._seen.add(claim.pk)
        return claim

    def foreseen(self, claim: Claim) -> Foreseen | None:
        """What it would say, where that was looked at with its batch."""
        return self._foreseen.pop(claim.pk, None)

    def end(self) -> None:
        leases.give_back(claim for _at, claim in self._mine)
        self._mine.clear()

    def _fill(self, most: int) -> bool:
        """Claim a batch, and a moment for each. Whether there was anything to claim."""
        now = self._clock()
        claims = leases.claim(min(leases.BATCH, most, pace.at_once()), now)
        again = [claim for claim in claims if claim.pk in self._seen]
        leases.give_back(again)
        by_sender: dict[str, list[Claim]] = defaultdict(list)
        for claim in claims:
            if claim.pk not in self._seen:
                by_sender[claim.paced_by].append(claim)
        if not by_sender:
            return False
        reserved = pace.reserve({name: len(theirs) for name, theirs in by_sender.items()}, now)
        for sender, theirs in by_sender.items():
            moments, free_at = reserved[sender]
            self._mine.extend(zip(moments, theirs, strict=False))
            if len(moments) < len(theirs):
                # Due a little later, so that other senders' texts come to the front.
                leases.give_back(theirs[len(moments) :], free_at, paced=True)
                self._free_at = min(free_at, self._free_at or free_at)
        self._mine = deque(sorted(self._mine, key=lambda one: one[0]))
        if self._mine:
            self._foreseen = self._foresee(now)
        return True

    def _foresee(self, now: datetime) -> dict[int, Foreseen]:
        """None where one of them cannot be looked at: then each is, by itself."""
        try:
            return foresight.foresee([claim for _at, claim in self._mine], now)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is about one of them
            log.warning("a batch of texts could not be looked at: %s", faults.where(error))
            return {}

    def _wait(self) -> bool:
        """Nothing is due but what had to be given back for its sender's sake: wait for that."""
        if self._free_at is None:
            return False
        self._sleep_until(self._free_at)
        self._free_at = None
        return True

    def _sleep_until(self, moment: datetime) -> None:
        ahead = (min(moment, self._clock() + pace.AHEAD) - self._clock()).total_seconds()
        if ahead > 0:
            time.sleep(ahead)

    def _over(self) -> bool:
        return time.monotonic() >= self._until
