"""How long the races go on."""

from __future__ import annotations

import os

import pytest


@pytest.fixture
def rounds() -> int:
    """Enough to meet a lock that is forgotten; set JALON_RACE_ROUNDS for a longer hunt."""
    return int(os.environ.get("JALON_RACE_ROUNDS", "10"))
