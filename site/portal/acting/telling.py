"""What an action did, in labels and primary keys: a terminal's scrollback is no place for names."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum

from django.db.models import Model

from booking.errors import BookingError
from booking.models import Participant

#: What stands for a text, which may be somebody's name.
_WITHHELD = "…"


def told(answer: object) -> object:  # noqa: PLR0911 - one line a kind
    """As JSON. Of a dataclass also its properties: the list of people to call may be one."""
    match answer:
        case Participant():
            return {"row": "booking.Participant", "pk": answer.pk, "reference": answer.reference}
        case Model():
            return {"row": answer._meta.label, "pk": answer.pk}  # noqa: SLF001
        case Enum():
            return answer.value
        case None | bool() | int():
            return answer
        case date():
            return answer.isoformat()
        case BookingError():
            return str(answer)
        case list() | tuple():
            return [told(item) for item in answer]
    if is_dataclass(answer):
        kind = type(answer)
        names = [field.name for field in fields(answer)]
        names += [name for name, value in vars(kind).items() if isinstance(value, property)]
        return {name: told(getattr(answer, name)) for name in names if not name.startswith("_")}
    return _WITHHELD


def line(answer: object) -> str:  # noqa: PLR0911 - one line a kind
    """What `told` gave, for a person."""
    match answer:
        case {"row": row, "pk": pk, "reference": reference}:
            return f"{row} {pk} ({reference})"
        case {"row": row, "pk": pk}:
            return f"{row} {pk}"
        case dict():
            return "; ".join(f"{name}: {line(value)}" for name, value in answer.items())
        case []:
            return "–"
        case list():
            return ", ".join(line(item) for item in answer)
        case None:
            return "–"
    return str(answer)
