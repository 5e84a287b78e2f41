"""What the pages say of texts beyond the life of one: what leaves on a day."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import ngettext

from sms.models import Step
from sms.queries.planned import Day

_REMINDERS = {Step.DAY7, Step.DAY1, Step.HOURS3}


def leaving(day: Day) -> str:
    """“9 rappels partiront à 9:00”, “11 SMS partiront de 8:00 à 16:30”; "" when none will."""
    if day.first is None or day.last is None:
        return ""
    first, last = (f"{_clock(at)}" for at in (day.first, day.last))
    only = all(batch.step in _REMINDERS for batch in day.batches)
    if first == last:
        words = (
            ngettext(
                "%(count)s reminder will leave at %(first)s",
                "%(count)s reminders will leave at %(first)s",
                day.count,
            )
            if only
            else ngettext(
                "%(count)s text will leave at %(first)s",
                "%(count)s texts will leave at %(first)s",
                day.count,
            )
        )
    else:
        words = ngettext(
            "%(count)s text will leave, from %(first)s to %(last)s",
            "%(count)s texts will leave, from %(first)s to %(last)s",
            day.count,
        )
    return words % {"count": day.count, "first": first, "last": last}


def _clock(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{local.hour}:{local.minute:02d}"
