"""From a word on the command line to what an action takes, by the type that it declares."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime, time
from enum import Enum
from types import NoneType, UnionType
from typing import Union, get_args, get_origin

from django.core.exceptions import ValidationError
from django.db.models import Field, Model
from django.utils.translation import gettext as _

from portal.acting import moments, rows
from portal.acting.named import NAMES
from portal.acting.unreadable import Unreadable

_SEVERAL = (Iterable, Collection, Sequence, list, tuple, set, frozenset)
_TRUTH = {"yes": True, "no": False, "oui": True, "non": False}
_WHOLE = re.compile(r"-?[0-9]{1,9}")


def read(word: str, hint: object) -> object:
    """The value of this word for an argument annotated so. An empty list is said by nothing at all:
    a session without practitioners; not to say it leaves them. Raises Unreadable; TypeError for an
    annotation that no word can give."""
    kind, optional = _without_none(hint)
    if get_origin(kind) in _SEVERAL:
        return [read(part.strip(), get_args(kind)[0]) for part in word.split(",") if part.strip()]
    if optional and not word:
        return None
    if isinstance(kind, type):
        if issubclass(kind, Model):
            return rows.find(word, kind)
        if issubclass(kind, Enum):
            return _member(word, kind)
        if kind in _READERS:
            return _READERS[kind](word)
    raise TypeError(f"not from the command line: {hint}")


def shape(hint: object, *, said: bool = False) -> str:
    """What to write for an argument annotated so; `said` when it may be empty but must be given.
    Raises TypeError as `read`."""
    kind, optional = _without_none(hint)
    if optional and said:
        return f"{shape(kind)}|nothing"
    if get_origin(kind) in _SEVERAL:
        return f"{shape(get_args(kind)[0])},…"
    if isinstance(kind, type):
        if issubclass(kind, Model):
            name = NAMES.get(kind)
            return f"<{kind.__name__}: {name.form} or key>" if name else f"<{kind.__name__}: key>"
        if issubclass(kind, Enum):
            return "|".join(str(member.value) for member in kind)
        if kind in _SHAPES:
            return _SHAPES[kind]
    raise TypeError(f"not from the command line: {hint}")


def allowed(field: Field[object, object] | None) -> str:
    """The values among which this field lets one choose, if it does."""
    return "|".join(str(value) for value, _label in field.flatchoices) if field else ""


def refuse_odd(value: object, field: Field[object, object] | None) -> None:
    """Raise Unreadable for what a form would refuse to write into this field: too long, no
    e-mail address, none of the choices."""
    if field is None or not isinstance(value, str | int) or value == "":
        return
    if field.flatchoices and value not in dict(field.flatchoices):
        raise Unreadable(_("Write one of: %(values)s.") % {"values": allowed(field)})
    try:
        field.clean(value, None)
    except ValidationError as error:
        raise Unreadable(" ".join(error.messages)) from error


def _without_none(hint: object) -> tuple[object, bool]:
    if get_origin(hint) not in (Union, UnionType):
        return hint, False
    kinds = [kind for kind in get_args(hint) if kind is not NoneType]
    if len(kinds) > 1:
        raise TypeError(f"not from the command line: {hint}")
    return kinds[0], True


def _member(word: str, kind: type[Enum]) -> Enum:
    for member in kind:
        if str(member.value) == word:
            return member
    raise Unreadable(
        _("Write one of: %(values)s.") % {"values": "|".join(str(one.value) for one in kind)}
    )


def _truth(word: str) -> bool:
    if word.lower() not in _TRUTH:
        raise Unreadable(_("Write yes or no."))
    return _TRUTH[word.lower()]


def _whole(word: str) -> int:
    if not _WHOLE.fullmatch(word):
        raise Unreadable(_("Write a whole number."))
    return int(word)


_READERS: dict[type, Callable[[str], object]] = {
    str: str,
    bool: _truth,
    int: _whole,
    date: moments.day,
    time: moments.hour,
    datetime: moments.moment,
}
_SHAPES: dict[type, str] = {
    str: "text",
    bool: "yes|no",
    int: "number",
    date: "2026-12-01",
    time: "18:00",
    datetime: "2026-12-01T18:00",
}
