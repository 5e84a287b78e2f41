from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone as django_timezone
from schedule.models import Event, Rule  # noqa: TID251 - looks behind the door

from booking.errors import Invalid, NotAllowed
from booking.models import Partner
from calendars.actions import open_rhythm
from calendars.models import Rhythm
from calendars.recurrence import Recurrence, Weekday
from calendars.rhythms import occurrences
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


def test_several_weekdays_are_kept_by_their_letters(cast: Cast) -> None:
    made = rhythm(cast.ours, recurrence=Recurrence((Weekday.THURSDAY, Weekday.MONDAY)))
    assert made.event.rule.params == "interval:1;byweekday:MO,TH"
    since = paris("2026-03-01 00:00")
    days = [one[:5] for one in starts(made, since, since + timedelta(days=12))]
    assert days == ["03-02", "03-05", "03-09", "03-12"]


def test_the_last_day_is_included_at_any_hour(cast: Cast) -> None:
    recurrence = Recurrence((Weekday.TUESDAY,), until=date(2026, 3, 17))
    made = rhythm(cast.ours, recurrence=recurrence, start=time(0), minutes=60)
    since = paris("2026-03-01 00:00")
    assert starts(made, since, since + timedelta(days=60)) == [
        "03-03 00:00 CET",
        "03-10 00:00 CET",
        "03-17 00:00 CET",
    ]


def test_a_session_that_still_runs_is_not_in_the_window(cast: Cast) -> None:
    made = rhythm(cast.ours)
    tuesday = paris("2026-03-10 18:30")
    assert starts(made, tuesday, tuesday + timedelta(days=7)) == ["03-17 18:00 CET"]


@pytest.mark.parametrize(
    ("start", "minutes"),
    [(time(2, 30), 30), (time(1, 0), 120), (time(1, 59), 5), (time(2, 0), 5), (time(23), 120)],
)
def test_hours_that_a_clock_change_would_bend_are_refused(
    cast: Cast, start: time, minutes: int
) -> None:
    with pytest.raises(Invalid):
        rhythm(cast.ours, start=start, minutes=minutes)
    assert (Rhythm.objects.count(), Event.objects.count()) == (0, 0)


@pytest.mark.parametrize(("start", "minutes"), [(time(1), 60), (time(3), 5), (time(22), 120)])
def test_hours_beside_the_clock_change_are_taken(cast: Cast, start: time, minutes: int) -> None:
    made = rhythm(cast.ours, start=start, minutes=minutes)
    assert f"{made.event.start.astimezone(PARIS):%H:%M}" == f"{start:%H:%M}"


@pytest.mark.parametrize(
    "fields",
    [
        {"recurrence": Recurrence(())},
        {"recurrence": Recurrence((Weekday.MONDAY,), every=0)},
        {"recurrence": Recurrence((Weekday.MONDAY,), every=13)},
        {"recurrence": Recurrence((Weekday.MONDAY,), times=0)},
        {"recurrence": Recurrence((Weekday.MONDAY,), times=3, until=date(2026, 5, 1))},
        {"recurrence": Recurrence((Weekday.MONDAY,), until=date(2026, 2, 1))},
        {"start": time(18, 0, 30)},
        {"capacity": 0},
        {"capacity": 200, "allowance": 1},
        {"minutes": 4},
        {"gap_minutes": 5},
        {"slot_minutes": 45},
        {"slot_minutes": 121},
    ],
)
def test_a_rhythm_that_makes_no_sense_is_refused(cast: Cast, fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        rhythm(cast.ours, **fields)
    assert Event.objects.count() == 0


def test_another_partner_s_venue_is_refused(cast: Cast) -> None:
    with pytest.raises(Invalid):
        rhythm(cast.theirs, venue=cast.venue)


def test_only_who_manages_the_partner_opens_a_rhythm(cast: Cast) -> None:
    for outsider in (cast.stranger, cast.doctor, cast.observer):
        with pytest.raises(NotAllowed):
            open_rhythm(
                by=outsider,
                now=django_timezone.now(),
                partner=cast.ours,
                service=factories.service(),
                venue=cast.venue,
                label="Groupe B",
                first_day=date(2026, 3, 1),
                start=time(18),
                minutes=120,
                recurrence=TUESDAYS,
                capacity=8,
            )
    assert Rhythm.objects.count() == 0


def test_partners_and_openings_have_calendars_and_each_rhythm_a_rule(cast: Cast) -> None:
    group, again = rhythm(cast.ours), rhythm(cast.ours, start=time(9))
    opening = rhythm(cast.ours, slot_minutes=45, practitioners=[cast.practitioner], capacity=1)
    slugs = [one.event.calendar.slug for one in (group, again, opening)]
    ours = f"partner-{cast.ours.pk}"
    assert slugs == [ours, ours, f"practitioner-{cast.practitioner.pk}"]
    assert Rule.objects.count() == 3


@pytest.mark.parametrize(
    ("frequency", "params"),
    [
        ("DAILY", "byhour:8,9,10"),
        ("SECONDLY", ""),
        ("WEEKLY", "interval:99;byweekday:TU"),
        ("WEEKLY", "interval:1;byweekday:TU;byhour:8,9"),
        ("MONTHLY", "interval:1;byweekday:TU"),
        ("WEEKLY", "interval:1;byweekday:XX"),
    ],
)
def test_a_rule_that_was_not_made_here_is_a_clear_error(
    cast: Cast, frequency: str, params: str
) -> None:
    made = rhythm(cast.ours)
    made.event.rule.frequency, made.event.rule.params = frequency, params
    with pytest.raises(Invalid, match="not made here"):
        occurrences(made, paris("2026-03-01 00:00"), paris("2026-03-02 00:00"))


def test_bounds_without_a_zone_are_refused(cast: Cast) -> None:
    with pytest.raises(Invalid):
        occurrences(rhythm(cast.ours), datetime(2026, 3, 1), datetime(2026, 4, 1))  # noqa: DTZ001
