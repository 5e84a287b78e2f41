from __future__ import annotations

import logging
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from booking.errors import Busy
from booking.models import Session
from calendars import tasks
from calendars.models import Rhythm
from calendars.publish import horizon
from tests.calendars.test_publish import NOW
from tests.calendars.test_rhythms import rhythm
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db
NOTHING = {"rhythms": 0, "opened": 0, "taken_back": 0, "to_settle": 0, "busy": 0, "failed": 0}


@pytest.fixture(autouse=True)
def _in_february() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def test_all_that_is_due_is_published_once_a_day(cast: Cast) -> None:
    rhythm(cast.ours)
    rhythm(cast.theirs)
    first = tasks.publish_all()
    assert first == {**NOTHING, "rhythms": 2, "opened": Session.objects.count()}
    assert first["opened"] == 2 * 21
    with time_machine.travel(paris("2026-02-01 23:59"), tick=False):
        assert tasks.publish_all() == NOTHING
    with time_machine.travel(paris("2026-02-03 04:00"), tick=False):
        assert tasks.publish_all() == {**NOTHING, "rhythms": 2}
    assert {one.published_until for one in Rhythm.objects.all()} == {
        horizon(paris("2026-02-03 04:00"))
    }


@pytest.mark.parametrize("rhythms", [1, 3])
def test_one_question_when_there_is_nothing_to_do(cast: Cast, rhythms: int) -> None:
    for _n in range(rhythms):
        rhythm(cast.ours)
    tasks.publish_all()
    with CaptureQueriesContext(connection) as queries:
        tasks.publish_all()
    assert len(queries) == 1


@pytest.mark.parametrize(
    ("hour", "runs"), [("00:30", True), ("01:00", False), ("03:59", False), ("04:00", True)]
)
def test_in_the_hours_that_a_clock_change_bends_only_new_rhythms_are_published(
    cast: Cast, hour: str, runs: bool
) -> None:
    old = rhythm(cast.ours)
    tasks.publish_all()
    new = rhythm(cast.ours)
    # The night in which two o'clock becomes three.
    with time_machine.travel(paris(f"2026-03-29 {hour}"), tick=False):
        assert tasks.publish_all()["rhythms"] == 1 + runs
        old.refresh_from_db()
        new.refresh_from_db()
        assert (old.published_until == new.published_until) == runs


def test_what_has_ended_is_left_alone(cast: Cast) -> None:
    ended, over = rhythm(cast.ours), rhythm(cast.ours)
    Rhythm.objects.filter(pk=ended.pk).update(ended_on=NOW.date())
    over.event.end_recurring_period = NOW
    over.event.save()
    assert tasks.publish_all() == NOTHING


def test_one_that_fails_stops_no_other_and_the_log_has_only_its_number(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    broken, fine = rhythm(cast.ours, label="Mystère"), rhythm(cast.theirs)
    broken.event.rule.params = "byhour:8"
    broken.event.rule.save()
    with caplog.at_level(logging.ERROR):
        assert tasks.publish_all() == {**NOTHING, "rhythms": 1, "opened": 21, "failed": 1}
    assert caplog.messages == [f"rhythm {broken.pk} cannot be published: Invalid"]
    assert Session.objects.filter(rhythm_date__rhythm=fine).count() == 21


def test_what_nobody_foresaw_stops_no_other_either(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    rhythm(cast.ours)
    monkeypatch.setattr(tasks, "publish", _raising(ZeroDivisionError()))
    assert tasks.publish_all() == {**NOTHING, "failed": 1}


def test_busy_is_tried_next_time(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    rhythm(cast.ours)
    with monkeypatch.context() as patched:
        patched.setattr(tasks, "publish", _raising(Busy()))
        assert tasks.publish_all() == {**NOTHING, "busy": 1}
    assert tasks.publish_all()["opened"] == 21


def test_the_bell_publishes_one_and_knows_when_it_is_gone(cast: Cast) -> None:
    made = rhythm(cast.ours)
    rhythm(cast.ours)
    assert tasks.publish_rhythm(made.pk)["opened"] == 21
    assert tasks.publish_rhythm(made.pk) == {**NOTHING, "rhythms": 1}
    assert tasks.publish_rhythm(0) == NOTHING


def test_the_bell_rings_once_for_each_rhythm_and_after_it_is_written(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    rung: list[tuple[str, int]] = []
    monkeypatch.setattr(tasks, "async_task", lambda *args: rung.append(args))
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            one, other = rhythm(cast.ours), rhythm(cast.ours)
            tasks.ring(one)
        assert rung == []
    path = "calendars.tasks.publish_rhythm"
    assert rung == [(path, one.pk), (path, other.pk)]


def _raising(error: Exception) -> Any:
    def publish(**_kwargs: Any) -> None:
        raise error

    return publish
