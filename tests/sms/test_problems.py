from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from sms import problems
from sms.problems import Task

ROOT = Path(__file__).resolve().parents[2]
_ERRORS = {"NotSent", "Halted", "Refused", "Unknown"}


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def written() -> dict[str, str]:
    """Each code that sms/ can write into `Text.problem`, with a place where it does."""
    files = [file for file in (ROOT / "sms").rglob("*.py") if "migrations" not in file.parts]
    return {
        code: f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', '?')}"
        for file in files
        for tree in [ast.parse(file.read_text())]
        for node in ast.walk(tree)
        for value in _values(node)
        for code in _words(value, _named(tree))
        if code
    }


def _named(tree: ast.Module) -> dict[str, str]:
    """The module's own names for plain words."""
    return {
        one.targets[0].id: one.value.value
        for one in tree.body
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)
        if isinstance(one.value, ast.Constant) and isinstance(one.value.value, str)
    }


def _values(node: ast.AST) -> Iterator[ast.expr]:
    """What is written as the problem here, or raised as its code."""
    if isinstance(node, ast.keyword) and node.arg == "problem":
        yield node.value
    elif isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        yield from (v for k, v in pairs if isinstance(k, ast.Constant) and k.value == "problem")
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        given = {**dict.fromkeys(_ERRORS, 0), "Verdict": 1, "later": 2}.get(node.func.id)
        yield from node.args[given : given + 1] if given is not None else []
    elif isinstance(node, ast.FunctionDef) and node.name in {"_why_not", "unfit"}:
        yield from (r.value for r in ast.walk(node) if isinstance(r, ast.Return) and r.value)


def _words(value: ast.expr, named: dict[str, str]) -> Iterator[str]:
    """Plain words only, not what is compared or looked up to choose among them."""
    if isinstance(value, ast.IfExp | ast.BoolOp):
        either = value.values if isinstance(value, ast.BoolOp) else (value.body, value.orelse)
        for one in either:
            yield from _words(one, named)
    elif isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.Name):
        yield named.get(value.id, "")


def test_every_code_that_is_written_has_words() -> None:
    found = written()
    # Otherwise this test would no longer see where codes are written.
    assert {"late", "hours", "daily_cap", "wording", "obsolete", "dispatcher_died"} <= set(found)
    assert {"changed", "unreachable"} <= set(found)
    assert {"timeout", "connection", "connection_broke", "unreadable_answer", "not_found"} <= set(
        found
    )
    assert {code: where for code, where in found.items() if not _has_words(code)} == {}


def _has_words(code: str) -> bool:
    return "(code " not in str(problems.of(code).words)


@pytest.mark.parametrize(
    ("code", "words", "task"),
    [
        ("30005", "unknown number", Task.CALL),
        ("21211", "not a valid number", Task.ASK_AGAIN),
        ("30006", "a landline, or a number that receives no texts", Task.CALL),
        ("21610", "has asked the operator for no more texts", Task.CALL),
        ("late", "too late to send", Task.CALL),
        ("obsolete", "no longer true", Task.NONE),
        ("503", "the operator had a fault", Task.CALL),
        ("30999", "refused by the operator (code 30999)", Task.CALL),
        ("", "refused by the operator (code ?)", Task.CALL),
    ],
)
def test_a_code_in_words(code: str, words: str, task: Task) -> None:
    assert (str(problems.of(code).words), problems.of(code).task) == (words, task)


def test_only_some_are_about_the_number_the_person_or_us() -> None:
    known = {"21211", "30005", "21610", "30003", "30006", "30007", "20003", "63038", "401", "402"}
    about = {
        name: {code for code in known if getattr(problems.of(code), name)}
        for name in ("number_is_bad", "opted_out", "ours")
    }
    assert about == {
        "number_is_bad": {"21211", "30005"},
        "opted_out": {"21610"},
        "ours": {"30007", "20003", "63038", "401", "402"},
    }


def test_what_halts_everything_is_told_as_such() -> None:
    """The two tables, of what an answer means and of what is said of it, agree."""
    from sms.transports import answers

    refused = problems.of("20003")
    assert {problems.of(str(code)) for code in answers._HALTS} == {refused}
    for code in answers._LATER:
        assert problems.of(str(code)).ours
