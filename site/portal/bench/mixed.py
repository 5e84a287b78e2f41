"""Everything at once, on few sessions with lists alive. Random, but the same for the same seed."""

from __future__ import annotations

import random
from datetime import timedelta

import django

from portal.bench.jobs import Job, Ready

#: How often each is chosen, in the order in which somebody at a desk would name them.
_WEIGHTS = {
    "take": 22,
    "overbook": 3,
    "release": 12,
    "raise_or_lower": 6,
    "raise_allowance": 2,
    "move_seat": 8,
    "swap": 5,
    "move_session": 4,
    "cancel": 1,
    "open_another": 2,
    "join": 14,
    "leave": 2,
    "confirm": 6,
    "decline": 4,
    "expire": 1,
    "enrol": 8,
    "withdraw": 4,
}
#: So long the workers' clock runs, whatever the number of attempts: offers lapse on the way.
_DAYS = timedelta(days=2)


def prepared(job: Job) -> Ready:
    django.setup()
    from django.utils import timezone

    from portal.bench.attempts import Attempts
    from portal.bench.desk import Desk, NothingThere

    attempts = Attempts()
    dice = random.Random(job.seed)  # noqa: S311 - no secret
    began = timezone.now()
    step = _DAYS / max(1, job.count)

    def attempt(n: int) -> None:
        desk = Desk(dice, began + n * step)
        [name] = dice.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
        try:
            action = getattr(desk, name)()
        except NothingThere:
            action = desk.take()
        attempts.attempt(action)

    return Ready(attempt, attempts.answers)
