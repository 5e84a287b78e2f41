"""What whoever started the stand-in as a process may ask of it and tell it, over loopback too."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.sms.stand_in.lean_http import Answer, Request

if TYPE_CHECKING:
    from tests.sms.stand_in.server import StandIn

PREFIX = "/_stand_in/"


def handle(stand_in: StandIn, request: Request) -> Answer:
    """GET counts, GET numbers (?account=AC… for one account's); POST faults (JSON: drop, fail, slow), POST forget."""
    asked = (request.method, request.path.removeprefix(PREFIX))
    if asked == ("GET", "counts"):
        return _say(counts(stand_in))
    if asked == ("GET", "numbers"):
        return _say(stand_in.per_number(request.query.get("account", "")))
    if asked == ("POST", "faults"):
        for name, share in json.loads(request.body).items():
            setattr(stand_in.moods.faults, name, float(share))
        return _say(counts(stand_in))
    if asked == ("POST", "forget"):
        stand_in.forget()
        return _say(counts(stand_in))
    return Answer(404, b"{}")


def counts(stand_in: StandIn) -> dict[str, int]:
    per_number = stand_in.per_number()
    return {
        "requests": stand_in.api.requests,
        "accepted": per_number.total(),
        "numbers": len(per_number),
        "twice": sum(count > 1 for count in per_number.values()),
    }


def _say(content: dict[str, Any]) -> Answer:
    return Answer(200, json.dumps(content).encode())
