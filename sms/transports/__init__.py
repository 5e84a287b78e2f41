"""How a text leaves. One module per carrier; settings.SMS_TRANSPORT names the one in use."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from django.conf import settings

from sms.models import TextState


@dataclass(frozen=True, slots=True)
class Message:
    """What is handed over. Its `repr` ends up in tracebacks, so it shows no number and no body.

    `callback` is the full address to which the carrier may report; `messaging_service` names the
    carrier's own pool of senders, which then stands for `sender`.
    """

    text_id: int
    sender: str
    to: str = field(repr=False)
    body: str = field(repr=False)
    segments: int
    callback: str = field(default="", repr=False)
    messaging_service: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The carrier took it. SENT, DELIVERED, or FAILED at once with the carrier's `code`."""

    provider_id: str
    state: TextState = TextState.SENT
    code: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One of the carrier's messages that may be the one that was asked for. `at` is when the carrier
    took it, aware."""

    provider_id: str
    state: TextState
    code: str
    at: datetime


class TransportError(Exception):
    """`code` is short, the carrier's own where it gave one, and holds no personal data."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class NotSent(TransportError):
    """Certainly not sent, and not because of this text: it may be tried again."""


class Halted(NotSent):
    """The carrier refuses us as a whole (credit, authentication, suspended): so it would the next
    text."""


class Refused(TransportError):
    """Certainly not sent, and never will be as it is."""


class Unknown(TransportError):
    """Perhaps sent: to send again might send twice."""


class Transport(Protocol):
    #: Whether sending the same message again reaches the person once all the same.
    repeatable: bool

    def send(self, message: Message) -> Receipt:
        """Raises NotSent, Halted, Refused or Unknown. Slow: never call it inside a transaction."""
        ...

    def look_up(self, to: str, body: str, since: datetime) -> list[Found]:
        """What the carrier took for this number with this body since then, the newest first. Its
        clock is not ours: leave some margin in `since`. An empty list means that there is none;
        whoever could not ask, or not to the end, raises NotSent, Halted or Unknown."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


def get_transport() -> Transport:
    if settings.SMS_TRANSPORT == "twilio":
        # Loaded only where it is used: the library takes half a second.
        from sms.transports.twilio import TwilioTransport

        return TwilioTransport()
    from sms.transports.console import ConsoleTransport

    return ConsoleTransport()
