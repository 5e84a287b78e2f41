"""Where a page ended, as a word that a link can carry. It is signed: nobody writes one by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from booking.errors import Invalid

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Mark(NamedTuple):
    """The last place that was shown: its start and its session."""

    starts_at: datetime
    session_id: int


def packed(mark: Mark) -> str:
    instant = (mark.starts_at - _EPOCH) // _MICROSECOND
    return _signer().sign(f"{instant:x}-{mark.session_id:x}")


def unpacked(cursor: str) -> Mark | None:
    """None for the empty cursor, which is the beginning. Raises Invalid for one that is not ours."""
    if not cursor:
        return None
    try:
        instant, session_id = _signer().unsign(cursor).split("-")
    except (BadSignature, ValueError):
        raise Invalid(_("This page no longer exists. Search again from the beginning.")) from None
    return Mark(_EPOCH + int(instant, 16) * _MICROSECOND, int(session_id, 16))


def _signer() -> Signer:
    return Signer(salt="booking.finder", sep="~")
