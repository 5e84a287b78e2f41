from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from calendars.models import Closure, Rhythm
from calendars.models.closure import ClosureQuerySet


def closures_around(rhythm: Rhythm, start: datetime, end: datetime) -> ClosureQuerySet:
    """The closures between two instants that bear on this rhythm: of the network, its partner, its
    venue, and whoever leads it. In order of time, one query."""
    everybody = Q(partner=None, venue=None, practitioner=None)
    theirs = Q(partner=rhythm.partner_id) | Q(venue=rhythm.venue_id)
    theirs |= Q(practitioner__in=rhythm.practitioners.all())
    standing = Closure.objects.standing(start, end).filter(everybody | theirs)
    return standing.select_related("partner", "venue", "practitioner")
