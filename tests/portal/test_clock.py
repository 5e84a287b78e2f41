from __future__ import annotations

from datetime import time, timedelta
from importlib import import_module
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from django_q.models import Schedule

from booking import actions
from booking.models import Answered
from booking.tasks import forget_answers
from portal.clock import DAILY, NAMES, SCHEDULES, ensure_schedules
from tests import factories
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db


def _told(command: str) -> str:
    out = StringIO()
    call_command(command, stdout=out)
    return out.getvalue().strip()


def test_schedules_are_written_once_and_repaired() -> None:
    ensure_schedules()
    Schedule.objects.filter(minutes=1).update(minutes=99)
    Schedule.objects.create(name="texts: send what is due", func="gone.away")
    before = Schedule.objects.get(minutes=10)
    assert len(_told("schedule").splitlines()) == len(NAMES)
    rows = Schedule.objects.values_list("name", "func", "minutes", "schedule_type")
    assert set(rows) == {(name, *what, "I") for name, what in SCHEDULES.items()} | {
        (name, func, None, "D") for name, (func, _at) in DAILY.items()
    }
    assert Schedule.objects.get(minutes=10).next_run == before.next_run


@pytest.mark.parametrize("path", sorted(func for func, _ in [*SCHEDULES.values(), *DAILY.values()]))
def test_every_task_is_there_and_runs_twice_on_nothing(path: str) -> None:
    module, name = path.rsplit(".", 1)
    task = getattr(import_module(module), name)
    assert task() == task()


@pytest.mark.parametrize("at", [at for _, at in DAILY.values()])
def test_nothing_runs_in_the_hours_of_the_clock_change(at: time) -> None:
    assert not time(1) <= at < time(4)


@pytest.mark.parametrize(
    ("now", "first"),
    [("2026-03-28 05:19", "2026-03-28 05:20"), ("2026-03-28 05:20", "2026-03-29 05:20")],
)
def test_what_is_daily_keeps_its_hour_across_the_clock_change(now: str, first: str) -> None:
    with time_machine.travel(paris(now), tick=False):
        ensure_schedules()
        ensure_schedules()
        row = Schedule.objects.get(schedule_type="D")
    assert row.next_run == paris(first)
    following = row.calculate_next_run(paris("2026-03-28 05:20"))
    assert following == paris("2026-03-29 05:20")


def test_a_daily_hour_that_was_changed_is_repaired() -> None:
    ensure_schedules()
    Schedule.objects.filter(schedule_type="D").update(next_run=timezone.now())
    ensure_schedules()
    row = Schedule.objects.get(schedule_type="D")
    assert timezone.localtime(row.next_run).time() == DAILY["texts: erase the old ones"][1]


def test_an_offer_lapses_by_the_clock_or_by_the_command(cast: Cast) -> None:
    now = timezone.now()
    session = factories.session(cast.ours, now + timedelta(days=9), capacity=1)
    waiting = actions.join_waiting_list(
        by=None, now=now - timedelta(hours=50), participant=cast.hamel, session=session
    )
    assert waiting.state == "offered"
    assert _told("serve_waiting_lists") == "1 lapsed, 0 looked_at, 0 closed, 0 busy"
    waiting.refresh_from_db()
    assert waiting.state == "lapsed"


def test_old_answers_are_forgotten(cast: Cast) -> None:
    now = timezone.now()
    session = factories.session(cast.ours)
    call: dict[str, Any] = {"by": cast.admin, "session": session, "participant": cast.hamel}
    actions.book_seat(now=now, key="k1", **call)
    assert forget_answers() == 0
    Answered.objects.update(at=now - timedelta(days=8))
    assert forget_answers() == 1
