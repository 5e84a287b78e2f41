from __future__ import annotations

import io
import json
from datetime import date

import pytest
import time_machine
from django.core.management import CommandError, call_command

from tests import factories
from tests.booking.queries import rows
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db


def _print(*words: str) -> str:
    out = io.StringIO()
    with time_machine.travel(paris("2026-11-23 08:45"), tick=False):
        call_command("deadlines", *words, stdout=out)
    return out.getvalue()


def _sent(cast: Cast) -> str:
    since, by = date(2026, 10, 1), date(2026, 12, 12)
    factories.referral(cast.hamel, cast.ours, referred_on=since, deadline=by)
    return cast.hamel.reference


def test_a_line_has_the_reference_and_no_name(cast: Cast) -> None:
    reference = _sent(cast)
    line, total = _print().splitlines()
    assert line.split("\t")[:4] == ["2026-12-12", "+19", reference, "le-relais"]
    assert "Hamel" not in line
    assert total.startswith("1 ")


def test_json_is_for_a_program(cast: Cast) -> None:
    reference = _sent(cast)
    rows.waits(rows.full(rows.bare(cast.ours, paris("2026-12-01 18:00"))), cast.hamel)
    rows.bare(cast.theirs, paris("2026-12-02 18:00"))
    [told] = json.loads(_print("--json"))
    assert told == {
        "deadline": "2026-12-12",
        "days_left": 19,
        "participant": reference,
        "referral": told["referral"],
        "partner": "le-relais",
        "service": factories.service().name,
        "reason": "waiting",
        "cannot_come_before": None,
        "elsewhere": True,
        "position": 1,
    }


def test_a_partner_is_chosen_by_its_short_name(cast: Cast) -> None:
    _sent(cast)
    chosen = [json.loads(_print("--json", "--partner", s)) for s in ("le-relais", "la-passerelle")]
    assert [len(told) for told in chosen] == [1, 0]
    with pytest.raises(CommandError):
        _print("--partner", "no-such-partner")
