from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from sms import life
from sms.models import Step, Text, TextState
from sms.problems import Task
from tests.factories import paris

NOW = paris("2026-04-14 12:00")


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def text(state: TextState, **fields: Any) -> Text:
    values = {"step": Step.DAY1, "due_at": NOW, "expires_at": paris("2026-04-15 18:00"), **fields}
    return Text(state=state, **values)


def said(state: TextState, **fields: Any) -> str:
    return life.in_words(text(state, **fields), NOW)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-04-14 10:42", "at 10:42"),
        ("2026-04-13 23:59", "yesterday at 23:59"),
        ("2026-04-15 00:00", "tomorrow at 0:00"),
        ("2026-04-20 09:00", "on Monday 20 April at 9:00"),
        ("2026-03-28 09:05", "on Saturday 28 March at 9:05"),
        ("2025-04-14 09:00", "on Monday 14 April 2025 at 9:00"),
    ],
)
def test_another_day_is_named(at: str, words: str) -> None:
    assert life.when(paris(at), NOW) == words


def test_a_day_is_a_paris_day() -> None:
    assert life.when(paris("2026-04-15 00:30"), paris("2026-04-14 23:30")) == "tomorrow at 0:30"


def test_what_was_only_taken_is_never_called_delivered() -> None:
    sent = paris("2026-04-14 10:41")
    assert said(TextState.SENT, sent_at=sent) == "Sent at 10:41, not delivered yet"
    long_ago = paris("2026-04-10 10:41")
    assert said(TextState.SENT, sent_at=long_ago) == (
        "Sent on Friday 10 April at 10:41, delivery never confirmed"
    )
    ended = paris("2026-04-14 10:42")
    assert said(TextState.DELIVERED, sent_at=sent, ended_at=ended) == "Delivered at 10:42"


@pytest.mark.parametrize(
    ("due", "problem", "words"),
    [
        ("2026-04-15 09:00", "", "Will leave tomorrow at 9:00"),
        ("2026-04-14 11:58", "", "About to leave"),
        ("2026-04-14 09:00", "", "Should have left at 9:00, has not left yet"),
        ("2026-04-15 08:00", "hours", "Waits (not at this hour), will leave tomorrow at 8:00"),
        (
            "2026-04-14 12:05",
            "connection",
            "Could not leave yet (the operator could not be reached), will be tried again at 12:05",
        ),
    ],
)
def test_one_that_waits_says_until_when_and_why(due: str, problem: str, words: str) -> None:
    assert said(TextState.PLANNED, due_at=paris(due), problem=problem) == words


@pytest.mark.parametrize(
    ("state", "problem", "words", "todo"),
    [
        (TextState.FAILED, "30005", "Not delivered: unknown number, call", Task.CALL),
        (
            TextState.FAILED,
            "21211",
            "Not delivered: not a valid number, ask for the number again",
            Task.ASK_AGAIN,
        ),
        (TextState.EXPIRED, "late", "Too late for a text: call", Task.CALL),
        (TextState.UNCERTAIN, "timeout", "Not known whether it left: being checked", None),
        (TextState.VOID, "obsolete", "Not sent: no longer needed", None),
        (TextState.VOID, "changed", "Not sent: the appointment changed meanwhile", None),
        (TextState.CLAIMED, "", "Leaving", None),
    ],
)
def test_each_end_says_why_and_what_to_do(
    state: TextState, problem: str, words: str, todo: Task | None
) -> None:
    found = life.of(text(state, problem=problem), NOW)
    assert (found.words, found.todo) == (words, todo)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("call", "Told by telephone at 11:05"),
        ("letter", "Told by letter at 11:05"),
        ("person", "Told in person at 11:05"),
    ],
)
def test_what_was_told_otherwise_says_how(how: str, words: str) -> None:
    assert said(TextState.BY_HAND, how=how, ended_at=paris("2026-04-14 11:05")) == words


def test_one_that_left_with_another_says_so() -> None:
    ended = paris("2026-04-14 10:42")
    assert said(TextState.DELIVERED, ended_at=ended, leader_id=7) == (
        "Delivered at 10:42, in one text with another session"
    )


def test_every_state_has_its_sentence_and_its_tone() -> None:
    found = [life.of(text(state), NOW) for state in TextState]
    assert all(one.words for one in found)
    needed = {state for state, one in zip(TextState, found, strict=True) if one.tone == "need"}
    assert needed == {TextState.FAILED, TextState.EXPIRED, TextState.UNCERTAIN}
