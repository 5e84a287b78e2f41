from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from booking import access
from booking.locking import writing
from booking.models import Practitioner
from booking.once import once
from calendars.closable import must_close, refuse_odd
from calendars.closing import Closed, close
from calendars.models import Closure


@once
def report_absence(
    *,
    by: access.Actor,
    now: datetime,
    practitioner: Practitioner,
    starts_at: datetime,
    ends_at: datetime,
    name: str = "",
    cancel_booked: bool = False,
    key: str = "",
) -> Closed:
    """A practitioner is on leave or ill from `starts_at` until `ends_at` (aware instants, the end
    excluded), whether by themselves or by whoever manages their partner. Nobody says why.

    Their openings are blocked: empty slots are taken back. What somebody else leads too goes on
    under the others. What is booked is listed, with who can be told by text and who must be called;
    `cancel_booked`, which is the manager's, cancels it, also what began before and would still run.
    Raises NotAllowed, Invalid, Busy.
    """
    closure = Closure(
        name=name.strip() or _("Absent"),
        starts_at=starts_at,
        ends_at=ends_at,
        practitioner=practitioner,
    )
    must_close(by, closure)
    if cancel_booked:
        access.must_manage(by, practitioner.partner_id)
    refuse_odd(closure.name, starts_at, ends_at, now)
    with writing():
        return close(closure, by=by, now=now, cancel_booked=cancel_booked)
