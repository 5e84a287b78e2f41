"""An action's answer as JSON and back: primary keys and plain values, never content or names.

An answer is a row, None, a number, a truth, a word, an instant, a date, an enum's member, a
dataclass of such, or a list or tuple of such. Which dataclasses and enums there are is read from
the action's return annotation.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from types import SimpleNamespace
from typing import Any, TypeVar, get_args, get_type_hints

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from booking.errors import KeyReused

Action = Callable[..., object]
Row = TypeVar("Row", bound=Model)


def packed(answer: object, *, of: Action) -> object:  # noqa: PLR0911 - one line a kind
    """Raises TypeError for what is no answer: a programmer's error, seen at the first call."""
    match answer:
        case Enum() if type(answer).__name__ in _kinds(of):
            return {"kind": type(answer).__name__, "value": answer.value}
        case None | bool() | int() | str():
            return answer
        case Model():
            return {"row": answer._meta.label, "pk": answer.pk}  # noqa: SLF001 - documented all the same
        case datetime():
            return {"at": answer.isoformat()}
        case date():
            return {"on": answer.isoformat()}
        case list():
            return [packed(item, of=of) for item in answer]
        case tuple():
            return {"tuple": [packed(item, of=of) for item in answer]}
    if is_dataclass(answer) and type(answer).__name__ in _kinds(of):
        values = {
            field.name: packed(getattr(answer, field.name), of=of)
            for field in fields(answer)
            if field.init
        }
        return {"kind": type(answer).__name__, "fields": values}
    raise TypeError(f"no answer of an action: {type(answer).__name__}")


def unpacked(kept: Any, *, of: Action) -> object:  # noqa: PLR0911 - one line a kind
    """Read the answer again, its rows as they are now. Raises KeyReused when one is gone since."""
    match kept:
        case list():
            return [unpacked(item, of=of) for item in kept]
        case {"tuple": items}:
            return tuple(unpacked(item, of=of) for item in items)
        case {"row": label, "pk": pk}:
            return _row(label, pk)
        case {"at": text}:
            return datetime.fromisoformat(text)
        case {"on": text}:
            return date.fromisoformat(text)
        case {"kind": name, "value": value}:
            return _kinds(of)[name](value)
        case {"kind": name, "fields": values}:
            return _kinds(of)[name](**{k: unpacked(v, of=of) for k, v in values.items()})
    return kept


def rows_in(answer: object, kind: type[Row]) -> Iterator[Row]:
    """The rows of this kind that an answer is or holds: people whose records it would open, for one."""
    if isinstance(answer, kind):
        yield answer
    elif isinstance(answer, list | tuple):
        for item in answer:
            yield from rows_in(item, kind)
    elif is_dataclass(answer):
        for field in fields(answer):
            yield from rows_in(getattr(answer, field.name), kind)


def _row(label: str, pk: int) -> Model:
    try:
        # Not the default manager, which may leave rows out.
        row: Model = apps.get_model(label)._base_manager.get(pk=pk)  # noqa: SLF001
    except ObjectDoesNotExist:
        raise KeyReused(
            _("What this form made is gone since. Reload the page and start again.")
        ) from None
    return row


def hints(action: Action) -> dict[str, object]:
    """The types of an action's arguments and answer, but for `by`: at run time there is no
    `access.Actor`, which lies below the models."""
    declared = {name: hint for name, hint in action.__annotations__.items() if name != "by"}
    around = inspect.unwrap(action).__globals__
    return get_type_hints(SimpleNamespace(__annotations__=declared), around)


@functools.cache
def _kinds(action: Action) -> dict[str, Callable[..., object]]:
    """The dataclasses and enums that this action's return annotation mentions, by name."""
    found: dict[str, Callable[..., object]] = {}

    def walk(hint: object) -> None:
        for part in get_args(hint):
            walk(part)
        if not isinstance(hint, type) or hint.__name__ in found:
            return
        if issubclass(hint, Enum):
            found[hint.__name__] = hint
        elif is_dataclass(hint):
            found[hint.__name__] = hint
            for inner in get_type_hints(hint).values():
                walk(inner)

    walk(hints(action)["return"])
    return found
