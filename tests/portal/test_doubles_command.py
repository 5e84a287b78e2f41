from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests import factories
from tests.booking.queries import rows
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _print(*words: str) -> str:
    out = io.StringIO()
    call_command("doubles", *words, stdout=out)
    return out.getvalue()


def _placed_twice(cast: Cast) -> None:
    for n, of in enumerate((cast.ours, cast.theirs)):
        rows.seat(rows.bare(of, timezone.now() + timedelta(days=3 + n)), cast.hamel)


def test_pairs_and_people_placed_twice_are_told_by_reference(cast: Cast) -> None:
    double = factories.participant(last_name="Hamel", phone=cast.hamel.phone)
    _placed_twice(cast)
    printed = _print()
    pair, twice, total = printed.splitlines()
    assert pair.split("\t")[:2] == [cast.hamel.reference, double.reference]
    assert twice.split("\t")[::2] == [cast.hamel.reference, "la-passerelle, le-relais"]
    assert total.startswith("1 ")
    assert "Hamel" not in printed


def test_nothing_to_tell_is_said(cast: Cast) -> None:
    [total] = _print().splitlines()
    assert total.startswith("0 ")


def test_json_is_for_a_program(cast: Cast) -> None:
    double = factories.participant(last_name="Hamel", phone=cast.hamel.phone)
    _placed_twice(cast)
    assert json.loads(_print("--json")) == {
        "pairs": [
            {
                "first": cast.hamel.reference,
                "second": double.reference,
                "reasons": ["names", "phone"],
                "both_followed": False,
            }
        ],
        "twice": [
            {
                "participant": cast.hamel.reference,
                "family": "group",
                "partners": ["la-passerelle", "le-relais"],
            }
        ],
    }
