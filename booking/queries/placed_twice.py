"""One record, two places: somebody who is expected in a course at two partners, or in a group at
two. The coordination sees where; everybody else hears that the person is known in the network."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from booking import access
from booking.doubles import ONE_AT_A_TIME
from booking.models import Participant, Partner
from booking.models.partner import ServiceFamily
from booking.queries.followed import followed_at


@dataclass(frozen=True)
class PlacedTwice:
    participant: Participant
    family: ServiceFamily
    #: At least two, by name.
    partners: tuple[Partner, ...]


def placed_twice(
    user: access.Reader | None, now: datetime, *, limit: int = 200
) -> list[PlacedTwice]:
    """Courses before groups, the newest record first. Empty for everybody but the coordination
    (None: the command line). Four queries and the account's own, whatever the number of records."""
    if user is not None and not access.scope(user).network:
        return []
    found = [
        (family, person, at)
        for person, families in followed_at(now).items()
        for family in ONE_AT_A_TIME
        if len(at := families.get(family, set())) > 1
    ]
    found.sort(key=lambda one: (ONE_AT_A_TIME.index(one[0]), -one[1]))
    found = found[:limit]
    people = Participant.objects.in_bulk({person for _family, person, _at in found})
    partners = list(Partner.objects.filter(pk__in={pk for _family, _who, at in found for pk in at}))
    return [
        PlacedTwice(people[person], family, tuple(one for one in partners if one.pk in at))
        for family, person, at in found
        # Erased a moment ago.
        if person in people
    ]
