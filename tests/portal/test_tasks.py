from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone
from django_q.signals import post_execute, post_execute_in_worker

from portal import tasks
from portal.models import Heartbeat

TOLD = """duplicate key value (phone)=(+33639980072)
DETAIL:  Failing row contains (7, Hamel, +33639980072). : Traceback (most recent call last):
  File "/app/sms/dispatch.py", line 12, in _hand_over
    held.update(to="+33639980072")
  File "/app/django/db/utils.py", line 105, in _execute
psycopg.errors.UniqueViolation: duplicate key value (phone)=(+33639980072)
DETAIL:  Hamel: never

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/sms/tasks.py", line 3, in dispatch_due
django.db.utils.IntegrityError: duplicate key value (phone)=(+33639980072)
"""


@pytest.fixture
def signed(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Heartbeat]:
    monkeypatch.setenv(tasks.NAME, "here#1")
    monkeypatch.setattr(tasks, "_last", 0.0)
    long_ago = timezone.now() - timedelta(hours=1)
    tasks.listen()
    yield Heartbeat.objects.create(name="here#1", at=long_ago, started_at=long_ago)
    post_execute.disconnect(dispatch_uid="portal.tasks.sign_of_life")


def test_a_task_that_went_the_whole_way_is_a_sign_of_life_of_this_cluster_only(
    signed: Heartbeat,
) -> None:
    other = Heartbeat.objects.create(name="there#1", at=signed.at, started_at=signed.at)
    post_execute.send(sender="django_q", task={})
    before = signed.at
    signed.refresh_from_db()
    other.refresh_from_db()
    assert (signed.at > before, other.at) == (True, before)


def test_a_sign_that_cannot_be_written_does_no_harm(
    signed: Heartbeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(Heartbeat.objects, "filter", away)
    assert all(answer is None for _, answer in post_execute.send(sender="django_q", task={}))


def test_what_a_failed_task_leaves_behind_says_where_and_not_whom() -> None:
    task = {"success": False, "result": f"{TOLD}\nHamel: never"}
    post_execute_in_worker.send(sender="django_q", func=None, task=task)
    assert str(task["result"]).splitlines() == [
        'File "/app/sms/dispatch.py", line 12, in _hand_over',
        'File "/app/django/db/utils.py", line 105, in _execute',
        "psycopg.errors.UniqueViolation",
        'File "/app/sms/tasks.py", line 3, in dispatch_due',
        "django.db.utils.IntegrityError",
    ]


def test_what_a_task_answers_is_kept() -> None:
    task = {"success": True, "result": {"sent": 3}}
    post_execute_in_worker.send(sender="django_q", func=None, task=task)
    assert task["result"] == {"sent": 3}
