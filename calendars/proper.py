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
from calendars.rhythms import MAX_DAYS

_MOST_SLOTS = 48
#: Within the longest horizon: room for eight slots on every working day of it. One publication writes
#: them all, and on SQLite nobody else writes meanwhile.
_MOST_SESSIONS = 2400


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
    if slot_minutes is not None:
        refuse_too_many(recurrence, first_day, minutes, slot_minutes, gap_minutes)
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


def refuse_too_many(
    how: Recurrence, first_day: date, minutes: int, slot_minutes: int, gap_minutes: int
) -> None:
    """Raise Invalid for more slots than a day, or than one publication can bear. Arithmetic on values
    that `calendars.recurrence` has passed; days that will be skipped are counted."""
    slots = 1 + (minutes - slot_minutes) // (slot_minutes + gap_minutes)
    if slots > _MOST_SLOTS:
        raise Invalid(
            _("That makes %(slots)s slots a day: at most %(most)s.")
            % {"slots": slots, "most": _MOST_SLOTS}
        )
    sessions = slots * _most_dates(how, how.first_on_or_after(first_day))
    if sessions > _MOST_SESSIONS:
        raise Invalid(
            _(
                "That makes %(sessions)s slots in %(days)s days: at most %(most)s. "
                "Make them longer, or end it earlier."
            )
            % {"sessions": sessions, "days": MAX_DAYS, "most": _MOST_SESSIONS}
        )


def _most_dates(how: Recurrence, first: date) -> int:
    """In any window of the longest horizon; a few more than there are."""
    span = MAX_DAYS if how.until is None else min(MAX_DAYS, (how.until - first).days + 1)
    step = how.every * (28 if how.monthly else 7)
    most = (1 if how.monthly else len(set(how.weekdays))) * -(-span // step)
    return most if how.times is None else min(most, how.times)
