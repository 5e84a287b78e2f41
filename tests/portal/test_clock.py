from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_q.models import Schedule

from booking import actions
from booking.models import Answered
from booking.tasks import forget_answers
from portal.clock import SCHEDULES, ensure_schedules
from tests import factories
from tests.cast import Cast

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
    assert len(_told("schedule").splitlines()) == len(SCHEDULES)
    rows = Schedule.objects.values_list("name", "func", "minutes", "schedule_type")
    assert set(rows) == {(name, *what, "I") for name, what in SCHEDULES.items()}
    assert Schedule.objects.get(minutes=10).next_run == before.next_run


@pytest.mark.parametrize("path", [func for func, _minutes in SCHEDULES.values()])
def test_every_task_is_there_and_runs_twice_on_nothing(path: str) -> None:
    module, name = path.rsplit(".", 1)
    task = getattr(import_module(module), name)
    assert task() == task()


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
