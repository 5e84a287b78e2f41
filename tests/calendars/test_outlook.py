from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking import actions
from booking.errors import Invalid, NotAllowed
from booking.models import Session
from calendars.actions import add_closure
from calendars.models import Rhythm, RhythmDate, Treatment
from calendars.publish import publish
from calendars.queries.outlook import Outlook, State, outlook
from calendars.queries.preview import Preview, preview
from calendars.recurrence import Recurrence, Weekday
from tests.calendars.test_change_rhythm import NOW, THURSDAYS, book, change, on, published
from tests.calendars.test_rhythms import rhythm
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db
JULY = paris("2026-07-01 00:00")


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def see(made: Rhythm, **values: Any) -> list[Outlook]:
    made.refresh_from_db()
    return outlook(**{"by": None, "rhythm": made, "now": NOW, "until": JULY, **values})


def short(found: list[Outlook]) -> list[tuple[str, str]]:
    return [(f"{one.start:%m-%d}", one.state) for one in found]


def test_each_date_says_what_becomes_of_it(cast: Cast) -> None:
    made = published(cast)
    book(on(made, 10), cast.hamel)
    actions.cancel_session(by=None, now=NOW, session=on(made, 17))
    actions.move_session(
        by=None, now=NOW, session=on(made, 24), starts_at=paris("2026-03-25 09:00")
    )
    day: dict[str, Any] = {
        "starts_at": paris("2026-03-31 00:00"),
        "ends_at": paris("2026-04-01 00:00"),
    }
    add_closure(by=None, now=NOW, name="Travaux", partner=cast.ours, **day)
    found = see(made)
    assert short(found) == [
        ("03-03", State.HELD),
        ("03-10", State.HELD),
        ("03-17", State.CANCELLED),
        ("03-24", State.HELD),
        ("03-31", State.SKIPPED),
        ("04-07", State.HELD),
    ]
    assert [one.session.taken for one in found if one.session] == [0, 1, 0, 0, 0]  # type: ignore[attr-defined]
    assert (found[3].own, found[4].why, found[4].name) == (("own_time",), "closure", "Travaux")
    assert not any(one.to_settle for one in found)


def test_what_should_not_take_place_and_is_used_is_to_settle(cast: Cast) -> None:
    made = published(cast)
    for day in (10, 31):
        book(on(made, day), cast.hamel)
    closed: dict[str, Any] = {
        "starts_at": paris("2026-03-10 00:00"),
        "ends_at": paris("2026-03-11 00:00"),
    }
    add_closure(by=None, now=NOW, name="Travaux", partner=cast.ours, **closed)
    change(made, recurrence=Recurrence((Weekday.TUESDAY,), times=3), anyway=False)
    settle = [(f"{one.start:%m-%d}", one.to_settle) for one in see(made)]
    assert settle == [("03-03", False), ("03-10", True), ("03-17", False), ("03-31", True)]


def test_what_is_not_published_yet_is_there_too(cast: Cast) -> None:
    made = rhythm(cast.ours, recurrence=Recurrence((Weekday.MONDAY,), times=8))
    publish(rhythm=made, now=NOW, until=paris("2026-03-20 00:00"))
    found = see(made)
    assert [one.state for one in found] == [State.HELD] * 3 + [
        State.TO_COME,
        State.TO_COME,
        State.SKIPPED,
        *[State.TO_COME] * 3,
    ]
    assert (found[5].name, found[-1].start) == ("Lundi de Pâques", paris("2026-04-27 18:00"))
    assert short(see(made, until=paris("2026-03-10 00:00"))) == [
        ("03-02", State.HELD),
        ("03-09", State.HELD),
    ]


def test_dates_of_an_earlier_form_are_as_they_were(cast: Cast) -> None:
    made = published(cast)
    change(made, from_day=date(2026, 3, 16), recurrence=THURSDAYS)
    found = see(made)
    assert [one for one, _state in short(found)] == ["03-03", "03-10", "03-19", "03-26", "04-02"]
    assert not any(one.to_settle for one in found)


@pytest.mark.parametrize("times", [2, 6])
def test_five_queries_whatever_their_number(cast: Cast, times: int) -> None:
    made = published(cast, recurrence=Recurrence((Weekday.TUESDAY,), times=times))
    see(made, by=cast.admin)
    made = Rhythm.objects.select_related("event__rule").get(pk=made.pk)
    with CaptureQueriesContext(connection) as queries:
        found = outlook(cast.admin, made, now=NOW, until=JULY)
    assert (len(found), len(queries)) == (times, 5)


def test_only_who_manages_it_looks_ahead(cast: Cast) -> None:
    made = published(cast)
    for outsider in (cast.stranger, cast.doctor, cast.observer):
        with pytest.raises(NotAllowed):
            outlook(outsider, made, now=NOW, until=JULY)


# Before anything is saved.


def draft(cast: Cast, **values: Any) -> Preview:
    given = {
        "by": cast.admin,
        "partner": cast.ours,
        "venue": cast.venue,
        "first_day": date(2026, 3, 30),
        "start": time(18),
        "minutes": 120,
        "recurrence": Recurrence((Weekday.MONDAY,), times=3),
        **values,
    }
    return preview(now=NOW, **given)


def test_a_draft_has_the_dates_that_it_will_have(cast: Cast) -> None:
    seen = draft(cast)
    assert [day.date.day for day in seen.days] == [30, 6, 13, 20]
    assert [day.verdict.name for day in seen.skipped if day.verdict] == ["Lundi de Pâques"]
    assert (seen.sessions, seen.last, seen.complete) == (3, date(2026, 4, 20), True)
    assert (Rhythm.objects.count(), RhythmDate.objects.count()) == (0, 0)
    given = {"first_day": date(2026, 3, 30), "recurrence": Recurrence((Weekday.MONDAY,), times=3)}
    made = published(cast, **given)
    held = Session.objects.filter(rhythm_date__rhythm=made).order_by("starts_at")
    assert [one.starts_at for one in held] == [
        slot.start for day in seen.days for slot in day.slots if not slot.skipped
    ]


def test_a_draft_of_an_opening_has_slots_and_says_what_it_meets(cast: Cast) -> None:
    other = rhythm(cast.ours, practitioners=[cast.practitioner])
    half: dict[str, Any] = {
        "starts_at": paris("2026-04-07 10:00"),
        "ends_at": paris("2026-04-08 00:00"),
    }
    add_closure(by=None, now=NOW, name="Réunion", partner=cast.ours, **half)
    seen = draft(
        cast,
        start=time(17),
        practitioners=[cast.practitioner],
        slot_minutes=45,
        recurrence=Recurrence((Weekday.TUESDAY,), until=date(2026, 4, 14)),
    )
    assert ([len(day.slots) for day in seen.days], seen.sessions) == ([2, 2, 2], 4)
    assert [(one.rhythm, one.dates) for one in seen.overlaps] == [(other, 2)]
    assert seen.complete


def test_a_draft_without_an_end_has_400_days(cast: Cast) -> None:
    seen = draft(cast, recurrence=Recurrence((Weekday.MONDAY,)), public_holidays=Treatment.HOLD)
    assert (len(seen.days), seen.complete) == (58, False)


@pytest.mark.parametrize(
    "values",
    [
        {"minutes": 4},
        {"start": time(2, 30)},
        {"recurrence": Recurrence(())},
        {"first_day": date(9999, 1, 1)},
    ],
)
def test_a_draft_that_makes_no_sense_is_refused(cast: Cast, values: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        draft(cast, **values)


def test_only_who_manages_the_partner_drafts(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        draft(cast, by=cast.stranger)
