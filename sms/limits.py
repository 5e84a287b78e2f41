"""Within which bounds a partner may choose its rules of texts. The bounds of each number stand in
TextPolicy; what must fit together stands here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import time
from enum import Enum
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from booking.errors import Invalid
from sms.models import TextPolicy
from sms.models.policy import EARLIEST, LATEST
from sms.policies import Rules


class _Left(Enum):
    AS_IT_IS = "as it is"


#: An argument that was left out. Not the same as None, which means: as inherited.
AS_IT_IS: Any = _Left.AS_IT_IS

#: Reminders leave at least so many minutes before the evening: many of them take a while.
_ROOM = 60


def refuse_out_of_bounds(chosen: Mapping[str, object]) -> None:
    """Raise Invalid for a value that its field does not allow. None is always allowed: as inherited."""
    for name, value in chosen.items():
        if value is None:
            continue
        field: Any = TextPolicy._meta.get_field(name)  # noqa: SLF001 - documented all the same
        try:
            field.clean(value, None)
        except ValidationError as error:
            label = str(field.verbose_name).capitalize()
            raise Invalid(f"{label}: {' '.join(error.messages)}") from error
        if name in {"opens", "closes"} and not EARLIEST <= value <= LATEST:  # type: ignore[operator]
            raise Invalid(_("Texts leave between 8:00 and 20:00, never earlier or later."))


def refuse_misfit(rules: Rules, chosen: Collection[str]) -> None:
    """Raise Invalid where what was just chosen does not fit the other rules that count beside it.
    What was like that before is left alone."""
    for names, fits, sentence in _TOGETHER:
        if names.intersection(chosen) and not fits(rules):
            raise Invalid(sentence)


def _reminders_in_hours(rules: Rules) -> bool:
    return rules.opens <= rules.reminder_time and (
        _minutes(rules.reminder_time) + _ROOM <= _minutes(rules.closes)
    )


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


_TOGETHER: tuple[tuple[frozenset[str], Callable[[Rules], bool], Promise], ...] = (
    (
        frozenset({"opens", "closes"}),
        lambda rules: rules.opens < rules.closes,
        _("The hour from which texts leave comes before the hour at which they stop."),
    ),
    (
        frozenset({"opens", "closes", "reminder_time"}),
        _reminders_in_hours,
        _(
            "Reminders leave within the hours for texts, and an hour before their end at the latest."
        ),
    ),
    (
        frozenset({"week_before", "week_before_days", "booked_ahead_days"}),
        lambda rules: not rules.week_before or rules.booked_ahead_days > rules.week_before_days,
        _("The early reminder is for what was booked longer ahead than it leaves before the day."),
    ),
)
