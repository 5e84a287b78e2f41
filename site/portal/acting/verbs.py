"""Which actions there are, and what each must be told. Read from their own signatures, so that a
new action is on the command line without another word."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model

from booking import actions
from booking.answers import hints
from booking.models import Participant
from portal.acting.values import allowed, shape

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
class Verb:
    name: str
    action: Callable[..., object]
    arguments: tuple[Argument, ...]
    takes_key: bool

    @property
    def summary(self) -> str:
        """The first sentence of the action's docstring."""
        paragraph = (inspect.getdoc(self.action) or "").partition("\n\n")[0]
        return re.split(r"(?<=\.)\s", paragraph, maxsplit=1)[0].replace("\n", " ")


def verbs() -> dict[str, Verb]:
    """Every action by its name, in alphabetical order."""
    return {name: _verb(name) for name in sorted(actions.__all__)}


def _verb(name: str) -> Verb:
    action = getattr(actions, name)
    types = hints(action)
    declared = inspect.signature(action).parameters
    arguments = tuple(
        Argument(
            one.name,
            types[one.name],
            one.default is inspect.Parameter.empty,
            _field(types["return"], one.name),
        )
        for one in declared.values()
        if one.name not in _NOT_TYPED
    )
    return Verb(name, action, arguments, "key" in declared)


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
