"""Texts through Twilio: the only door to its library.

Twilio has no idempotency key, so an answer that never came is `Unknown`, not an error to retry. Its
messages and URLs hold the person's number and the account: nothing of them is logged or chained.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from sms.models import TextState
from sms.transports import Found, Message, Receipt, Refused, TransportError, Unknown
from sms.transports.answers import answered, state_of, unanswered
from sms.transports.callbacks import reachable

__all__ = ["TwilioTransport", "signed", "state_of"]

# What carries the requests would log each one's address: it names the account, and when a text is
# looked up also the number.
for _name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry"):
    logging.getLogger(_name).addFilter(lambda _record: False)

#: Seconds until a connection stands: whoever gives it up early knows that nothing was sent.
_CONNECT = 5.0
#: A person gets a few texts a day, so this is months of them.
_PAGE, _PAGES = 100, 3
_A_DAY = timedelta(days=1)


class _HttpClient(TwilioHttpClient):  # type: ignore[misc]  # the library has no types
    """Explicit timeouts, another base address where one is set (a regional edge, a stand-in), and not
    a word in any log."""

    def __init__(self, *, base: str, timeout: float) -> None:
        super().__init__()
        # To connect, and between two bytes of the answer.
        self.timeout = (min(_CONNECT, timeout), timeout)
        self._base = base.rstrip("/")

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        if self._base:
            asked = urlsplit(url)
            # A page's address carries where it begins.
            url = self._base + asked.path + (f"?{asked.query}" if asked.query else "")
        return super().request(method, url, *args, **kwargs)

    def log_request(self, kwargs: dict[str, Any]) -> None:
        return None

    def log_response(self, status_code: int, response: requests.Response) -> None:
        return None


class TwilioTransport:
    repeatable = False

    def __init__(self) -> None:
        self._http = _HttpClient(base=settings.TWILIO_BASE_URL, timeout=settings.TWILIO_TIMEOUT)
        self._client = Client(
            settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, http_client=self._http
        )

    def send(self, message: Message) -> Receipt:
        values = {"to": message.to, "body": message.body, **_sender(message)}
        if reachable(message.callback, base=settings.TWILIO_BASE_URL):
            values["status_callback"] = message.callback
        try:
            taken = self._client.messages.create(**values)
            sid, status, code = str(taken.sid or ""), str(taken.status), taken.error_code
        except Exception as error:  # noqa: BLE001 - whatever it is, the text may have left
            raise _meaning(error) from None
        if not sid:
            raise Unknown("unreadable_answer")
        return Receipt(sid, state_of(status) or TextState.SENT, str(code or ""))

    def look_up(self, to: str, body: str, since: datetime) -> list[Found]:
        try:
            # By number only: Twilio filters by the day that a text left, and a queued one has none.
            found = [_found(one) for one in self._listed(to, since) if _is_it(one, body, since)]
        except TransportError:
            raise
        except Exception as error:  # noqa: BLE001 - nothing of it may be shown
            meaning = _meaning(error)
            # A question that is refused leaves the answer open.
            raise (Unknown(meaning.code) if isinstance(meaning, Refused) else meaning) from None
        return sorted(found, key=lambda one: one.at, reverse=True)

    def close(self) -> None:
        if self._http.session is not None:
            self._http.session.close()

    def _listed(self, to: str, since: datetime) -> Iterator[Any]:
        """The newest first; raises Unknown when what was not read may be as new."""
        page = self._client.messages.page(to=to, page_size=_PAGE)
        for _ in range(_PAGES):
            messages = list(page)
            yield from messages
            if messages and all(_when(one) < since - _A_DAY for one in messages):
                return
            page = page.next_page()
            if page is None:
                return
        raise Unknown("too_many_to_look_up")


def signed(url: str, params: Mapping[str, str], signature: str | None) -> bool:
    """Whether Twilio posted these fields to this address of ours: the full one, as Twilio knows it.
    A QueryDict will do. Never raises, and is never true while no token is set."""
    if not signature or not settings.TWILIO_AUTH_TOKEN:
        return False
    try:
        return bool(RequestValidator(settings.TWILIO_AUTH_TOKEN).validate(url, params, signature))
    except (ValueError, TypeError, AttributeError):
        return False  # An address that is none.


def _sender(message: Message) -> dict[str, str]:
    """A service chooses a sender of its own pool."""
    if message.messaging_service:
        return {"messaging_service_sid": message.messaging_service}
    return {"from_": message.sender}


def _is_it(theirs: Any, body: str, since: datetime) -> bool:
    """A body that was erased there cannot be told from ours: it counts, so that nobody is told
    twice. A trial account puts words before ours."""
    said, ours = " ".join((theirs.body or "").split()), " ".join(body.split())
    outgoing = str(theirs.direction).startswith("outbound")
    return (
        outgoing
        and _when(theirs) >= since.replace(microsecond=0)
        and (not said or said.endswith(ours))
    )


def _found(theirs: Any) -> Found:
    state = state_of(str(theirs.status)) or TextState.SENT
    return Found(str(theirs.sid), state, str(theirs.error_code or ""), _when(theirs))


def _when(theirs: Any) -> datetime:
    """When Twilio took it, to the second."""
    when: datetime | None = theirs.date_created or theirs.date_sent
    if when is None:
        raise Unknown("unreadable_answer")
    return when


def _meaning(error: Exception) -> TransportError:
    if isinstance(error, requests.RequestException):
        return unanswered(error)
    # A list that is refused comes as the bare answer.
    answer = next((one for one in error.args if isinstance(one, Response)), None)
    if isinstance(error, TwilioException) and answer is not None:
        return answered(answer.status_code, _code_in(answer.text))
    status = getattr(error, "status", None)
    if isinstance(error, TwilioException) and isinstance(status, int):
        return answered(status, getattr(error, "code", None))
    return Unknown("unreadable_answer")


def _code_in(text: str) -> int | None:
    try:
        code = json.loads(text).get("code")
    except (ValueError, AttributeError):
        return None
    return code if isinstance(code, int) else None
