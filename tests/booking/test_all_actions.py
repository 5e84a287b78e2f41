"""Random sequences of all actions, against the rules written a second time in plain Python.

JALON_EXAMPLES=600 makes a long hunt of it; the default is a short one for every run.
"""

from __future__ import annotations

import os

import pytest
import time_machine
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.booking.play.people import People
from tests.booking.play.sessions import Sessions
from tests.booking.play.stage import NOW, Stage
from tests.booking.play.taking import Taking
from tests.booking.play.waits import Waiting

pytestmark = pytest.mark.django_db

_EXAMPLES = int(os.environ.get("JALON_EXAMPLES", "30"))
_STEPS = int(os.environ.get("JALON_STEPS", "25"))
#: Making a failure shorter takes minutes; a hunter may want the next one instead.
_PHASES = [phase for phase in Phase if phase != Phase.shrink or "JALON_AS_FOUND" not in os.environ]


class Everything(Taking, Waiting, Sessions, People):
    """Every action there is."""


def test_random_sequences_of_all_actions_follow_the_rules(engine: str) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        stage = Stage()

        class Here(Everything):
            def __init__(self) -> None:
                super().__init__(stage, clock)

        run_state_machine_as_test(
            Here,
            settings=settings(max_examples=_EXAMPLES, stateful_step_count=_STEPS, phases=_PHASES),
        )
