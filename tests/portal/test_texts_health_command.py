from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from portal.models import Heartbeat
from sms.models import Sending

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> None:
    translation.activate("en")


def worker(name: str = "here#1", *, silent: timedelta = timedelta()) -> Heartbeat:
    now = timezone.now()
    return Heartbeat.objects.create(name=name, at=now - silent, started_at=now)


def told() -> str:
    out = StringIO()
    call_command("texts_health", stdout=out)
    return out.getvalue().strip()


def facts(code: int) -> Any:
    out = StringIO()
    if code:
        with pytest.raises(SystemExit) as ended:
            call_command("texts_health", "--json", stdout=out)
        assert ended.value.code == code
    else:
        call_command("texts_health", "--json", stdout=out)
    return json.loads(out.getvalue())


def test_all_is_well_while_a_worker_lives() -> None:
    row = worker()
    assert told() == "All is well."
    one = {"name": "here#1", "at": row.at.isoformat(), "restarts": 0}
    assert facts(0) == {"fine": True, "alerts": {}, "workers": [one], "sentences": []}


def test_no_worker_at_all() -> None:
    with pytest.raises(CommandError, match="No worker runs"):
        told()


def test_a_worker_that_fell_silent() -> None:
    worker(silent=timedelta(minutes=5))
    with pytest.raises(CommandError, match="No worker runs"):
        told()


def test_one_of_two_fell_silent_and_is_missed_for_a_day() -> None:
    worker()
    other = worker("there#1", silent=timedelta(minutes=5))
    with pytest.raises(CommandError, match="The worker there#1 has given no sign of life"):
        told()
    Heartbeat.objects.filter(pk=other.pk).update(at=timezone.now() - timedelta(hours=25))
    assert told() == "All is well."


def test_it_watches_by_itself_and_says_what_stands() -> None:
    worker()
    Sending.objects.create(pk=1, halted_at=timezone.now(), halted_code="20003")
    with pytest.raises(CommandError, match="The provider has refused our texts since"):
        told()
    found = facts(1)
    assert (found["fine"], found["alerts"]) == (False, {"refused": {"code": "20003"}})
    Sending.objects.update(halted_at=None)
    assert told() == "All is well."
