from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from sms import tasks
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import book

pytestmark = pytest.mark.django_db


def told(command: str) -> str:
    out = StringIO()
    call_command(command, stdout=out)
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
