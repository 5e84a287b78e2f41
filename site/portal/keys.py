"""A form that is sent twice is done once: every form that changes something carries a key of its own,
made as the page is drawn, and the action that it calls answers a key once (booking.once)."""

from __future__ import annotations

import secrets

from django.http import HttpRequest

FIELD = "cle"


def new_key() -> str:
    """128 random bits, within what booking.once takes."""
    return secrets.token_urlsafe(16)


def key_of(request: HttpRequest) -> str:
    """Empty for a form that was written by hand: it is done each time it is sent."""
    return str(request.POST.get(FIELD, ""))
