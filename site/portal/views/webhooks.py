"""Where the provider reports what became of a text, and hands over what somebody answered.

Nobody logs in here: the provider's signature is the key. It is made for the address that is public,
and not for the one that a proxy asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sms.webhooks import note_reply, note_status

#: Bytes. The longest text somebody can send, as a form writes it, is 15,000.
_LONGEST = 32 * 1024
_FORM = "application/x-www-form-urlencoded"
#: What a server hands on: digits, and no more of them than a number may have.
_LENGTH = re.compile(r"\d{1,19}", re.ASCII)
_NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

View = Callable[..., HttpResponse]


def _from_provider(view: View) -> View:
    """403 for what is not signed, whatever the address: one learns nothing from it."""

    @login_not_required
    @csrf_exempt
    @require_POST
    @wraps(view)
    def answered(request: HttpRequest, **kwargs: str) -> HttpResponse:
        try:
            refused = _refused(request)
            return view(request, **kwargs) if refused is None else HttpResponse(status=refused)
        except UnreadablePostError:
            return HttpResponse(status=400)
        except OperationalError:  # Too much at once: the provider may come again.
            return HttpResponse(status=503)

    return answered


def _refused(request: HttpRequest) -> int | None:
    """The status, before anything is read that is too long or of another kind."""
    if settings.SMS_TRANSPORT != "twilio":
        return 404
    if request.content_type != _FORM:
        return 415
    length = _LENGTH.fullmatch(request.META.get("CONTENT_LENGTH") or "0")
    if length is None:
        return 400
    if int(length[0]) > _LONGEST:
        return 413
    return None if _signed(request) else 403


def _signed(request: HttpRequest) -> bool:
    # Only where it is used: the library takes half a second.
    from sms.transports.twilio import signed

    address = settings.PUBLIC_URL + request.get_full_path()
    return signed(address, request.POST, request.headers.get("X-Twilio-Signature", ""))


@_from_provider
def text_status(request: HttpRequest, token: str) -> HttpResponse:
    known = note_status(token, request.POST, timezone.now())
    return HttpResponse(status=204 if known else 404)


@_from_provider
def text_reply(request: HttpRequest) -> HttpResponse:
    if not note_reply(request.POST, timezone.now()):
        return HttpResponse(status=404)
    return HttpResponse(_NOTHING_TO_SAY, content_type="text/xml; charset=utf-8")
