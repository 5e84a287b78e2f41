"""A small stand-in for Twilio's message API: real HTTP on loopback, spoken to by the real client."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs

#: Seconds that "slow" takes: longer than the client waits.
SLOW = 2.0


class StandIn:
    """What it answers to the next texts is in `mood`: accept, drop, slow, or an HTTP status with a
    code of Twilio's own. It remembers what it accepted."""

    def __init__(self) -> None:
        self.mood: str | tuple[int, int] = "accept"
        #: Seconds before each answer, after the text was accepted.
        self.delay = 0.0
        self.accepted: list[dict[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def per_number(self) -> Counter[str]:
        return Counter(message["To"] for message in self.accepted)

    def _handler(stand_in) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - two selves meet here
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
                fields = {name: values[0] for name, values in parse_qs(raw).items()}
                user, _, token = (
                    base64.b64decode(self.headers["Authorization"].removeprefix("Basic "))
                    .decode()
                    .partition(":")
                )
                fields |= {"path": self.path, "user": user, "token": token}
                if isinstance(stand_in.mood, tuple):
                    status, code = stand_in.mood
                    text = f"The 'To' number {fields['To']} is not right"
                    self._answer(status, {"code": code, "message": text, "status": status})
                    return
                stand_in.accepted.append(fields)
                if stand_in.mood == "drop":
                    self.close_connection = True
                    return
                time.sleep(SLOW if stand_in.mood == "slow" else stand_in.delay)
                sid = f"SM{len(stand_in.accepted):032d}"
                self._answer(201, {"sid": sid, "status": "queued"})

            def _answer(self, status: int, content: dict[str, object]) -> None:
                body = json.dumps(content).encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except ConnectionError:
                    self.close_connection = True  # The client no longer waits.

            def log_message(self, *args: object) -> None:
                return None

        return Handler
