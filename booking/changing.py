"""The rules of changing sessions, shared by the actions that open, move and cancel them. Call with
everything held (booking.holding)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

from dateutil.relativedelta import relativedelta
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from booking.errors import (
    Invalid,
    PractitionerBusy,
)
from booking.models import (
    Assignment,
    Partner,
    Practitioner,
    Programme,
    Session,
    Venue,
)
from booking.models.programme import ProgrammeKind
from booking.models.session import MAX_CAPACITY, SessionState

#: Start, end, and the break in minutes.
Sitting = tuple[datetime, datetime, int]

_LONGEST = timedelta(hours=24)
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
#: Code pénal R131-36: a course takes at most six hours a day, and a month from first to last day.
_COURSE_DAY = timedelta(hours=6)
_COURSE_SPAN = relativedelta(months=1)


def refuse_times(starts_at: datetime, ends_at: datetime, pause_minutes: int = 0) -> None:
    """Raise Invalid unless these are aware instants, in order, at most 24 hours apart, with a break
    that leaves something of the session."""
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise Invalid(_("A session’s times need a time zone."))
    if not _FIRST_YEAR <= starts_at.year <= ends_at.year <= _LAST_YEAR:
        raise Invalid(_("Check the year."))
    starts_at, ends_at = starts_at.astimezone(UTC), ends_at.astimezone(UTC)
    if not timedelta() < ends_at - starts_at <= _LONGEST:
        raise Invalid(_("A session ends after it starts, and within 24 hours."))
    if not timedelta() <= timedelta(minutes=pause_minutes) < ends_at - starts_at:
        raise Invalid(_("The break is shorter than the session."))


def times(start: datetime, minutes: int, pause_minutes: int = 0) -> tuple[datetime, datetime]:
    """From an aware start so many minutes as clocks measure them, also across a change of the hour.
    Raises Invalid as `refuse_times`."""
    end = start
    if 0 < minutes <= _LONGEST / timedelta(minutes=1) and start.tzinfo is not None:
        with suppress(OverflowError):  # The year is refused just below.
            end = start.astimezone(UTC) + timedelta(minutes=minutes)
    refuse_times(start, end, pause_minutes)
    return start, end


def refuse_size(capacity: int, allowance: int) -> None:
    """Raise Invalid unless a session may have so many seats."""
    if capacity < 1 or allowance < 0 or capacity + allowance > MAX_CAPACITY:
        raise Invalid(_("A session has from 1 to %(most)s seats.") % {"most": MAX_CAPACITY})


def refuse_foreign(
    partner: Partner,
    venue: Venue | None,
    leaders: Iterable[Practitioner],
    programme: Programme | None = None,
) -> None:
    """Raise Invalid unless all of them are this partner's."""
    foreign = venue is not None and venue.partner_id != partner.pk
    foreign = foreign or any(leader.partner_id != partner.pk for leader in leaders)
    if foreign or (programme is not None and programme.partner_id != partner.pk):
        raise Invalid(_("The venue, the practitioners and the programme belong to the partner."))


def refuse_busy(
    leaders: Iterable[Practitioner | int],
    starts_at: datetime,
    ends_at: datetime,
    *,
    but: Session | None = None,
) -> None:
    """Raise PractitionerBusy when one of them leads another session then. Call with them locked."""
    led = Assignment.objects.filter(
        practitioner__in=list(leaders), active=True, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    if but is not None:
        led = led.exclude(session=but)
    if led.exists():
        raise PractitionerBusy


def refuse_long_course(
    programme: Programme | None,
    starts_at: datetime,
    ends_at: datetime,
    *,
    pause_minutes: int,
    but: Session | None = None,
) -> None:
    """Raise Invalid as `refuse_too_long`, when it is a course that would take that long."""
    if programme is None or programme.kind != ProgrammeKind.COURSE:
        return
    refuse_too_long([*sittings(programme, but=but), (starts_at, ends_at, pause_minutes)])


def sittings(programme: Programme, *, but: Session | None = None) -> list[Sitting]:
    """What is planned of a programme, past and to come."""
    planned = Session.objects.filter(programme=programme, state=SessionState.PLANNED).order_by()
    if but is not None:
        planned = planned.exclude(pk=but.pk)
    return list(planned.values_list("starts_at", "ends_at", "pause_minutes"))


def refuse_too_long(course: Iterable[Sitting]) -> None:
    """Raise Invalid when a course would take more than 6 hours on one day, breaks not counted, or
    more than a month from its first day to its last (Code pénal R131-36). Days are Paris days."""
    by_day: dict[date, timedelta] = defaultdict(timedelta)
    for start, end, pause in course:
        by_day[timezone.localdate(start)] += end - start - timedelta(minutes=pause)
    if max(by_day.values()) > _COURSE_DAY:
        raise Invalid(_("A course takes at most 6 hours a day: shorten it or choose another day."))
    if min(by_day) + _COURSE_SPAN < max(by_day):
        raise Invalid(_("A course takes at most one month from its first day to its last."))
