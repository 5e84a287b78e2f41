from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation
from schedule.models import Calendar, Event, Rule  # noqa: TID251 - looks behind the door

from booking import actions
from booking.errors import Invalid
from booking.models import Partner
from calendars.actions import open_rhythm
from calendars.models import Rhythm
from calendars.recurrence import Nth, Recurrence, Weekday
from calendars.rhythms import change_event, delete_event, first_start, occurrences, recurrence_of
from tests import factories
from tests.cast import Cast
from tests.factories import PARIS, paris

pytestmark = pytest.mark.django_db
TUESDAYS = Recurrence((Weekday.TUESDAY,))


def rhythm(of: Partner, **fields: Any) -> Rhythm:
    """Tuesdays at 18:00 from 3 March 2026, two hours, unless told."""
    values: dict[str, Any] = {
        "service": factories.service(),
        "venue": of.venues.first() or factories.venue(of),
        "label": "Groupe B",
        "first_day": date(2026, 3, 1),
        "start": time(18),
        "minutes": 120,
        "recurrence": TUESDAYS,
        "capacity": 8,
        **fields,
    }
    return open_rhythm(by=None, now=paris("2026-02-01 09:00"), partner=of, **values)


def reread(made: Rhythm) -> Rhythm:
    return Rhythm.objects.select_related("event__rule").get(pk=made.pk)


def starts(made: Rhythm, since: datetime, until: datetime) -> list[str]:
    return [f"{one.start:%m-%d %H:%M %Z}" for one in occurrences(reread(made), since, until)]


@pytest.mark.parametrize("zone", ["UTC", "America/Cayenne", "Europe/Paris", "Pacific/Auckland"])
def test_a_weekly_evening_stays_at_18_across_both_clock_changes(cast: Cast, zone: str) -> None:
    made = rhythm(cast.ours)
    there = ZoneInfo(zone)
    spring = (paris("2026-03-24 00:00"), paris("2026-04-01 00:00"))
    autumn = (paris("2026-10-20 00:00"), paris("2026-10-28 00:00"))
    in_spring = starts(made, *(bound.astimezone(there) for bound in spring))
    in_autumn = starts(made, *(bound.astimezone(there) for bound in autumn))
    assert in_spring == ["03-24 18:00 CET", "03-31 18:00 CEST"]
    assert in_autumn == ["10-20 18:00 CEST", "10-27 18:00 CET"]


def test_a_clock_change_that_the_library_does_not_know_is_counted_too(cast: Cast) -> None:
    # Its time zones end in 2037.
    since = paris("2041-06-30 00:00")
    [one] = occurrences(rhythm(cast.ours), since, since + timedelta(days=7))
    assert one.start.astimezone(UTC).isoformat() == "2041-07-02T16:00:00+00:00"


@pytest.mark.parametrize(
    "how",
    [
        TUESDAYS,
        Recurrence((Weekday.MONDAY, Weekday.THURSDAY), every=2, times=10),
        Recurrence(tuple(Weekday), every=12),
        Recurrence(month_day=31, every=3, until=date(2027, 3, 1)),
        Recurrence(month_day=-1, times=200),
        Recurrence((Weekday.FRIDAY,), nth=Nth.LAST),
        Recurrence((Weekday.SUNDAY,), every=12, nth=Nth.SECOND, until=date(2030, 3, 1)),
    ],
)
def test_a_rule_that_is_written_is_read_back(cast: Cast, how: Recurrence) -> None:
    made = reread(rhythm(cast.ours, recurrence=how))
    assert recurrence_of(made) == how
    assert first_start(made).date() == how.first_on_or_after(date(2026, 3, 1))


def test_several_weekdays_are_kept_by_their_letters(cast: Cast) -> None:
    made = rhythm(cast.ours, recurrence=Recurrence((Weekday.THURSDAY, Weekday.MONDAY)))
    assert made.event.rule.params == "interval:1;byweekday:MO,TH"
    since = paris("2026-03-01 00:00")
    days = [one[:5] for one in starts(made, since, since + timedelta(days=12))]
    assert days == ["03-02", "03-05", "03-09", "03-12"]


def test_the_last_friday_is_the_fifth_or_the_fourth(cast: Cast) -> None:
    fridays = Recurrence((Weekday.FRIDAY,), nth=Nth.LAST)
    made = rhythm(cast.ours, recurrence=fridays)
    assert made.event.rule.params == "interval:1;byweekday:FR;bysetpos:-1"
    since = paris("2026-03-01 00:00")
    days = [one[:5] for one in starts(made, since, since + timedelta(days=120))]
    assert days == ["03-27", "04-24", "05-29", "06-26"]


def test_the_last_day_is_included_at_any_hour(cast: Cast) -> None:
    recurrence = Recurrence((Weekday.TUESDAY,), until=date(2026, 3, 17))
    made = rhythm(cast.ours, recurrence=recurrence, start=time(0), minutes=60)
    since = paris("2026-03-01 00:00")
    assert starts(made, since, since + timedelta(days=60)) == [
        "03-03 00:00 CET",
        "03-10 00:00 CET",
        "03-17 00:00 CET",
    ]


def test_a_rhythm_that_was_ended_has_no_date_from_that_day_on(cast: Cast) -> None:
    made = rhythm(cast.ours)
    made.ended_on = date(2026, 3, 17)
    since = paris("2026-03-01 00:00")
    found = occurrences(made, since, since + timedelta(days=60))
    assert [one.start.day for one in found] == [3, 10]
    assert occurrences(made, paris("2026-03-17 00:00"), paris("2026-04-01 00:00")) == []


