from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as django_set_language

from portal.forms.login import LoginForm


class Login(LoginView):
    authentication_form = LoginForm
    template_name = "portal/login.html"
    redirect_authenticated_user = True

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        """Where the person wanted to go, unless that is no place to be: the log-in itself, or an
        address that only takes a form."""
        wanted = super().get_redirect_url()
        nowhere = {reverse(name) for name in ("login", "logout", "set_language")}
        return "" if urlsplit(wanted).path in nowhere else wanted


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Keep the reader's language in a cookie and go back to the page they came from."""
    return django_set_language(request)
