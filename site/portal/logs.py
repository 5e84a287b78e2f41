"""What must never reach a log."""

from __future__ import annotations

import logging
import re

# The path may be quoted, or inside a full address or a request line.
# A mistyped address may hold spaces or a stray sign before the token: mask to the end of the path.
# What signs the address of a report holds anything, ".ics" too.
_TOKEN = re.compile(r"(feeds/)\s*[^\s\"'?#]*?(?=\.ics|[\s\"'?#]|$)|(sms/statut/)\s*[^\s\"'?#]*")
_MASKED = r"\1\2***"


class MaskFeedTokens(logging.Filter):
    """The address of a feed is its only key, and Django logs the path of every 404. That of a delivery
    report is signed, and of every 403.

    It hangs on each handler, not on a logger: a logger's filter does not see what its children
    pass up. It rewrites the record for good, so handlers after this one see the mask too.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        masked = _TOKEN.sub(_MASKED, message)
        if masked != message:
            record.msg, record.args = masked, ()
        if record.exc_info and not record.exc_text:
            # A formatter keeps the text that it finds here. Resolver404 has the path in its words.
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = _TOKEN.sub(_MASKED, record.exc_text)
        if record.stack_info:
            record.stack_info = _TOKEN.sub(_MASKED, record.stack_info)
        return True
