from __future__ import annotations

import re
from datetime import date, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking import actions
from booking.errors import NotAllowed
from booking.models import Session
from calendars.dates import begins
from calendars.models import RhythmDate, Treatment
from calendars.publish import publish
from calendars.recurrence import Recurrence, Weekday
from calendars.skipping import reason
from tests import factories
from tests.calendars.test_rhythms import rhythm
from tests.cast import Cast
from tests.factories import PARIS, paris

pytestmark = pytest.mark.django_db
NOW = paris("2026-02-01 09:00")
SUMMER = paris("2026-07-01 00:00")


def local(session: Session) -> str:
    return f"{session.starts_at.astimezone(PARIS):%m-%d %H:%M}"


def test_publishing_opens_the_sessions_with_all_that_the_rhythm_says(cast: Cast) -> None:
    made = rhythm(cast.ours, practitioners=[cast.practitioner], allowance=2)
    done = publish(rhythm=made, until=paris("2026-03-17 00:00"), now=NOW, by=cast.admin)
    assert [local(one) for one in done.opened] == ["03-03 18:00", "03-10 18:00"]
    assert done.skipped == []
    first = Session.objects.get(pk=done.opened[0].pk)
    assert (first.venue, first.capacity, first.allowance) == (cast.venue, 8, 2)
    assert list(first.practitioners.all()) == [cast.practitioner]
    assert first.ends_at - first.starts_at == timedelta(hours=2)


def test_publishing_twice_writes_nothing(cast: Cast) -> None:
    opening = rhythm(
        cast.ours, slot_minutes=45, minutes=210, capacity=1, practitioners=[cast.practitioner]
    )
    publish(rhythm=opening, until=SUMMER, now=NOW, by=None)
    before = Session.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        again = publish(rhythm=opening, until=SUMMER, now=NOW, by=None)
    writes = [q["sql"] for q in queries if re.match(r"\s*(INSERT|UPDATE|DELETE)", q["sql"])]
    assert (writes, again.opened, Session.objects.count()) == ([], [], before)
    assert len(queries) < 12


def test_a_later_horizon_adds_only_what_is_missing(cast: Cast) -> None:
    made = rhythm(cast.ours)
    publish(rhythm=made, until=paris("2026-03-17 00:00"), now=NOW, by=None)
    done = publish(rhythm=made, until=paris("2026-03-31 00:00"), now=NOW, by=None)
    assert [local(one) for one in done.opened] == ["03-17 18:00", "03-24 18:00"]


def test_a_date_that_was_moved_or_cancelled_does_not_come_back(cast: Cast) -> None:
    made = rhythm(cast.ours)
    done = publish(rhythm=made, until=paris("2026-03-17 00:00"), now=NOW, by=None)
    moved, cancelled = done.opened
    Session.objects.filter(pk=moved.pk).update(
        starts_at=moved.starts_at + timedelta(days=1), ends_at=moved.ends_at + timedelta(days=1)
    )
    actions.cancel_session(by=None, now=NOW, session=cancelled)
    again = publish(rhythm=made, until=paris("2026-03-17 00:00"), now=NOW, by=None)
    assert (again.opened, Session.objects.count()) == ([], 2)


def test_an_opening_is_cut_into_slots_and_a_short_rest_is_left(cast: Cast) -> None:
    opening = rhythm(
        cast.ours,
        start=time(9),
        minutes=200,
        slot_minutes=45,
        gap_minutes=10,
        capacity=1,
        practitioners=[cast.practitioner],
        recurrence=Recurrence((Weekday.MONDAY,), times=1),
    )
    done = publish(rhythm=opening, until=SUMMER, now=NOW, by=None)
    assert [local(one)[6:] for one in done.opened] == ["09:00", "09:55", "10:50"]
    assert done.opened[-1].ends_at == paris("2026-03-02 11:35")


def test_ten_times_give_ten_sessions_after_a_holiday_that_says_why(cast: Cast) -> None:
    mondays = Recurrence((Weekday.MONDAY,), times=10)
    made = rhythm(cast.ours, recurrence=mondays, first_day=date(2026, 3, 30))
    done = publish(rhythm=made, until=SUMMER, now=NOW, by=None)
    assert len(done.opened) == 10
    skipped = [(begins(one), str(reason(one.why, one.name))) for one in done.skipped]
    assert [day.date() for day, _ in skipped] == [date(2026, 4, 6), date(2026, 5, 25)]
    assert "Lundi de Pâques" in skipped[0][1]
    assert local(done.opened[-1]) == "06-15 18:00"


def test_holidays_are_held_when_asked(cast: Cast) -> None:
    mondays = Recurrence((Weekday.MONDAY,), times=2)
    made = rhythm(
        cast.ours, recurrence=mondays, first_day=date(2026, 3, 30), public_holidays=Treatment.HOLD
    )
    done = publish(rhythm=made, until=SUMMER, now=NOW, by=None)
    assert [local(one) for one in done.opened] == ["03-30 18:00", "04-06 18:00"]


def test_a_busy_practitioner_skips_one_date_and_the_next_run_takes_it(cast: Cast) -> None:
    other = factories.session(
        cast.ours, paris("2026-03-10 17:00"), practitioners=[cast.practitioner]
    )
    made = rhythm(
        cast.ours,
        practitioners=[cast.practitioner],
        recurrence=Recurrence((Weekday.TUESDAY,), times=3),
    )
    done = publish(rhythm=made, until=SUMMER, now=NOW, by=None)
    assert [local(one) for one in done.opened] == ["03-03 18:00", "03-17 18:00"]
    assert [begins(one) for one in done.skipped] == [paris("2026-03-10 18:00")]
    actions.cancel_session(by=None, now=NOW, session=other)
    again = publish(rhythm=made, until=SUMMER, now=NOW, by=None)
    assert [local(one) for one in again.opened] == ["03-10 18:00"]


def test_dates_already_past_are_not_opened(cast: Cast) -> None:
    made = rhythm(cast.ours)
    done = publish(
        rhythm=made, until=paris("2026-03-25 00:00"), now=paris("2026-03-17 18:00"), by=None
    )
    assert [local(one) for one in done.opened] == ["03-24 18:00"]


def test_only_who_manages_the_partner_publishes(cast: Cast) -> None:
    made = rhythm(cast.ours)
    with pytest.raises(NotAllowed):
        publish(rhythm=made, until=SUMMER, now=NOW, by=cast.stranger)
    assert RhythmDate.objects.count() == 0
