from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from booking.models import Session
from booking.queries.agenda import with_fill
from calendars.models import Rhythm, RhythmDate


def dates_ahead(rhythm: Rhythm, now: datetime) -> list[RhythmDate]:
    """What was published from today on and what became of it, in order; each session with its venue,
    `taken` and `held`. Two queries."""
    rows = list(rhythm.dates.filter(day__gte=timezone.localdate(now)).order_by("day", "start"))
    its = Session.objects.filter(pk__in=[row.session_id for row in rows if row.session_id])
    sessions = {one.pk: one for one in with_fill(its).select_related("venue")}
    for row in rows:
        row.session = sessions.get(row.session_id or 0)
    return rows
