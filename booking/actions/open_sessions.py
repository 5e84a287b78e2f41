from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from booking import access, changing
from booking.errors import BookingError, CannotCarry
from booking.kind import Kind
from booking.models import Partner, Practitioner, Programme, Purpose, Service, Session, Venue
from booking.models.language import Language
from booking.once import once
from booking.opening import open_dates


@dataclass(frozen=True)
class RefusedStart:
    """A date that was not opened: the name of the error, and what it says for people, of whom it
    names none."""

    starts_at: datetime
    reason: str
    message: str


@dataclass(frozen=True)
class OpenedSessions:
    """In the order of the starts."""

    opened: tuple[Session, ...]
    refused: tuple[RefusedStart, ...]


@once
def open_sessions(
    *,
    by: access.Actor,
    now: datetime,
    partner: Partner,
    service: Service,
    venue: Venue,
    label: str,
    starts: Iterable[datetime],
    minutes: int,
    capacity: int,
    allowance: int = 0,
    pause_minutes: int = 0,
    programme: Programme | None = None,
    practitioners: Iterable[Practitioner] = (),
    purpose: Purpose | None = None,
    language: Language = Language.FRENCH,
    interpreter: Language | None = None,
    open_to_network: bool = True,
    anyway: bool = False,
    key: str = "",
) -> OpenedSessions:
    """Open many sessions of one kind, as `open_session` opens one: at each of `starts` (aware
    instants), so many `minutes` long. All of them are opened in one transaction.

    A date that is refused (a practitioner is busy, somebody enrolled could not come along, the
    course would take too long, people are enrolled and it has begun) does not stop the others; each
    is looked at as if those before it were opened. Raises NotAllowed, Busy, Invalid when a value
    makes no sense.
    """
    kind = Kind(
        partner=partner,
        service=service,
        venue=venue,
        label=label,
        capacity=capacity,
        allowance=allowance,
        pause_minutes=pause_minutes,
        programme=programme,
        leaders=tuple(sorted(set(practitioners), key=lambda one: one.pk)),
        purpose=purpose,
        language=language,
        interpreter=interpreter or "",
        open_to_network=open_to_network,
    )
    kind.refuse(by)
    times = [changing.times(start, minutes, pause_minutes) for start in starts]
    done = open_dates(kind, times, by=by, now=now, anyway=anyway)
    refused = (RefusedStart(start, type(why).__name__, _said(why)) for start, why in done.refused)
    return OpenedSessions(tuple(done.opened), tuple(refused))


def _said(why: BookingError) -> str:
    if isinstance(why, CannotCarry):
        return _("Not everybody who is enrolled could come along.")
    return str(why)
