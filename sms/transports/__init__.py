"""How a text leaves. One module per carrier; settings.SMS_TRANSPORT names the one in use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Message:
    """What is handed over. Its `repr` ends up in tracebacks, so it shows no number and no body."""

    text_id: int
    sender: str
    to: str = field(repr=False)
    body: str = field(repr=False)
    segments: int


@dataclass(frozen=True, slots=True)
class Receipt:
    provider_id: str


class TransportError(Exception):
    """`code` is short, the carrier's own where it gave one, and holds no personal data."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class NotSent(TransportError):
    """Certainly not sent, and not because of this text: it may be tried again."""


class Refused(TransportError):
    """Certainly not sent, and never will be as it is."""


class Unknown(TransportError):
    """Perhaps sent: to send again might send twice."""


class Transport(Protocol):
    #: Whether sending the same message again reaches the person once all the same.
    repeatable: bool

    def send(self, message: Message) -> Receipt:
        """Raises NotSent, Refused or Unknown. Slow: never call it inside a transaction."""
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
