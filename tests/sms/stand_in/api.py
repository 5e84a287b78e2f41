"""The part of Twilio's API that is used: create, list and fetch a message. What the real one would
refuse is refused, so that a request of a wrong shape is seen."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Any

from tests.sms.stand_in.lean_http import Answer, Request
from tests.sms.stand_in.messages import Messages, Sent
from tests.sms.stand_in.moods import SLOW, Mood, Moods

_MESSAGES = re.compile(r"/2010-04-01/Accounts/(AC\w*)/Messages(?:/(SM\w+))?\.json$")
_CREATES = frozenset({"To", "From", "Body", "MessagingServiceSid", "StatusCallback"})
_LISTS = frozenset({"To", "From", "PageSize", "Page", "PageToken"})
_SHAPELESS = {"garbage": b"<html>Bad Gateway</html>", "list": b"[]", "empty": b""}


class Api:
    def __init__(self, moods: Moods, accepted: Callable[[Request, Sent], None]) -> None:
        self.moods = moods
        self.messages = Messages()
        self.requests = 0
        #: Seconds before each answer, after the text was accepted.
        self.delay = 0.0
        #: The only right one; "" lets any in.
        self.token = ""
        self._accepted = accepted

    def handle(self, request: Request) -> Answer:
        self.requests += 1
        found = _MESSAGES.search(request.path)
        if found is None:
            return refusal(404, 20404)
        account, sid = found[1], found[2]
        user, token = credentials(request)
        if user != account or (self.token and token != self.token):
            return refusal(401, 20003)
        fields = request.fields if request.method == "POST" else request.query
        mood = self.moods.of(fields.get("To", ""))
        if isinstance(mood, tuple):
            return refusal(*mood, number=fields.get("To", ""))
        if mood == "drop_before":
            return Answer(0)
        if request.method == "POST":
            return self._create(request, account, token, fields, mood)
        content = self._fetch(sid) if sid else self._list(account, fields)
        return _as(mood, content, 200, self.delay)

    def _create(
        self, request: Request, account: str, token: str, fields: dict[str, str], mood: Mood
    ) -> Answer:
        if wrong := _wrong(fields):
            return refusal(400, wrong)
        sent = self.messages.add(account, token, fields)
        self._accepted(request, sent)
        if mood == "failed":
            sent.advance("failed", 30005)
        return _as(mood, sent.shape(), 201, self.delay)

    def _list(self, account: str, query: dict[str, str]) -> dict[str, Any] | None:
        return self.messages.page(account, query) if _LISTS.issuperset(query) else None

    def _fetch(self, sid: str) -> dict[str, Any] | None:
        found = self.messages.by_sid.get(sid)
        return None if found is None else found.shape()


def _wrong(fields: dict[str, str]) -> int:
    """Twilio's code for what a creation lacks or has too much; 0 when nothing."""
    if not _CREATES.issuperset(fields):
        return 20001
    if not re.fullmatch(r"\+[1-9]\d{6,14}", fields.get("To", "")):
        return 21211
    if not fields.get("Body"):
        return 21602
    if len(fields["Body"]) > 1600:
        return 21617
    if not fields.get("From") and not fields.get("MessagingServiceSid"):
        return 21603
    return 0


def _as(mood: Mood, content: dict[str, Any] | None, status: int, delay: float) -> Answer:
    if mood == "drop":
        return Answer(0)
    if content is None:
        return refusal(404, 20404)
    if mood in _SHAPELESS:
        return Answer(status, _SHAPELESS[str(mood)], type="text/html")
    return Answer(status, json.dumps(content).encode(), SLOW if mood == "slow" else delay)


def credentials(request: Request) -> tuple[str, str]:
    basic = request.headers.get("authorization", "").removeprefix("Basic ")
    user, _, token = base64.b64decode(basic).decode().partition(":")
    return user, token


def refusal(status: int, code: int, number: str = "") -> Answer:
    """Its message holds the number, as Twilio's do: nobody may show it."""
    content = {
        "code": code,
        "message": f"The 'To' number {number} is not right",
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return Answer(status, json.dumps(content).encode())