def test_a_session_that_still_runs_is_not_in_the_window(cast: Cast) -> None:
    made = rhythm(cast.ours)
    tuesday = paris("2026-03-10 18:30")
    assert starts(made, tuesday, tuesday + timedelta(days=7)) == ["03-17 18:00 CET"]


def test_the_bounds_are_half_open(cast: Cast) -> None:
    made = rhythm(cast.ours)
    tuesday = paris("2026-03-10 18:00")
    assert starts(made, tuesday, tuesday + timedelta(days=7)) == ["03-10 18:00 CET"]
    assert starts(made, tuesday, tuesday) == []


def test_another_form_counts_from_its_first_day(cast: Cast) -> None:
    made = rhythm(cast.ours)
    fortnightly = Recurrence((Weekday.THURSDAY,), every=2, until=date(2026, 6, 1))
    change_event(
        made, first_day=date(2026, 4, 1), start=time(9, 30), minutes=60, recurrence=fortnightly
    )
    assert recurrence_of(reread(made)) == fortnightly
    since = paris("2026-03-01 00:00")
    assert starts(made, since, since + timedelta(days=50)) == [
        "04-02 09:30 CEST",
        "04-16 09:30 CEST",
    ]
    assert (Event.objects.count(), Rule.objects.count()) == (1, 1)


def test_nothing_of_a_deleted_rhythm_stays_behind_the_door(cast: Cast) -> None:
    made = rhythm(cast.ours)
    event = made.event
    made.delete()
    delete_event(event)
    assert (Event.objects.count(), Rule.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("frequency", "params"),
    [
        ("DAILY", "byhour:8,9,10"),
        ("SECONDLY", ""),
        ("WEEKLY", "interval:99;byweekday:TU"),
        ("WEEKLY", "interval:0;byweekday:TU"),
        ("WEEKLY", "interval:1;byweekday:TU;byhour:8,9"),
        ("MONTHLY", "interval:1;byweekday:TU"),
        ("MONTHLY", "interval:1;bymonthday:45"),
        # It begins on 3 March: the library would look for the 31st of a March for 8,000 years.
        ("MONTHLY", "interval:12;bymonthday:31"),
        ("WEEKLY", "interval:1;byweekday:XX"),
    ],
)
def test_a_rule_that_was_not_made_here_is_a_clear_error(
    cast: Cast, frequency: str, params: str
) -> None:
    made = rhythm(cast.ours)
    made.event.rule.frequency, made.event.rule.params = frequency, params
    with translation.override("en"), pytest.raises(Invalid, match="not made here"):
        occurrences(made, paris("2026-03-01 00:00"), paris("2026-03-02 00:00"))


_START = paris("2026-03-01 00:00")
_FAR = datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (_START, _START + timedelta(days=401)),
        (_START, _FAR),
        (_FAR - timedelta(days=1), _FAR),
        (datetime.min.replace(tzinfo=PARIS), _START),
        (_START, _START - timedelta(seconds=1)),
        (_START.replace(tzinfo=None), _START),
        (_START, _START.replace(tzinfo=None)),
    ],
)
def test_a_window_beyond_reason_is_refused_before_anything_is_counted(
    cast: Cast, since: datetime, until: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = rhythm(cast.ours)
    monkeypatch.setattr(Event, "get_rrule_object", lambda *_args: pytest.fail("counted"))
    with pytest.raises(Invalid):
        occurrences(made, since, until)


def test_no_window_holds_more_than_a_date_a_day(cast: Cast) -> None:
    daily = reread(rhythm(cast.ours, recurrence=Recurrence(tuple(Weekday))))
    # Far from the first one: it is not counted from there.
    since = paris("2098-03-01 00:00")
    with CaptureQueriesContext(connection) as queries:
        found = occurrences(daily, since, since + timedelta(days=400))
    assert (len(found), len(queries)) == (400, 0)


def test_partners_and_openings_have_calendars_and_each_rhythm_a_rule(cast: Cast) -> None:
    group, again = rhythm(cast.ours), rhythm(cast.ours, start=time(9))
    opening = rhythm(cast.ours, slot_minutes=45, practitioners=[cast.practitioner], capacity=1)
    slugs = [one.event.calendar.slug for one in (group, again, opening)]
    ours = f"partner-{cast.ours.pk}"
    assert slugs == [ours, ours, f"practitioner-{cast.practitioner.pk}"]
    assert Rule.objects.count() == 3


def test_whoever_is_added_has_a_calendar_from_the_beginning() -> None:
    now = paris("2026-02-01 09:00")
    partner = actions.add_partner(
        by=None, now=now, name="Le Phare", slug="le-phare", department="95", phone="01 99 00 00 01"
    )
    leader = actions.add_practitioner(by=None, now=now, partner=partner, name="Dr Morel")
    names = {f"partner-{partner.pk}", f"practitioner-{leader.pk}"}
    assert set(Calendar.objects.values_list("slug", flat=True)) == names


def _modules(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _modules(one.url_patterns)
        else:
            yield one.callback.__module__


def test_no_address_of_the_library_is_reachable() -> None:
    found = list(_modules(get_resolver().url_patterns))
    assert found
    assert [module for module in found if module.startswith("schedule")] == []


def test_there_is_no_admin_in_which_its_rows_could_be_changed() -> None:
    assert not apps.is_installed("django.contrib.admin")
    # It registers its models when this is imported, which only an installed admin does.
    assert "schedule.admin" not in sys.modules
