"""What the operations page tells to type is what the command takes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from portal.acting.verbs import verbs

_PAGE = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text()
_SECTION = _PAGE.partition("## When there is no screen yet")[2].partition("\n## ")[0]
_SAID = [
    shlex.split(line)
    for line in re.findall(r"`([^`\n]+)`", _SECTION)
    if line.split()[0] in verbs() and "=" in line
]


@pytest.mark.parametrize("words", _SAID, ids=" ".join)
def test_each_documented_line_names_arguments_that_there_are(words: list[str]) -> None:
    verb = verbs()[words[0]]
    given = {word.partition("=")[0] for word in words[1:] if "=" in word}
    needed = {one.name for one in verb.arguments if one.required}
    assert given <= {one.name for one in verb.arguments}
    assert needed <= given or "…" in words


def test_every_action_of_the_seats_has_its_line() -> None:
    left_out = set(verbs()) - {words[0] for words in _SAID}
    assert {name for name in left_out if not name.startswith("add_")} == {
        *("record_history", "record_referral", "register_participant"),
        *("serve_waiting_lists", "pause_sending", "resume_sending"),
    }
