from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from booking import access, carrying, changing
from booking.kind import Kind
from booking.models import Partner, Practitioner, Programme, Purpose, Service, Session, Venue
from booking.models.language import Language
from booking.once import once
from booking.opening import open_dates


@once
def open_session(
    *,
    by: access.Actor,
    now: datetime,
    partner: Partner,
    service: Service,
    venue: Venue,
    label: str,
    starts_at: datetime,
    ends_at: datetime,
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
) -> Session:
    """Open one session. `starts_at` and `ends_at` are aware instants, at most 24 hours apart;
    `pause_minutes` of them are a break, which a course's six hours do not count. `purpose` is every
    service that the slot may be used for, its own among them.

    Whoever is enrolled in the programme is seated too, or nothing is opened and CannotCarry says
    who could not come along and why. Whoever waits for an evening of the open group is offered a
    seat. Raises NotAllowed, PractitionerBusy, Busy, Invalid when a value makes no sense, also for a
    course beyond 6 hours a day or a month (Code pénal R131-36).
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
    changing.refuse_times(starts_at, ends_at, pause_minutes)
    done = open_dates(kind, [(starts_at, ends_at)], by=by, now=now, anyway=anyway)
    for _start, refused in done.refused:
        raise carrying.told(by, refused)
    return done.opened[0]
