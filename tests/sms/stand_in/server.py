"""The stand-in in this process: a thread that serves, and the hands that tell it what to do."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import Counter
from types import TracebackType
from typing import Self

from tests.sms.stand_in import control
from tests.sms.stand_in.api import Api, credentials
from tests.sms.stand_in.lean_http import Answer, Connection, Request
from tests.sms.stand_in.messages import Messages, Sent
from tests.sms.stand_in.moods import Mood, Moods
from tests.sms.stand_in.reporting import Reporting
from tests.sms.stand_in.reports import Report, report


class StandIn:
    """What it answers is in `moods`; `mood` is the usual one. It remembers what it accepted, and
    reports of its own accord once `reporting` is set."""

    def __init__(self, port: int = 0) -> None:
        self.moods = Moods()
        #: The fields of each text that was accepted, where it was posted and by whom.
        self.accepted: list[dict[str, str]] = []
        self.reporting: Reporting | None = None
        self.api = Api(self.moods, self._accept)
        self._socket = socket.create_server(("127.0.0.1", port), backlog=256)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._loop: asyncio.AbstractEventLoop | None = None
        self._serving, self._end = threading.Event(), asyncio.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self.serve, daemon=True)

    @property
    def mood(self) -> Mood:
        return self.moods.usual

    @mood.setter
    def mood(self, mood: Mood) -> None:
        self.moods.usual = mood

    @property
    def delay(self) -> float:
        """Seconds before each answer, after the text was accepted."""
        return self.api.delay

    @delay.setter
    def delay(self, seconds: float) -> None:
        self.api.delay = seconds

    @property
    def messages(self) -> Messages:
        return self.api.messages

    def next(self, *moods: Mood) -> None:
        """For the next requests, one each; then as usual."""
        self.moods.coming.extend(moods)

    def per_number(self, account: str = "") -> Counter[str]:
        """Of all accounts, or of one."""
        return Counter(one["To"] for one in self.accepted if account in ("", one["user"]))

    def report(self, sid: str, status: str, code: int | None = None) -> Report:
        """What would be posted to this message's StatusCallback; the message itself stays as it is."""
        return report(self.messages.by_sid[sid], status, code)

    def advance(self, sid: str, status: str, code: int | None = None) -> int | None:
        """It became this; and is reported, where somebody asked for it: the answer's HTTP status."""
        sent = self.messages.by_sid[sid]
        sent.advance(status, code)
        return report(sent, status, code).post() if "StatusCallback" in sent.fields else None

    def forget(self) -> None:
        """What was accepted so far, for another measure with the same server."""
        self.accepted.clear()
        self.api.messages = Messages()

    def serve(self) -> None:
        """Until `stop`, in the calling thread."""
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        open_now: set[Connection] = set()
        server = await self._loop.create_server(
            lambda: Connection(self._handle, open_now), sock=self._socket
        )
        self._serving.set()
        if self._stopping.is_set():
            self._end.set()
        await self._end.wait()
        server.close()
        for connection in list(open_now):
            connection.close()
        await server.wait_closed()

    def stop(self) -> None:
        # Written before the loop is looked for: whoever serves looks the other way round.
        self._stopping.set()
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._end.set)
        if self.reporting is not None:
            self.reporting.end()

    def __enter__(self) -> Self:
        self._thread.start()
        self._serving.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()
        self._thread.join()

    def _handle(self, request: Request) -> Answer:
        if request.path.startswith(control.PREFIX):
            return control.handle(self, request)
        return self.api.handle(request)

    def _accept(self, request: Request, sent: Sent) -> None:
        user, token = credentials(request)
        self.accepted.append({**sent.fields, "path": request.path, "user": user, "token": token})
        if self.reporting is not None:
            self.reporting.begin(sent)
