"""What Twilio posts to a text's StatusCallback, signed with the account's token: documented under
"Validating Requests are coming from Twilio" (HMAC-SHA1 of the address and the sorted fields)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.sms.stand_in.messages import Sent


@dataclass(frozen=True)
class Report:
    """One word about one message, ready to be posted."""

    url: str
    fields: dict[str, str]
    signature: str

    def post(self) -> int:
        """The HTTP status of whoever is reported to."""
        asked = urllib.request.Request(
            self.url,
            urlencode(self.fields).encode(),
            {
                "X-Twilio-Signature": self.signature,
                "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
                "User-Agent": "TwilioProxy/1.1",
            },
        )
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code


def report(sent: Sent, status: str, code: int | None = None) -> Report:
    """Raises KeyError when nobody asked to be told about this message."""
    url = sent.fields["StatusCallback"]
    fields = {
        "AccountSid": sent.account,
        "ApiVersion": "2010-04-01",
        "MessageSid": sent.sid,
        "MessageStatus": status,
        "SmsSid": sent.sid,
        "SmsStatus": status,
        "To": sent.fields["To"],
    }
    if "From" in sent.fields:
        fields["From"] = sent.fields["From"]
    if "MessagingServiceSid" in sent.fields:
        fields["MessagingServiceSid"] = sent.fields["MessagingServiceSid"]
    if code is not None:
        fields["ErrorCode"] = str(code)
    return Report(url, fields, sign(sent.token, url, fields))


def sign(token: str, url: str, fields: Mapping[str, str]) -> str:
    said = url + "".join(name + fields[name] for name in sorted(fields))
    digest = hmac.new(token.encode(), said.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
