"""Hours and days as people write them, and as pickers send them."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_HOUR = re.compile(r"(\d{1,2})\s*(?:[h:]\s*(\d{2})?)?", re.IGNORECASE)
_YEARS = range(2000, 2100)


class HourInput(forms.TimeInput):
    input_type = "time"


class DayInput(forms.DateInput):
    input_type = "date"


class HourField(forms.TimeField):
    """“18:00”, “18 h”, “18h30”, “9”."""

    widget = HourInput

    def to_python(self, value: Any) -> time | None:
        written = str(value or "").strip()
        if not written:
            return None
        said = _HOUR.fullmatch(written)
        if said is not None and int(said[1]) < 24 and int(said[2] or 0) < 60:
            return time(int(said[1]), int(said[2] or 0))
        raise forms.ValidationError(_("Write an hour like 18:00."), code="invalid")


class DayField(forms.DateField):
    """As a date picker sends it, or 24/11/2026."""

    widget = DayInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"], **kwargs)
        self.error_messages["invalid"] = _("Write a date like 24/11/2026.")

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is not None and value.year not in _YEARS:
            raise forms.ValidationError(_("Check the year."))
