"""Whatever is done to a rhythm, and in whatever order: see `tests.calendars.life`."""

from __future__ import annotations

import os
from datetime import time
from typing import Any

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calendars.recurrence import Recurrence, Weekday
from tests.calendars.life import NOW, Life
from tests.calendars.test_rhythms import rhythm
from tests.cast import Cast

pytestmark = pytest.mark.django_db

_MOST = ["book", "cancel", "move", "resize", "change", "change", "close", "lift", "publish"]
_STEPS = st.lists(
    st.tuples(st.sampled_from(_MOST), st.integers(0, 11), st.integers(0, 11)), max_size=6
)
_ENDS = st.none() | st.tuples(st.just("end"), st.integers(0, 20), st.integers(0, 1))
_SETTINGS = settings(
    max_examples=int(os.environ.get("JALON_LIVES", "15")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def live(cast: Cast, steps: list[tuple[str, int, int]], **fields: Any) -> None:
    with time_machine.travel(NOW, tick=False), transaction.atomic():
        life = Life(cast, rhythm(cast.ours, **fields))
        life.steps["end"] = life.end
        for step in steps:
            life.take(*step)
        transaction.set_rollback(True)


@_SETTINGS
@given(steps=_STEPS, end=_ENDS)
def test_a_group_of_six_evenings(
    cast: Cast, steps: list[tuple[str, int, int]], end: tuple[str, int, int] | None
) -> None:
    six = Recurrence((Weekday.TUESDAY,), times=6)
    live(cast, [*steps, end] if end else steps, recurrence=six)


@_SETTINGS
@given(steps=_STEPS, end=_ENDS)
def test_a_practitioners_openings(
    cast: Cast, steps: list[tuple[str, int, int]], end: tuple[str, int, int] | None
) -> None:
    live(
        cast,
        [*steps, end] if end else steps,
        recurrence=Recurrence((Weekday.TUESDAY,), times=5),
        practitioners=[cast.practitioner],
        start=time(9),
        minutes=120,
        slot_minutes=30,
        gap_minutes=5,
        capacity=1,
    )
