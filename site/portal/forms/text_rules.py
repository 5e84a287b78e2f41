"""What a partner may choose about its texts. The bounds are the model's own, and stand in words beside
each field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from booking.models import Partner
from portal import wording
from portal.forms.moments import HourField
from sms.models import TextPolicy
from sms.models.policy import EARLIEST, LATEST
from sms.policies import NAMES

#: What a number counts.
_DAYS, _HOURS, _MINUTES = "days", "hours", "minutes"
_UNITS = {
    "week_before_days": _DAYS,
    "booked_ahead_days": _DAYS,
    "hours_before": _HOURS,
    "missed_after_minutes": _MINUTES,
    "held_minutes": _MINUTES,
}
#: In the order of the page.
GROUPS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (gettext_lazy("When texts leave"), ("opens", "closes", "rest_days", "daily_cap")),
    (
        gettext_lazy("Reminders"),
        ("reminder_time", "week_before", "week_before_days", "booked_ahead_days", "hours_before"),
    ),
    (gettext_lazy("Changes and cancellations"), ("held_minutes",)),
    (gettext_lazy("Afterwards, and places offered"), ("missed", "missed_after_minutes", "offers")),
)


@dataclass(frozen=True)
class Bounds:
    low: int
    high: int


def bounds_of(name: str) -> Bounds | None:
    """Between which a number must be: TextPolicy."""
    validators = TextPolicy._meta.get_field(name).validators  # type: ignore[union-attr] # noqa: SLF001
    low = next((one.limit_value for one in validators if type(one) is MinValueValidator), None)
    high = next((one.limit_value for one in validators if type(one) is MaxValueValidator), None)
    return None if low is None or high is None else Bounds(int(str(low)), int(str(high)))


def in_words(name: str, value: object) -> str:
    """A value as one reads it: “oui”, “9 h”, “5 minutes”."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, time):
        # A day's end has no hour of its own.
        return _("midnight") if value >= time(23, 59) else wording.hour(value)
    if name == "hours_before" and value == 0:
        return pgettext("reminder", "none")
    return _count(_UNITS.get(name, ""), int(str(value)))


def _count(unit: str, number: int) -> str:
    said = {
        _DAYS: ngettext("%(n)s day", "%(n)s days", number),
        _HOURS: ngettext("%(n)s hour", "%(n)s hours", number),
        _MINUTES: ngettext("%(n)s minute", "%(n)s minutes", number),
    }
    return said.get(unit, "%(n)s") % {"n": number}


def limits(name: str) -> str:
    """“De 3 à 14 jours.” "" for what has no bounds."""
    if name in ("opens", "closes"):
        low, high = wording.hour(EARLIEST), wording.hour(LATEST)
        return _("Between %(low)s and %(high)s.") % {"low": low, "high": high}
    bounds = bounds_of(name)
    if bounds is None:
        return ""
    high = _count(_UNITS.get(name, ""), bounds.high)
    return _("From %(low)s to %(high)s.") % {"low": bounds.low, "high": high}


class RulesForm(forms.Form):
    """What is left empty is as it is without a choice of one's own. `inherited` says that in words,
    field by field: “Comme le réseau : oui”."""

    def __init__(self, inherited: dict[str, str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        for name in NAMES:
            self.fields[name] = _field(name, inherited[name])

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        for name in ("opens", "closes"):
            chosen = values.get(name)
            if chosen and not EARLIEST <= chosen <= LATEST:
                self.add_error(name, limits(name))
        if values.get("opens") and values.get("closes") and values["closes"] <= values["opens"]:
            self.add_error("closes", _("The end comes before the start."))
        return values


def _field(name: str, inherited: str) -> forms.Field:
    of = TextPolicy._meta.get_field(name)  # noqa: SLF001 - documented all the same
    label = str(of.verbose_name)  # type: ignore[union-attr]
    common: dict[str, Any] = {
        "label": label[:1].upper() + label[1:],
        "required": False,
        "help_text": limits(name),
    }
    if name in ("opens", "closes", "reminder_time"):
        return HourField(**common)
    if bounds := bounds_of(name):
        wrong = limits(name)
        return forms.IntegerField(
            min_value=bounds.low,
            max_value=bounds.high,
            error_messages={"min_value": wrong, "max_value": wrong, "invalid": wrong},
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            **common,
        )
    return forms.TypedChoiceField(
        choices=[("", inherited), ("yes", _("Yes")), ("no", _("No"))],
        coerce=_truth(),
        empty_value=None,
        **common,
    )


def _truth() -> Callable[[str], bool]:
    return {"yes": True, "no": False, "True": True, "False": False}.__getitem__


class SenderForm(forms.Form):
    """The name under which texts arrive; for the coordination also the provider's own service."""

    sender = forms.CharField(
        label=gettext_lazy("Sender"),
        max_length=11,
        help_text=gettext_lazy("From 3 to 11 letters, digits or spaces, no accents. Neutral."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": gettext_lazy("Write a sender."),
            "max_length": gettext_lazy("At most 11 characters: telephones show no more."),
        },
    )
    messaging_service = forms.CharField(
        label=gettext_lazy("Messaging service at the provider"),
        required=False,
        max_length=34,
        help_text=gettext_lazy(
            "Instead of the sender, where the provider chooses among several numbers. Usually empty."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, partner: Partner, *args: Any, network: bool, **kwargs: Any) -> None:
        initial = {"sender": partner.sms_sender, "messaging_service": partner.messaging_service}
        super().__init__(*args, **{"label_suffix": "", "initial": initial, **kwargs})
        if not network:
            del self.fields["messaging_service"]

    def clean_sender(self) -> str:
        return str(_clean("sms_sender", self.cleaned_data["sender"]))

    def clean_messaging_service(self) -> str:
        return str(_clean("messaging_service", self.cleaned_data["messaging_service"]))


def _clean(name: str, value: str) -> str:
    """As the model has it."""
    field = Partner._meta.get_field(name)  # noqa: SLF001 - documented all the same
    return str(field.clean(value, None)) if value else ""  # type: ignore[union-attr]
