from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from booking.models import Session
from calendars.models import Rhythm, RhythmDate, Treatment, Why
from calendars.publish import publish
from calendars.queries.at_a_glance import Glance, at_a_glance
from calendars.recurrence import Recurrence, Weekday
from tests import factories
from tests.booking.queries import rows as listed
from tests.calendars.test_closures_actions import close
from tests.calendars.test_rhythms import rhythm
from tests.cast import Cast
from tests.factories import PARIS, paris

pytestmark = pytest.mark.django_db
NOW = paris("2026-02-02 10:00")
MONDAYS = Recurrence((Weekday.MONDAY,))


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def _made(cast: Cast, **fields: Any) -> Rhythm:
    made = rhythm(cast.ours, **fields)
    publish(rhythm=made, now=NOW)
    return made


def _only(cast: Cast) -> Glance:
    [glance] = at_a_glance(cast.admin, NOW)
    return glance


def _days(rows: list[RhythmDate]) -> list[tuple[str, str]]:
    return [(f"{row.day:%m-%d}", row.name) for row in rows]


def test_the_next_three_dates_with_their_fill(cast: Cast) -> None:
    made = _made(cast)
    first = made.dates.select_related("session").order_by("day")[0].session
    assert first is not None
    listed.seat(first, cast.hamel)
    ahead = _only(cast).ahead
    said = [
        (f"{one.starts_at.astimezone(PARIS):%m-%d %H}", one.taken, one.capacity) for one in ahead
    ]
    assert said == [("03-03 18", 1, 8), ("03-10 18", 0, 8), ("03-17 18", 0, 8)]


def test_an_opening_is_counted_by_day(cast: Cast) -> None:
    slots = {"start": time(9), "minutes": 180, "slot_minutes": 45, "capacity": 1}
    made = _made(cast, practitioners=[cast.practitioner], **slots)
    listed.seat(Session.objects.order_by("starts_at")[1], cast.hamel)
    ahead = _only(cast).ahead
    assert [(one.sessions, one.taken, one.capacity) for one in ahead] == [
        (4, 1, 4),
        (4, 0, 4),
        (4, 0, 4),
    ]
    assert f"{ahead[0].starts_at.astimezone(PARIS):%H:%M}" == f"{made.event.start:%H:%M}"


def test_a_holiday_is_skipped_with_its_name(cast: Cast) -> None:
    _made(cast, recurrence=MONDAYS)
    glance = _only(cast)
    assert _days(glance.skipped) == [("04-06", "Lundi de Pâques"), ("05-25", "Lundi de Pentecôte")]
    assert (glance.warned, glance.to_settle) == ([], [])


def test_a_holiday_that_is_held_is_a_warning(cast: Cast) -> None:
    _made(cast, recurrence=MONDAYS, public_holidays=Treatment.WARN)
    glance = _only(cast)
    assert [day for day, _name in _days(glance.warned)] == ["04-06", "05-25"]


def test_a_booked_date_that_is_closed_is_to_settle_and_comes_first(cast: Cast) -> None:
    early = _made(cast, label="Groupe A", first_day=date(2026, 2, 3))
    made = _made(cast, label="Groupe D", first_day=date(2026, 3, 3), start=time(14))
    row = made.dates.select_related("session").get(day=date(2026, 3, 10))
    assert row.session is not None
    listed.seat(row.session, cast.hamel)
    close(cast)
    found = at_a_glance(cast.admin, NOW)
    assert [one.rhythm.pk for one in found] == [made.pk, early.pk]
    assert _days(found[0].to_settle) == [("03-10", "Travaux")]
    assert _days(found[0].skipped)[0] == ("03-17", "Travaux")


def test_what_ended_comes_last(cast: Cast) -> None:
    gone = _made(cast, label="Groupe A", recurrence=Recurrence((Weekday.TUESDAY,), times=1))
    going = _made(cast, label="Groupe D", start=time(14))
    with time_machine.travel(paris("2026-03-04 09:00"), tick=False):
        found = at_a_glance(cast.admin, paris("2026-03-04 09:00"))
    assert [(one.rhythm.pk, one.ended) for one in found] == [(going.pk, False), (gone.pk, True)]


@pytest.mark.parametrize("how", [{"times": 2}, {"until": date(2027, 1, 1)}, {}])
def test_what_begins_beyond_what_is_published_has_not_ended(
    cast: Cast, how: dict[str, Any]
) -> None:
    made = _made(
        cast, first_day=date(2026, 12, 1), recurrence=Recurrence((Weekday.TUESDAY,), **how)
    )
    assert made.published_until is not None
    assert (_only(cast).ended, _only(cast).ahead) == (False, [])


def test_a_date_that_is_refused_but_to_come_is_no_end(cast: Cast) -> None:
    made = _made(cast, recurrence=Recurrence((Weekday.TUESDAY,), times=1))
    made.dates.update(session=None, why=Why.REFUSED)
    assert not _only(cast).ended


def test_one_of_two_times_is_not_the_end(cast: Cast) -> None:
    """The second one is a year away: beyond what is published."""
    yearly = Recurrence(month_day=3, every=12, times=2)
    _made(cast, recurrence=yearly, first_day=date(2026, 3, 3))
    after = paris("2026-03-04 09:00")
    with time_machine.travel(after, tick=False):
        assert [one.ended for one in at_a_glance(cast.admin, after)] == [False]


def test_one_sees_those_of_the_partners_that_one_manages(cast: Cast) -> None:
    ours, theirs = rhythm(cast.ours, label="Groupe A"), rhythm(cast.theirs, label="Groupe D")
    seen = {
        who: {one.rhythm.pk for one in at_a_glance(getattr(cast, who), NOW)}
        for who in ("coordinator", "admin", "stranger", "doctor", "observer")
    }
    assert seen == {
        "coordinator": {ours.pk, theirs.pk},
        "admin": {ours.pk},
        "stranger": {theirs.pk},
        "doctor": set(),
        "observer": set(),
    }


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_queries_for_one_as_for_three(
    cast: Cast, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(count):
        who = factories.practitioner(cast.ours)
        _made(cast, label=f"Groupe {n}", recurrence=MONDAYS, practitioners=[who])
    # Memberships, rhythms, who leads them, next dates, their sessions, dates not as usual.
    with django_assert_num_queries(6):
        at_a_glance(cast.admin, NOW)
