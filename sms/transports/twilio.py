"""Texts through Twilio: the only door to its library.

Twilio has no idempotency key, so an answer that never came is `Unknown`, not an error to retry. Its
messages and URLs hold the person's number and the account: nothing of them is logged or chained.
"""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3.exceptions
from django.conf import settings
from twilio.base.exceptions import (
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from sms.transports import Message, NotSent, Receipt, Refused, Unknown

# The library logs each request's address, which names the account.
_silent = logging.getLogger("sms.transports.twilio.library")
_silent.propagate = False
_silent.addHandler(logging.NullHandler())


class _HttpClient(TwilioHttpClient):  # type: ignore[misc]  # the library has no types
    """Explicit timeout, and another base address where one is set (a regional edge, a stand-in)."""

    def __init__(self, *, base: str, timeout: float) -> None:
        super().__init__(timeout=timeout, logger=_silent)
        self._base = base.rstrip("/")

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        if self._base:
            url = self._base + urlsplit(url).path
        return super().request(method, url, *args, **kwargs)


class TwilioTransport:
    repeatable = False

    def __init__(self) -> None:
        self._http = _HttpClient(base=settings.TWILIO_BASE_URL, timeout=settings.TWILIO_TIMEOUT)
        self._client = Client(
            settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, http_client=self._http
        )

    def send(self, message: Message) -> Receipt:
        try:
            accepted = self._client.messages.create(
                to=message.to, from_=message.sender, body=message.body
            )
        except (TwilioRestException, TwilioServiceException) as error:
            raise _answered(error.status, error.code) from None
        except requests.RequestException as error:
            raise _unanswered(error) from None
        except (ValueError, KeyError, TypeError):
            raise Unknown("unreadable_answer") from None
        return Receipt(provider_id=accepted.sid or "")

    def close(self) -> None:
        if self._http.session is not None:
            self._http.session.close()


def _answered(status: int, code: int | None) -> NotSent | Refused | Unknown:
    """429: too fast. 401: our own key, which is not this text's fault. Other 4xx: this text."""
    if status in {401, 429}:
        return NotSent(str(status))
    if 400 <= status < 500:
        return Refused(str(code or status))
    return Unknown(str(status))


def _unanswered(error: requests.RequestException) -> NotSent | Unknown:
    """Only a connection that was never made is certainly nothing sent: one that broke afterwards
    may have carried the text."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return NotSent("connection")
    if isinstance(error, requests.ReadTimeout):
        return Unknown("timeout")
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", None)
    if isinstance(reason, urllib3.exceptions.NewConnectionError):
        return NotSent("connection")
    return Unknown("connection_broke")
