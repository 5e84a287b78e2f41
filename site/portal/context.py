from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from booking import access


@dataclass(frozen=True)
class Link:
    url: str
    label: str | Promise
    current: bool


def chrome(request: HttpRequest) -> dict[str, Any]:
    """What stands around every page: the way around, and who is signed in.

    Must not fail: error pages use it too, and may come before somebody was recognised.
    """
    user = getattr(request, "user", None)
    account = user if user is not None and user.is_authenticated else None
    links = []
    if account is not None:
        if access.may_see_people(account):
            links.append(_link(request, "today", _("Today")))
        if access.may_seat_people(account):
            links.append(_link(request, "finder", pgettext_lazy("navigation", "Places")))
            links.append(_link(request, "rhythms", _("Rhythms")))
            links.append(_link(request, "texts", _("Texts")))
        if access.scope(account).figures:
            links.append(_link(request, "figures", _("Figures")))
    return {"account": account, "navigation": links, "languages": settings.LANGUAGES}


def _link(request: HttpRequest, name: str, label: Promise) -> Link:
    url = reverse(name)
    return Link(url, label, current=request.path.startswith(url))
