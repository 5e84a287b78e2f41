"""Reports without being asked for each: in any order, some twice, some late."""

from __future__ import annotations

import asyncio
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.sms.stand_in.messages import Sent
from tests.sms.stand_in.reports import report


@dataclass
class Reporting:
    """`seconds`: within which each word is posted, at a moment of its own. `twice`, `failing`: shares
    of the words that are repeated, and of the messages that are undelivered (30003) in the end."""

    seconds: float = 0.2
    twice: float = 0.1
    failing: float = 0.0
    dice: random.Random = field(default_factory=lambda: random.Random(2))  # noqa: S311 - no secret
    _posting: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4))

    def begin(self, sent: Sent) -> None:
        """In the loop's thread. What the message has become is known at once; what is told of it
        comes when it comes."""
        undelivered = self.dice.random() < self.failing
        words = [("sent", None), ("undelivered", 30003) if undelivered else ("delivered", None)]
        sent.advance(*words[-1])
        if "StatusCallback" not in sent.fields:
            return
        words += [word for word in words if self.dice.random() < self.twice]
        loop = asyncio.get_running_loop()
        for status, code in words:
            one = report(sent, status, code)
            loop.call_later(self.dice.random() * self.seconds, self._posting.submit, one.post)

    def end(self) -> None:
        self._posting.shutdown(wait=True)
