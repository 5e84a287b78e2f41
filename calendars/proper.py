"""What is a rhythm and what is none, whether it is opened or changed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time

from django.utils.translation import gettext_lazy as _

from booking import access, changing
from booking.errors import Invalid
from booking.kind import Kind
from booking.models import Partner, Programme, Service
from calendars.recurrence import (
    Recurrence,
    first_times,
    refuse_odd_hours,
    refuse_odd_recurrence,
)


def refuse_odd_rhythm(
    kind: Kind,
    *,
    by: access.Actor,
    also_for: Collection[Service],
    recurrence: Recurrence,
    first_day: date,
    start: time,
    minutes: int,
    slot_minutes: int | None,
    gap_minutes: int,
) -> tuple[datetime, datetime]:
    """When the first session of it takes place. Raises NotAllowed, or Invalid when a value makes no
    sense."""
    kind.refuse(by)
    _refuse_others(kind.partner, kind.programme, also_for)
    refuse_odd_recurrence(recurrence, first_day)
    refuse_odd_hours(start, minutes, slot_minutes, gap_minutes)
    if slot_minutes is not None and (len(kind.leaders) != 1 or kind.programme is not None):
        raise Invalid(_("An opening belongs to exactly one practitioner, and to no programme."))
    times = first_times(recurrence, first_day, start, slot_minutes or minutes)
    changing.refuse_times(*times, kind.pause_minutes)
    if kind.is_course:
        changing.refuse_too_long([(*times, kind.pause_minutes)])
    return times


def _refuse_others(
    partner: Partner, programme: Programme | None, others: Collection[Service]
) -> None:
    wanted = {service.pk for service in others}
    if wanted and programme is not None:
        raise Invalid(_("A session has the service of its programme."))
    if partner.services.filter(pk__in=wanted).count() < len(wanted):
        raise Invalid(_("This partner does not offer this service."))
