from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from sms.models import Reply

pytestmark = pytest.mark.django_db


def told(*words: str) -> str:
    out = StringIO()
    call_command("erase_texts", *words, stdout=out)
    return out.getvalue().strip()


def test_it_says_what_it_erased_and_erases_it_once() -> None:
    long_ago = timezone.now() - timedelta(days=100)
    Reply.objects.create(
        provider_id="SM1", number="+33639980001", received_at=long_ago, handled_at=long_ago
    )
    assert told() == "1 replies"
    assert told() == "nothing is old enough"


def test_for_a_program_it_is_one_object() -> None:
    nothing = {"people": 0, "texts": 0, "replies": 0, "reports": 0, "files": 0, "busy": 0}
    assert json.loads(told("--json")) == nothing
