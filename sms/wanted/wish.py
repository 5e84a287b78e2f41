"""What a wish is, and what is known beside the rows of seats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from booking.models import Seat
from sms.models import Step

#: A seat, a step, a revision of its session: of each there is one text.
Key = tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text that ought to exist. The same at each look, whatever the clock says: `due_at` may be
    long past."""

    seat_id: int
    step: Step
    revision: int
    due_at: datetime
    expires_at: datetime

    @property
    def key(self) -> Key:
        return self.seat_id, self.step, self.revision


@dataclass(frozen=True, slots=True)
class Facts:
    """`offered_until`: of a held seat, when its offer ends. `noted_at`: of an absence, when it was
    noted."""

    offered_until: Mapping[int, datetime] = field(default_factory=dict)
    noted_at: Mapping[int, datetime] = field(default_factory=dict)


NOTHING = Facts()


def wish(seat: Seat, step: Step, due_at: datetime, expires_at: datetime | None = None) -> Wanted:
    """Useful until the start, unless told."""
    end = expires_at or seat.session.starts_at
    return Wanted(seat.pk, step, seat.session.revision, due_at, end)
