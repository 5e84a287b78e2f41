"""Each action about texts once, in the case in which it writes the most: see
`tests.concurrency.every_action`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils import timezone

from sms import actions
from tests.cast import Cast

Call = Callable[[], object]
CASES: dict[str, Callable[[Cast], Call]] = {}


def case(prepare: Callable[[Cast], Call]) -> Callable[[Cast], Call]:
    CASES[prepare.__name__] = prepare
    return prepare


def _call(name: str, /, **values: Any) -> Call:
    return partial(getattr(actions, name), by=None, now=timezone.now(), **values)
