"""What the stand-in remembers, in the shapes of Twilio's message resource:
twilio.com/docs/messaging/api/message-resource."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

_FINAL = frozenset({"delivered", "undelivered", "failed", "canceled"})
_LEFT = _FINAL | {"sent"}


@dataclass
class Sent:
    """One message that was accepted."""

    sid: str
    account: str
    fields: dict[str, str]
    token: str
    status: str
    created: datetime
    code: int | None = None
    left_at: datetime | None = None
    direction: str = "outbound-api"

    def advance(self, status: str, code: int | None = None) -> None:
        self.status, self.code = status, code
        if status in _LEFT and self.left_at is None:
            self.left_at = datetime.now(UTC)

    def shape(self) -> dict[str, Any]:
        uri = f"/2010-04-01/Accounts/{self.account}/Messages/{self.sid}"
        service = self.fields.get("MessagingServiceSid")
        # Twilio has not chosen a sender of the service yet, and counts nothing before it has.
        waiting = service is not None and self.left_at is None
        return {
            "account_sid": self.account,
            "api_version": "2010-04-01",
            "body": self.fields["Body"],
            "date_created": rfc2822(self.created),
            "date_sent": None if self.left_at is None else rfc2822(self.left_at),
            "date_updated": rfc2822(self.left_at or self.created),
            "direction": self.direction,
            "error_code": self.code,
            "error_message": None,
            "from": self.fields.get("From"),
            "messaging_service_sid": service,
            "num_media": "0",
            "num_segments": "0" if waiting else "1",
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.fields["To"],
            "uri": f"{uri}.json",
        }


@dataclass
class Messages:
    """In the order in which they came."""

    all: list[Sent] = field(default_factory=list)
    by_sid: dict[str, Sent] = field(default_factory=dict)
    by_number: dict[str, list[Sent]] = field(default_factory=dict)

    def add(self, account: str, token: str, fields: dict[str, str]) -> Sent:
        sid = f"SM{len(self.all) + 1:032d}"
        status = "accepted" if "MessagingServiceSid" in fields else "queued"
        one = Sent(sid, account, fields, token, status, datetime.now(UTC))
        self.all.append(one)
        self.by_sid[sid] = one
        self.by_number.setdefault(fields["To"], []).append(one)
        return one

    def page(self, account: str, query: dict[str, str]) -> dict[str, Any]:
        """The newest first. A page's token names the last one of the page before, so that what comes
        meanwhile shifts nothing."""
        asked: dict[str, str] = {k: query[k] for k in query if k in {"To", "From"}}
        size, number = int(query.get("PageSize", 50)), int(query.get("Page", 0))
        found = self.by_number.get(asked["To"], []) if "To" in asked else self.all
        rows = [
            one
            for one in reversed(found)
            if one.account == account
            and asked.get("From", one.fields.get("From")) == one.fields.get("From")
        ]
        if "PageToken" in query:
            after = query["PageToken"].removeprefix("PA")
            rows = rows[[one.sid for one in rows].index(after) + 1 :]
        shown = rows[:size]
        base = f"/2010-04-01/Accounts/{account}/Messages.json"

        def uri(page: int, token: str = "") -> str:
            where = dict(asked, PageSize=str(size), Page=str(page))
            if token:
                where["PageToken"] = token
            return f"{base}?{urlencode(where)}"

        start = number * size
        return {
            "end": start + max(len(shown) - 1, 0),
            "first_page_uri": uri(0),
            "messages": [one.shape() for one in shown],
            "next_page_uri": uri(number + 1, f"PA{shown[-1].sid}") if rows[size:] else None,
            "page": number,
            "page_size": size,
            "previous_page_uri": uri(number - 1) if number else None,
            "start": start,
            "uri": uri(number),
        }


def rfc2822(moment: datetime) -> str:
    return format_datetime(moment)
