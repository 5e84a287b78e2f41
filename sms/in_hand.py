"""What somebody has in hand: when and where they were last told to come, seat by seat.

A text keeps what it told as it leaves. What is compared is that, never a revision: a session that
was moved and moved back, and a person who was, have nothing new to hear. No database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from booking.models import Seat
from sms.models import TOLD, Step, Text, TextState

#: What a text keeps of one seat: its primary key, the start, the venue's primary key.
Kept = tuple[int, str, int | None]
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
#: These tell somebody to come. An offer does not: they have not said yes.
TELLING = frozenset({Step.SUMMONS, Step.DAY7, Step.DAY1, Step.HOURS3, Step.CHANGED})


@dataclass(frozen=True, slots=True)
class Told:
    """`starts_at` is None where a text of the first release did not keep what it told."""

    starts_at: datetime | None
    venue_id: int | None

    def holds(self, seat: Seat) -> bool:
        """Whether who comes then and there comes right."""
        session = seat.session
        return (self.starts_at, self.venue_id) == (session.starts_at, session.venue_id)


def keep(seats: Iterable[Seat]) -> list[Kept]:
    """What a text that is about to leave tells of these seats. The place counts also where the
    text does not name it (a shared phone): the person knows it from elsewhere."""
    return [(seat.pk, seat.session.starts_at.isoformat(), seat.session.venue_id) for seat in seats]


def arrived(text: Text) -> bool:
    """It reached the person or may have. One that is only claimed is looked at again before it
    leaves, with the person locked, and by then sees what changed."""
    return text.state in TOLD and (text.state != TextState.CLAIMED or bool(text.to))


def last(seat: Seat, texts: Iterable[Text], *, offered: bool = False) -> Told | None:
    """What the person was last told of this seat, or of the one that they had before they were
    moved to it; None when nothing was said yet. `texts` are theirs, of any state. `offered`: a time
    that was only offered to them counts too."""
    said = list(_said(seat, texts, TELLING | {Step.OFFER} if offered else TELLING))
    return max(said, key=lambda one: one[:2])[2] if said else None


def moments(seat: Seat, texts: Iterable[Text]) -> list[datetime]:
    """When something was said of this seat."""
    return [at for at, _pk, _told in _said(seat, texts, TELLING)]


def _said(
    seat: Seat, texts: Iterable[Text], steps: Collection[Step]
) -> Iterator[tuple[datetime, int, Told]]:
    for text in texts:
        if text.step in steps and arrived(text):
            told = _of(text, seat)
            if told is not None:
                yield text.sent_at or text.ended_at or _LONG_AGO, text.pk, told


def _of(text: Text, seat: Seat) -> Told | None:
    of_this = (text.carried_to_id or text.seat_id) == seat.pk
    if text.told is None:
        if not of_this:
            return None
        if text.carried_to_id is None and text.revision == seat.session.revision:
            return Told(seat.session.starts_at, seat.session.venue_id)
        return Told(None, None)
    spoken_of = text.seat_id if of_this else seat.pk
    for pk, starts_at, venue_id in text.told:
        if pk == spoken_of:
            return Told(datetime.fromisoformat(starts_at), venue_id)
    return None
