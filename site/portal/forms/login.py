from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.forms import EmailInput
from django.utils.translation import gettext_lazy as _


class LoginForm(AuthenticationForm):
    """Asks for the e-mail address. One text for every failure: it must not say which addresses
    have an account, nor which accounts are suspended."""

    error_messages = {
        "invalid_login": _(
            "This address and this password do not go together. Check both and try again."
        ),
        "inactive": _(
            "This address and this password do not go together. Check both and try again."
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["username"].label = _("E-mail address")
        self.fields["username"].widget = EmailInput(
            attrs={"autocomplete": "username", "autofocus": True, "maxlength": 254}
        )
        self.fields["password"].label = _("Password")
