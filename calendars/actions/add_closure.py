from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from booking import access
from booking.errors import Invalid
from booking.locking import writing
from booking.models import Partner, Venue
from booking.once import once
from calendars.closable import must_close, refuse_odd
from calendars.closing import Closed, close
from calendars.models import Closure


@once
def add_closure(
    *,
    by: access.Actor,
    now: datetime,
    name: str,
    starts_at: datetime,
    ends_at: datetime,
    partner: Partner | None = None,
    venue: Venue | None = None,
    cancel_booked: bool = False,
    key: str = "",
) -> Closed:
    """A partner or a venue is closed from `starts_at` until `ends_at` (aware instants, the end
    excluded); with neither, the whole network. For a practitioner see `report_absence`.

    Dates of rhythms that nobody used are taken back, unless the rhythm takes place all the same.
    What is booked, was decided by somebody or was opened by hand stays, to settle; `cancel_booked`
    cancels it, and its people get their text. Raises NotAllowed, Invalid, Busy.
    """
    if partner is not None and venue is not None:
        raise Invalid(_("A closure is of one thing: a partner, a venue, or the network."))
    closure = Closure(
        name=name.strip(), starts_at=starts_at, ends_at=ends_at, partner=partner, venue=venue
    )
    must_close(by, closure)
    refuse_odd(name, starts_at, ends_at, now)
    with writing():
        return close(closure, by=by, now=now, cancel_booked=cancel_booked)
