"""What both engines can store. PostgreSQL refuses what SQLite takes without a word, or the other way
round: asked before, both answer alike."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from booking.errors import Invalid

#: Never quotes the value: it may be a name.
SENTENCE: Final = _(
    "A value is too long, too large or has characters that cannot be stored. Check them."
)


def refuse_unstorable(*texts: str) -> None:
    """Raise Invalid for a NUL, which PostgreSQL cannot hold, and for half of a surrogate pair, which
    no engine can: a command line makes one of a byte that is no UTF-8."""
    if any(one == "\0" or "\ud800" <= one <= "\udfff" for text in texts for one in text):
        raise Invalid(SENTENCE)
