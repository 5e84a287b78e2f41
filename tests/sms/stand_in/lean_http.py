"""As much HTTP/1.1 as one client library speaks, and fast: the standard library's server would be
what is measured. Connections are kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

_REASONS = {200: "OK", 201: "Created", 204: "No Content", 400: "Bad Request", 404: "Not Found"}


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def fields(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` 0: the connection is closed without a word. `delay`: seconds before either."""

    status: int
    body: bytes = b""
    delay: float = 0.0
    type: str = "application/json"

    def raw(self) -> bytes:
        head = (
            f"HTTP/1.1 {self.status} {_REASONS.get(self.status, 'No')}\r\n"
            f"Content-Type: {self.type}\r\nContent-Length: {len(self.body)}\r\n\r\n"
        )
        return head.encode() + self.body


Handle = Callable[[Request], Answer]


class Connection(asyncio.Protocol):
    """One client. `open_now`: all that are there, itself among them while it is."""

    def __init__(self, handle: Handle, open_now: set[Connection]) -> None:
        self._handle = handle
        self._open_now = open_now
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._open_now.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._open_now.discard(self)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (request := self._next()) is not None:
            answer = self._handle(request)
            if answer.delay:
                asyncio.get_running_loop().call_later(answer.delay, self._say, answer)
            else:
                self._say(answer)

    def _say(self, answer: Answer) -> None:
        """Nobody may be listening any more."""
        if self._transport is None:
            return
        if answer.status:
            self._transport.write(answer.raw())
        else:
            self._transport.close()

    def _next(self) -> Request | None:
        head, found, rest = bytes(self._received).partition(b"\r\n\r\n")
        if not found:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        length = int(headers.get("content-length", 0))
        if len(rest) < length:
            return None
        self._received = bytearray(rest[length:])
        method, target, _version = first.split(" ")
        asked = urlsplit(target)
        query = dict(parse_qsl(asked.query, keep_blank_values=True))
        return Request(method, unquote(asked.path), query, headers, rest[:length])
