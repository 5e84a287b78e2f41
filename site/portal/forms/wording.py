from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from booking.models import Partner
from sms import templates
from sms.kinds import Kind
from sms.models import Manner


class WordingForm(forms.Form):
    """The words of one kind of text, as they are typed. What is wrong with them is said by the same
    rules as the action's."""

    body = forms.CharField(
        label=_("Text"),
        help_text=_("What is in braces is filled in for each person."),
        # Empty is refused in the rules' own words.
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 7, "autocomplete": "off", "spellcheck": "true", "dir": "auto"}
        ),
    )

    def __init__(
        self,
        partner: Partner,
        kind: Kind,
        manner: Manner,
        language: str,
        *args: Any,
        address: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.partner, self.kind, self.manner, self.language = partner, kind, manner, language
        live = {
            "hx-post": address,
            "hx-trigger": "input changed delay:300ms",
            "hx-target": "#preview",
            "hx-sync": "this:replace",
            "lang": language,
        }
        self.fields["body"].widget.attrs |= live

    def clean_body(self) -> str:
        body = str(self.cleaned_data["body"])
        wrong = templates.faults(self.kind, self.manner, self.language, body, self.partner)
        if wrong:
            raise ValidationError(wrong)
        return body
