from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from booking import actions
from booking.errors import Invalid, NotAllowed
from booking.models import Practitioner, Session
from booking.models.staff import Membership, Role
from booking.queries.common_openings import CommonOpening, common_openings
from tests import factories
from tests.cast import Cast
from tests.factories import PARIS, paris

pytestmark = pytest.mark.django_db

DAY = "2026-12-01"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(paris("2026-11-23 08:45"), tick=False):
        yield


@pytest.fixture
def colleague(cast: Cast) -> Practitioner:
    return factories.practitioner(cast.ours, name="Dr Petit")


def _slot(leader: Practitioner, at: str, minutes: int = 45, **fields: Any) -> Session:
    start = paris(at if "-" in at else f"{DAY} {at}")
    end = start + timedelta(minutes=minutes)
    return factories.session(
        leader.partner,
        start,
        **{"capacity": 1, "ends_at": end, "practitioners": [leader], **fields},
    )


def _find(cast: Cast, second: Practitioner, minutes: int = 45, **words: Any) -> list[CommonOpening]:
    values: dict[str, Any] = {
        "by": cast.admin,
        "since": paris(f"{DAY} 00:00"),
        "until": paris("2026-12-31 00:00"),
        "now": timezone.now(),
        **words,
    }
    return common_openings(first=cast.practitioner, second=second, minutes=minutes, **values)


def _times(found: list[CommonOpening]) -> list[str]:
    def at(moment: datetime) -> str:
        return f"{moment.astimezone(PARIS):%H:%M}"

    return [f"{at(one.starts_at)}–{at(one.ends_at)}" for one in found]


def test_the_time_that_two_slots_share(cast: Cast, colleague: Practitioner) -> None:
    ours, theirs = _slot(cast.practitioner, "09:00", 60), _slot(colleague, "09:15", 60)
    [found] = _find(cast, colleague)
    assert _times([found]) == ["09:15–10:00"]
    assert (found.first, found.second) == ((ours,), (theirs,))
    assert _find(cast, colleague, minutes=46) == []


def test_slots_without_a_gap_make_one_time_and_with_a_gap_they_do_not(
    cast: Cast, colleague: Practitioner
) -> None:
    ours = [_slot(cast.practitioner, at) for at in ("09:00", "09:45", "14:00", "14:50")]
    theirs = [_slot(colleague, "09:00", 120), _slot(colleague, "14:00", 120)]
    [found] = _find(cast, colleague, minutes=90)
    assert (_times([found]), found.first, found.second) == (
        ["09:00–10:30"],
        (ours[0], ours[1]),
        (theirs[0],),
    )
    assert _times(_find(cast, colleague)) == ["09:00–10:30", "14:00–14:45", "14:50–15:35"]


def test_in_order_of_time_and_no_more_than_asked(cast: Cast, colleague: Practitioner) -> None:
    for at in (f"{DAY} 16:00", "2026-12-02 09:00", f"{DAY} 09:00"):
        _slot(cast.practitioner, at)
        _slot(colleague, at)
    found = _find(cast, colleague)
    assert [f"{one.starts_at:%d %H}" for one in found] == ["01 08", "01 15", "02 08"]
    assert _find(cast, colleague, limit=2) == found[:2]


def test_only_what_is_free_counts(cast: Cast, colleague: Practitioner) -> None:
    hours = [f"{hour:02}:00" for hour in range(8, 15)]
    slots = [_slot(cast.practitioner, at, capacity=2) for at in hours]
    for at in hours[:-1]:
        _slot(colleague, at)
    _slot(colleague, hours[-1], practitioners=[colleague, factories.practitioner(cast.ours)])
    now = timezone.now()
    actions.book_seat(by=None, now=now, session=slots[0], participant=cast.hamel)
    actions.cancel_session(by=None, now=now, session=slots[1])
    Session.objects.filter(pk=slots[2].pk).update(state="discarded")
    slots[3].programme = factories.programme(cast.ours)
    slots[3].save(update_fields=["programme"])
    seat = actions.book_seat(by=None, now=now, session=slots[4], participant=cast.hamel)
    actions.release_seat(by=None, now=now, seat=seat)
    assert _times(_find(cast, colleague)) == ["12:00–12:45", "13:00–13:45"]


def test_what_somebody_waits_for_is_not_free(cast: Cast, colleague: Practitioner) -> None:
    slot = _slot(cast.practitioner, "09:00")
    _slot(colleague, "09:00")
    now = timezone.now()
    actions.hide_from(by=None, now=now, participant=cast.hamel, partner=cast.theirs)
    seat = actions.book_seat(by=None, now=now, session=slot, participant=factories.participant())
    actions.join_waiting_list(by=None, now=now, participant=cast.hamel, session=slot)
    actions.hide_from(by=None, now=now, participant=cast.hamel, partner=cast.ours)
    actions.release_seat(by=None, now=now, seat=seat)
    assert _find(cast, colleague) == []


def test_within_the_bounds_and_never_in_the_past(cast: Cast, colleague: Practitioner) -> None:
    for at in ("09:00", "10:00", "11:00"):
        _slot(cast.practitioner, at, 60)
        _slot(colleague, at, 60)
    bounds: dict[str, Any] = {"since": paris(f"{DAY} 09:30"), "until": paris(f"{DAY} 11:15")}
    assert _times(_find(cast, colleague, **bounds)) == ["09:30–11:15"]
    later = paris(f"{DAY} 10:30")
    assert _times(_find(cast, colleague, now=later)) == ["11:00–12:00"]


@pytest.mark.parametrize(
    "words",
    [
        {"minutes": 0},
        {"limit": 0},
        {"until": paris("2026-11-30 00:00")},
        {"since": datetime(2026, 12, 1)},  # noqa: DTZ001
    ],
)
def test_what_makes_no_sense_is_refused(
    cast: Cast, colleague: Practitioner, words: dict[str, Any]
) -> None:
    with pytest.raises(Invalid):
        _find(cast, colleague, **words)
    with pytest.raises(Invalid):
        _find(cast, cast.practitioner)


def test_whoever_manages_both_partners_looks_at_both(cast: Cast) -> None:
    theirs = factories.practitioner(cast.theirs)
    _slot(cast.practitioner, "09:00")
    _slot(theirs, "09:00")
    for account in (cast.admin, cast.stranger, cast.doctor, cast.observer):
        with pytest.raises(NotAllowed):
            _find(cast, theirs, by=account)
    both = factories.user(Role.ADMIN, cast.ours)
    Membership.objects.create(user=both, role=Role.ADMIN, partner=cast.theirs)
    assert [len(_find(cast, theirs, by=one)) for one in (cast.coordinator, both, None)] == [1] * 3


@pytest.mark.parametrize("slots", [1, 3])
def test_as_many_queries_for_one_slot_as_for_three(
    cast: Cast,
    colleague: Practitioner,
    slots: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for hour in range(9, 9 + slots):
        _slot(cast.practitioner, f"{hour:02}:00")
        _slot(colleague, f"{hour:02}:00")
    # Memberships, free slots, sessions.
    with django_assert_num_queries(3):
        found = _find(cast, colleague)
        places = [one.first[0].venue for one in found]
    assert len(places) == slots
