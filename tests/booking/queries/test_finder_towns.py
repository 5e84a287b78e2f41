"""The finder and the slow, obvious answer agree, whatever the town."""

from __future__ import annotations

import pytest
import time_machine

from booking.models import Participant, User
from booking.models.staff import Role
from booking.queries.finder import Found, Search, find, first_days
from tests import factories
from tests.booking.queries.slow_finder import slow_find
from tests.booking.queries.towns import NOW, searches, town

pytestmark = pytest.mark.django_db
_SEARCHES = 12


@pytest.mark.parametrize("seed", range(6))
@time_machine.travel(NOW, tick=False)
def test_a_town_answers_as_the_slow_way_does(seed: int) -> None:
    there = town(seed)
    coordinator = factories.user(Role.COORDINATOR)
    admin = factories.user(Role.ADMIN, there.partners[0])
    for n, search in enumerate(searches(there, seed, _SEARCHES)):
        person = there.people[(seed + n) % len(there.people)]
        by = admin if n % 2 and _knows(admin, person) else (coordinator, None)[n % 4 // 2]
        slow = slow_find(by, person, search, NOW)
        found = _pages(by, person, search, size=(1, 3, 100)[n % 3])
        places = [place for page in found for place in page.places]
        assert [place.session.pk for place in places] == [pk for pk, _services in slow]
        for place, (_pk, services) in zip(places, slow, strict=True):
            assert place.service.pk in services
        days = first_days(by, person, search, now=NOW)
        first = {place.session.partner_id: place.first for place in reversed(places)}
        assert {one.partner.pk: one.day for one in days if one.day} == first


def _knows(admin: User, person: Participant) -> bool:
    return Participant.objects.visible_to(admin).filter(pk=person.pk).exists()


def _pages(by: User | None, person: Participant, search: Search, size: int) -> list[Found]:
    pages = [find(by, person, search, now=NOW, size=size)]
    while pages[-1].cursor:
        pages.append(find(by, person, search, now=NOW, size=size, cursor=pages[-1].cursor))
    return pages
