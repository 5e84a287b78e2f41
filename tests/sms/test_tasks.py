from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from sms import actions, tasks
from sms.models import Step, Text
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book
from tests.sms.stand_in import StandIn

pytestmark = pytest.mark.django_db


def told(command: str, **options: Any) -> str:
    out = StringIO()
    call_command(command, stdout=out, **options)
    return out.getvalue().strip()


def test_a_task_may_run_twice(cast: Cast) -> None:
    book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))
    assert (tasks.dispatch_due()["sent"], tasks.dispatch_due()["sent"]) == (1, 0)


def test_the_commands_do_the_same_and_say_what_they_did(cast: Cast) -> None:
    seat = book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))
    seat.texts.all().delete()
    assert told("plan_texts") == "1 seats, 3 added, 0 voided"
    assert told("dispatch_due") == "1 sent"
    assert told("dispatch_due") == "nothing is due"


def test_the_commands_speak_to_programs_too(cast: Cast) -> None:
    book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))
    assert json.loads(told("plan_texts", json=True)) == {"seats": 1, "added": 0, "voided": 0}
    sent = json.loads(told("dispatch_due", json=True))
    assert (sent["sent"], sent["stopped"], sent["looked_up"]["found"]) == (1, "", 0)
    assert json.loads(told("look_up_texts", json=True)) == {
        "found": 0,
        "again": 0,
        "expired": 0,
        "open": 0,
        "unasked": 0,
    }


def test_dispatch_due_alone_does_all_that_a_worker_does(cast: Cast, twilio: StandIn) -> None:
    """One that may have left, one whose dispatcher died, one too late: found, sent, a task."""
    evening = factories.session(cast.ours, paris("2026-04-14 18:00"))
    for _ in range(3):
        book(cast, evening, factories.participant())
    first, second, third = Text.objects.filter(step=Step.SUMMONS).order_by("pk")
    Text.objects.exclude(pk=first.pk).update(due_at=NOW + timedelta(days=1))
    twilio.next("drop")
    assert told("dispatch_due") == "1 uncertain"
    Text.objects.filter(pk=second.pk).update(state="claimed", lease_until=NOW)
    Text.objects.filter(pk=third.pk).update(due_at=NOW, expires_at=NOW)
    Text.objects.filter(pk=second.pk).update(due_at=NOW)
    with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
        assert told("dispatch_due") == "1 sent, 1 expired, 1 freed\nlooked up: 1 found"
    assert set(Text.objects.filter(step=Step.SUMMONS).values_list("pk", "state")) == {
        *((first.pk, "sent"), (second.pk, "sent"), (third.pk, "expired"))
    }


def test_a_pause_is_said(cast: Cast) -> None:
    actions.pause_sending(by=None, now=NOW)
    assert told("dispatch_due") == "nothing is due\nsending is paused"
    assert told("look_up_texts") == "nothing to look up"
