from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from sms.models import Reply

pytestmark = pytest.mark.django_db


def _said() -> str:
    out = StringIO()
    call_command("take_in", stdout=out)
    return out.getvalue().strip()


def test_what_came_back_is_taken_in_once() -> None:
    Reply.objects.create(provider_id=f"SM{1:032x}", body="Bonjour", received_at=timezone.now())
    assert [_said(), _said()] == ["1 replies", "nothing came"]
