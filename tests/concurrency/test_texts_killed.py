"""The same promise for what staff decide about texts: whoever is killed leaves all of it or nothing."""

from __future__ import annotations

import time

import pytest

from sms import actions
from tests.cast import Cast
from tests.concurrency.every_text_action import CASES
from tests.concurrency.test_killed import USUAL, die_before, fingerprint

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_action_has_a_case() -> None:
    assert set(actions.__all__) == set(CASES)


@pytest.mark.parametrize("name", sorted(CASES))
def test_killed_before_any_of_its_statements(name: str, cast: Cast) -> None:
    call = CASES[name](cast)
    before, step, told = fingerprint(), 0, [""]
    while "finished" not in told:
        step += 1
        began = time.monotonic()
        told = die_before(step, call)
        took = time.monotonic() - began
        if "finished" not in told:
            assert fingerprint() == before, f"killed before step {step}: half of it is there"
    assert fingerprint() != before
    # Nobody who was killed held it up.
    assert took < USUAL
