"""Two secretaries press the button at the same moment, in two processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from booking.models import JournalEntry, Participant, Referral, Referrer, Seat
from booking.models.journal import Verb
from tests.booking.imports import network
from tests.engines import ENGINES_IN_USE

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).parents[3]


def start_import() -> subprocess.Popen[str]:
    sqlite = str(connection.settings_dict["NAME"]) if connection.vendor == "sqlite" else ""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.child_settings",
        "DATABASE_URL": ENGINES_IN_USE.url(),
        "JALON_TEST_SQLITE": sqlite,
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_referrals", str(network.FILE)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_imports_at_once_count_as_one() -> None:
    network.thirteen()
    both = [start_import(), start_import()]
    said = [child.communicate(timeout=240) for child in both]
    assert [child.returncode for child in both] == [0, 0], said
    assert (Participant.objects.count(), Referral.objects.count()) == (198, 224)
    assert (Seat.objects.count(), Referrer.objects.count()) == (154, 11)
    assert JournalEntry.objects.filter(verb=Verb.REFERRAL_RECORDED).count() == 224
    assert JournalEntry.objects.filter(verb=Verb.PARTICIPANT_REGISTERED).count() == 198
    assert JournalEntry.objects.filter(verb=Verb.ATTENDANCE_RECORDED).count() == 154
    # Each was told the same as if it had been alone.
    assert {out.count("\n") for out, _ in said} == {8}
