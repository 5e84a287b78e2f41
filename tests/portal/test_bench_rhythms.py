"""The bench with few rhythms: that both write the same, and a second time nothing."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command

from portal.bench import rhythms
from tests.engines import ENGINES_IN_USE


@pytest.mark.django_db
def test_both_write_the_same_and_a_second_time_nothing(
    engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", ENGINES_IN_USE.url())
    out = io.StringIO()
    words = ("rhythms", "--json", "--engine", engine, "--rhythms", "10")
    call_command("bench", *words, stdout=out)
    told = json.loads(out.getvalue())
    assert (told["bench"], told["engine"], told["rhythms"]) == ("rhythms", engine, 10)
    assert told["sessions"] == told["floor_sessions"] > 200
    assert told["rerun_writes"] == 0
    assert told["ratio"] > 0


def test_what_is_written_twice_is_seen() -> None:
    kept = {"rerun_writes": 0, "sessions": 9, "floor_sessions": 9}
    assert rhythms.broken(kept) == []
    assert rhythms.broken({**kept, "rerun_writes": 1}) == ["rerun_writes"]
    assert rhythms.broken({**kept, "floor_sessions": 8}) == ["floor_sessions"]
