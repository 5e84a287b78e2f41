"""A cancellation that commits while somebody is being enrolled."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils import timezone

from booking import actions
from booking.models import Seat
from booking.models.programme import ProgrammeKind
from tests import factories
from tests.cast import Cast
from tests.concurrency.processes import environment

pytestmark = pytest.mark.django_db(transaction=True)

_ENROL = """
import sys, django
django.setup()
from django.utils import timezone
from booking import actions
from booking.models import Participant, Programme
print("ready", flush=True)
actions.enrol(by=None, now=timezone.now(), programme=Programme.objects.get(pk=sys.argv[1]),
              participant=Participant.objects.get(pk=sys.argv[2]))
"""


def test_nobody_is_seated_in_a_session_that_is_being_cancelled(cast: Cast) -> None:
    import subprocess
    import sys
    import time

    group = factories.programme(cast.ours, ProgrammeKind.CLOSED_GROUP)
    kept, doomed = (
        factories.session(cast.ours, factories.paris(f"2035-03-0{day} 18:00"), programme=group)
        for day in (1, 2)
    )
    with transaction.atomic():
        actions.cancel_session(by=None, now=timezone.now(), session=doomed)
        child = subprocess.Popen(
            [sys.executable, "-c", _ENROL, str(group.pk), str(cast.hamel.pk)],
            env=environment(),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(1)  # Long enough to stand at the lock, short of its timeout.
    child.communicate(timeout=30)
    assert child.returncode == 0
    assert list(Seat.objects.values_list("session", "state")) == [(kept.pk, "booked")]
