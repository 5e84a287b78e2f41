"""Everything at once: six processes do whatever comes into their minds, to the same few rows."""

from __future__ import annotations

import os

import pytest

from tests import factories
from tests.cast import Cast
from tests.concurrency import promises, scenes
from tests.concurrency.mind import Mind
from tests.concurrency.processes import flat, race

pytestmark = pytest.mark.django_db(transaction=True)

#: Another storm each time, for a longer hunt.
_SEED = int(os.environ.get("JALON_RACE_SEED", "1"))


def test_six_processes_do_everything_at_once(cast: Cast, rounds: int) -> None:
    factories.practitioner(cast.ours)
    open_group = factories.programme(cast.ours)
    for day in range(2):
        scenes.evening(cast.ours, day, capacity=2)
        scenes.evening(cast.ours, day, programme=open_group, practitioners=[cast.practitioner])
    scenes.course(cast.ours, day=1)
    scenes.people(7)
    minds = [Mind(6 * _SEED + n, cast.ours) for n in range(6)]
    told = race(*minds, rounds=4 * rounds)
    assert "Deadlock" not in flat(told)
    assert flat(told).count("done") > rounds
    assert promises.broken(lowered=True) == []
