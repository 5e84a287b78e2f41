"""Which actions there are, and what each must be told. Read from their own signatures, so that a
new action is on the command line without another word."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import MISSING, dataclass, fields, is_dataclass
from types import NoneType
from typing import get_args, get_type_hints

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model

from booking import actions as seats
from booking.answers import hints
from booking.models import Participant
from calendars import actions as dates
from portal.acting.values import allowed, shape
from sms import actions as texts

_PACKAGES = (seats, dates, texts)
#: Given otherwise: by --by, the clock and --key. A password stays out, because whoever lists the
#: processes of the machine reads the command line.
_NOT_TYPED = {"by", "now", "key", "password"}


@dataclass(frozen=True)
class Argument:
    name: str
    hint: object
    required: bool
    #: Where the action will write it, as far as the names tell.
    field: Field[object, object] | None

    def __str__(self) -> str:
        text = f"{self.name}={allowed(self.field) or shape(self.hint, said=self.required)}"
        return text if self.required else f"[{text}]"


@dataclass(frozen=True)
class Whole:
    """An argument that is said in parts: “recurrence.weekdays=TU recurrence.times=10”."""

    name: str
    kind: Callable[..., object]
    required: bool

    def said_in(self, names: Iterable[str]) -> bool:
        return any(name.startswith(f"{self.name}.") for name in names)

    def made_of(self, values: dict[str, object]) -> object:
        parts = {
            name.partition(".")[2]: tuple(value) if isinstance(value, list) else value
            for name, value in values.items()
            if name.startswith(f"{self.name}.")
        }
        return self.kind(**parts)


@dataclass(frozen=True)
class Verb:
    name: str
    action: Callable[..., object]
    arguments: tuple[Argument, ...]
    wholes: tuple[Whole, ...]
    takes_key: bool

    def whole(self, values: dict[str, object]) -> dict[str, object]:
        """These values as the action takes them: parts put together."""
        made = {name: value for name, value in values.items() if "." not in name}
        wholes = [one for one in self.wholes if one.said_in(values)]
        return made | {one.name: one.made_of(values) for one in wholes}

    @property
    def summary(self) -> str:
        """The first sentence of the action's docstring."""
        paragraph = (inspect.getdoc(self.action) or "").partition("\n\n")[0]
        return re.split(r"(?<=\.)\s", paragraph, maxsplit=1)[0].replace("\n", " ")


def verbs() -> dict[str, Verb]:
    """Every action by its name, in alphabetical order."""
    found = {name: getattr(package, name) for package in _PACKAGES for name in package.__all__}
    return {name: _verb(found[name]) for name in sorted(found)}


def _verb(action: Callable[..., object]) -> Verb:
    types = hints(action)
    declared = inspect.signature(action).parameters
    arguments = tuple(
        argument
        for one in declared.values()
        if one.name not in _NOT_TYPED
        for argument in _typed(one, types)
    )
    wholes = tuple(
        Whole(one.name, kind, one.default is inspect.Parameter.empty)
        for one in declared.values()
        if one.name not in _NOT_TYPED and (kind := _parts_of(types[one.name])) is not None
    )
    return Verb(action.__name__, action, arguments, wholes, "key" in declared)


def _typed(one: inspect.Parameter, types: dict[str, object]) -> Iterator[Argument]:
    """The argument; for a dataclass, one for each of its fields: “recurrence.weekdays”."""
    hint, required = types[one.name], one.default is inspect.Parameter.empty
    whole = _parts_of(hint)
    if whole is None:
        yield Argument(one.name, hint, required, _field(types["return"], one.name))
        return
    inner = get_type_hints(whole)
    for part in fields(whole):
        bare = part.default is MISSING and part.default_factory is MISSING
        yield Argument(f"{one.name}.{part.name}", inner[part.name], required and bare, None)


def _parts_of(hint: object) -> type | None:
    """The dataclass that this argument takes, if it is one or none."""
    kinds = [kind for kind in (get_args(hint) or (hint,)) if kind is not NoneType]
    [kind] = kinds if len(kinds) == 1 else [None]
    return kind if isinstance(kind, type) and is_dataclass(kind) else None


def _field(made: object, name: str) -> Field[object, object] | None:
    """The field of that name of what the action makes: an action trusts a form to have read it."""
    as_typed = (made, name) == (Participant, "phone")  # It reads every shape by itself.
    if as_typed or not (isinstance(made, type) and issubclass(made, Model)):
        return None
    try:
        field = made._meta.get_field(name)  # noqa: SLF001 - documented all the same
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, Field) and not field.is_relation else None
