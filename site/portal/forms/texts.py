from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms.moments import DayField, DayInput
from sms.models import Step, TextState
from sms.queries.outbox import Asked

#: What each field is called in an address: people send each other these links.
_IN_ADDRESS = {"person": "personne", "state": "etat", "step": "etape", "day": "jour"}


class TextsForm(forms.Form):
    """Which texts to show. Sent by GET: a search is an address."""

    person = forms.CharField(
        label=_("Reference of the person"),
        required=False,
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    state = forms.ChoiceField(
        label=_("What became of it"),
        required=False,
        choices=[("", _("Whatever it was")), *TextState.choices],
        error_messages={"invalid_choice": _("Choose a state from the list.")},
    )
    step = forms.ChoiceField(
        label=_("Why it leaves"),
        required=False,
        choices=[("", _("Whatever the reason")), *Step.choices],
        error_messages={"invalid_choice": _("Choose a reason from the list.")},
    )
    day = DayField(label=_("Day"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def add_prefix(self, field_name: str) -> str:
        return _IN_ADDRESS.get(field_name, field_name)

    def add_error(self, field: str | None, error: Any) -> None:
        """A picker shows nothing of what it cannot read; a line of text shows what was written."""
        super().add_error(field, error)
        widget = self.fields[field].widget if field else None
        if isinstance(widget, DayInput):
            widget.input_type = "text"

    @property
    def asked(self) -> Asked:
        """Nothing where the form is empty or wrong: the errors stand beside the fields."""
        values = getattr(self, "cleaned_data", {})
        return Asked(
            reference="".join(values.get("person", "").split()).upper(),
            state=values.get("state", ""),
            step=values.get("step", ""),
            day=values.get("day"),
        )

    @property
    def searches(self) -> bool:
        return self.asked != Asked()
