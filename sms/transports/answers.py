"""What Twilio's answers mean: which error each HTTP status and code of its own is. No library.

Codes: twilio.com/docs/api/errors. What is not in a table goes by the HTTP status.
"""

from __future__ import annotations

import requests
import urllib3.exceptions

from sms.models import TextState
from sms.transports import Halted, NotSent, Refused, TransportError, Unknown

_STATES = {
    "accepted": TextState.SENT,
    "scheduled": TextState.SENT,
    "queued": TextState.SENT,
    "sending": TextState.SENT,
    "sent": TextState.SENT,
    "delivered": TextState.DELIVERED,
    "read": TextState.DELIVERED,
    "undelivered": TextState.FAILED,
    "failed": TextState.FAILED,
    "canceled": TextState.FAILED,
}

#: About our account, whatever the status: not active, a key that is not right, suspended (also for
#: want of credit), test keys, an account that is not there, a trial's or a new account's daily limit.
_HALTS = frozenset({10001, 20003, 20005, 20006, 20008, 20404, 30002, 63038, 90010})
#: Not taken just now, though the status says that it never will be: the sender's queue is full,
#: maintenance.
_LATER = frozenset({21611, 21730})
#: 403 and 404 are about our account; with these codes, about one text all the same.
_ABOUT_A_TEXT = range(21000, 22000)
_NEVER_MADE = (
    requests.ConnectTimeout,
    requests.exceptions.ProxyError,
    # A base address that is none.
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
)


def state_of(status: str) -> TextState | None:
    """Ours for one of Twilio's; None for what an outgoing text never is."""
    return _STATES.get(status)


def answered(status: int, code: int | None) -> TransportError:
    """What an HTTP answer that is no success means for the text that was handed over."""
    if code in _HALTS or status in {401, 402}:
        return Halted(_code(status, code))
    if status == 429:
        return NotSent("429")
    if code in _LATER:
        return NotSent(str(code))
    if status in {403, 404} and code not in _ABOUT_A_TEXT:
        return Halted(_code(status, code))
    # 408 and 409 do not say whether the text was taken.
    if 400 <= status < 500 and status not in {408, 409}:
        return Refused(_code(status, code))
    return Unknown(str(status))


def _code(status: int, code: int | None) -> str:
    """Twilio's own where there is one: the library gives the status again where there is none."""
    return str(code if isinstance(code, int) and code > 999 else status)


def unanswered(error: requests.RequestException) -> NotSent | Unknown:
    """Only a connection that was never made is certainly nothing sent: one that broke afterwards
    may have carried the text."""
    if isinstance(error, _NEVER_MADE):
        return NotSent("connection")
    if isinstance(error, requests.ReadTimeout):
        return Unknown("timeout")
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", None)
    if isinstance(reason, urllib3.exceptions.NewConnectionError):
        return NotSent("connection")
    return Unknown("connection_broke")
