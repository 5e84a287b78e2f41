from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking import actions
from booking.errors import Invalid, NotAllowed
from booking.models import AvoidancePair, Practitioner, Seat, Session
from booking.models.language import Language
from booking.models.partner import ServiceFamily
from booking.models.programme import ProgrammeKind
from calendars.dates import begins
from calendars.models import Rhythm, RhythmDate, Treatment
from calendars.publish import horizon, publish
from calendars.recurrence import Nth, Recurrence, Weekday
from tests import factories
from tests.calendars.test_rhythms import rhythm
from tests.cast import Cast
from tests.factories import PARIS, paris

pytestmark = pytest.mark.django_db
NOW = paris("2026-02-01 09:00")
SUMMER = paris("2026-07-01 00:00")
WRITES = ("INSERT", "UPDATE", "DELETE")


def local(session: Session) -> str:
    return f"{session.starts_at.astimezone(PARIS):%m-%d %H:%M}"


def said(rows: list[RhythmDate]) -> list[str]:
    return [f"{begins(row):%m-%d %H:%M} {row.why} {row.name}".strip() for row in rows]


def opening(cast: Cast, **fields: Any) -> Rhythm:
    """Mondays 9:00 to 12:20, slots of 45 minutes and 10 minutes between them: three."""
    values: dict[str, Any] = {
        "start": time(9),
        "minutes": 200,
        "slot_minutes": 45,
        "gap_minutes": 10,
        "capacity": 1,
        "practitioners": [cast.practitioner],
        "recurrence": Recurrence((Weekday.MONDAY,)),
        **fields,
    }
    return rhythm(cast.ours, **values)


def writes(queries: CaptureQueriesContext) -> list[str]:
    return [q["sql"] for q in queries if q["sql"].lstrip().upper().startswith(WRITES)]


def test_publishing_opens_the_sessions_with_all_that_the_rhythm_says(cast: Cast) -> None:
    made = rhythm(
        cast.ours,
        practitioners=[cast.practitioner],
        allowance=2,
        pause_minutes=10,
        language=Language.TAMIL,
        interpreter=Language.ENGLISH,
        open_to_network=False,
    )
    done = publish(rhythm=made, until=paris("2026-03-17 00:00"), now=NOW, by=cast.admin)
    assert [local(one) for one in done.opened] == ["03-03 18:00", "03-10 18:00"]
    assert (done.skipped, done.warned, done.to_settle, done.discarded) == ([], [], [], [])
    first = Session.objects.get(pk=done.opened[0].pk)
    assert (first.venue, first.capacity, first.allowance) == (cast.venue, 8, 2)
    assert (first.language, first.interpreter, first.open_to_network) == ("ta", "en", False)
    assert (first.pause_minutes, list(first.practitioners.all())) == (10, [cast.practitioner])
    assert first.ends_at - first.starts_at == timedelta(hours=2)


def test_slots_are_for_every_service_that_was_named(cast: Cast) -> None:
    made = opening(cast, also_for=[factories.service(ServiceFamily.SOCIAL)])
    done = publish(rhythm=made, until=paris("2026-03-03 00:00"), now=NOW)
    assert {one.purpose for one in done.opened} == {made.purpose}
    assert made.purpose is not None


@pytest.mark.parametrize("weeks", [1, 30])
def test_publishing_asks_as_often_for_one_date_as_for_thirty(cast: Cast, weeks: int) -> None:
    # A savepoint each for publish and open_sessions, the rights none: the rhythm, the practitioners,
    # the closures, the rows; then what open_sessions asks; the rows and the horizon.
    made = rhythm(cast.ours, practitioners=[cast.practitioner])
    until = paris("2026-03-03 00:00") + timedelta(weeks=weeks)
    with CaptureQueriesContext(connection) as queries:
        publish(rhythm=made, until=until, now=NOW)
    assert len(queries) <= 18


@pytest.mark.parametrize("kind", ["group", "opening", "counted", "monthly", "refused", "warned"])
def test_publishing_twice_writes_nothing(cast: Cast, kind: str) -> None:
    leader: dict[str, Any] = {"practitioners": [cast.practitioner]}
    kinds: dict[str, dict[str, Any]] = {
        "group": {},
        "opening": {"slot_minutes": 45, "minutes": 210, "capacity": 1, **leader},
        "counted": {"recurrence": Recurrence((Weekday.MONDAY,), times=10)},
        "monthly": {"recurrence": Recurrence((Weekday.FRIDAY,), nth=Nth.LAST)},
        "refused": leader,
        "warned": {"public_holidays": Treatment.WARN, "school_holidays": Treatment.WARN},
    }
    if kind == "refused":
        factories.session(cast.ours, paris("2026-03-10 17:00"), **leader)
    made = rhythm(cast.ours, **kinds[kind])
    publish(rhythm=made, until=SUMMER, now=NOW)
    before = (Session.objects.count(), list(RhythmDate.objects.values()))
    with CaptureQueriesContext(connection) as queries:
        again = publish(rhythm=made, until=SUMMER, now=NOW + timedelta(hours=3))
    assert (writes(queries), again.opened, again.discarded) == ([], [], [])
    assert (Session.objects.count(), list(RhythmDate.objects.values())) == before
    assert len(queries) <= (15 if kind == "refused" else 7)


def test_a_later_horizon_adds_only_what_is_missing(cast: Cast) -> None:
    made = rhythm(cast.ours)
    publish(rhythm=made, until=paris("2026-03-17 00:00"), now=NOW)
    done = publish(rhythm=made, until=paris("2026-03-31 00:00"), now=NOW)
    assert [local(one) for one in done.opened] == ["03-17 18:00", "03-24 18:00"]
    assert made.published_until == paris("2026-03-31 00:00")
    publish(rhythm=made, until=paris("2026-03-10 00:00"), now=NOW)
    made.refresh_from_db()
    assert made.published_until == paris("2026-03-31 00:00")


def test_the_horizon_is_the_same_all_day(settings: Any) -> None:
    settings.RHYTHM_HORIZON_DAYS = 180
    evening = datetime(2026, 2, 1, 22, 59, tzinfo=UTC)
    assert horizon(NOW) == horizon(evening) == paris("2026-07-31 00:00")
    assert horizon(evening + timedelta(minutes=1)) == paris("2026-08-01 00:00")


def test_rhythms_are_published_as_far_as_the_settings_say(cast: Cast, settings: Any) -> None:
    settings.RHYTHM_HORIZON_DAYS = 400
    done = publish(rhythm=rhythm(cast.ours, public_holidays=Treatment.HOLD), now=NOW)
    assert (len(done.opened), local(done.opened[-1])) == (53, "03-02 18:00")


@pytest.mark.parametrize(
    "until",
    [
        datetime.max.replace(tzinfo=UTC),
        NOW + timedelta(days=402),
        NOW - timedelta(days=2),
        datetime(2026, 3, 1),  # noqa: DTZ001 - that is the mistake
    ],
)
def test_an_end_beyond_reason_is_refused_and_nothing_written(cast: Cast, until: datetime) -> None:
    made = rhythm(cast.ours)
    with pytest.raises(Invalid):
        publish(rhythm=made, until=until, now=NOW)
    assert (RhythmDate.objects.count(), Session.objects.count()) == (0, 0)


def test_an_opening_is_cut_into_slots_and_a_short_rest_is_left(cast: Cast) -> None:
    made = opening(cast, recurrence=Recurrence((Weekday.MONDAY,), times=1))
    done = publish(rhythm=made, until=SUMMER, now=NOW)
    assert [local(one)[6:] for one in done.opened] == ["09:00", "09:55", "10:50"]
    assert done.opened[-1].ends_at == paris("2026-03-02 11:35")


def test_a_holiday_says_why_there_is_no_session(cast: Cast) -> None:
    mondays = Recurrence((Weekday.MONDAY,), times=2)
    made = rhythm(cast.ours, recurrence=mondays, first_day=date(2026, 3, 30))
    done = publish(rhythm=made, until=SUMMER, now=NOW)
    assert [local(one) for one in done.opened] == ["03-30 18:00", "04-13 18:00"]
    assert said(done.skipped) == ["04-06 18:00 public_holiday Lundi de Pâques"]


@pytest.mark.parametrize("treatment", [Treatment.WARN, Treatment.HOLD])
def test_holidays_are_held_when_asked(cast: Cast, treatment: Treatment) -> None:
    mondays = Recurrence((Weekday.MONDAY,), times=2)
    made = rhythm(
        cast.ours, recurrence=mondays, first_day=date(2026, 3, 30), public_holidays=treatment
    )
    done = publish(rhythm=made, until=SUMMER, now=NOW)
    assert [local(one) for one in done.opened] == ["03-30 18:00", "04-06 18:00"]
    warned = ["04-06 18:00 public_holiday Lundi de Pâques"]
    assert said(done.warned) == (warned if treatment == Treatment.WARN else [])


def test_a_busy_practitioner_skips_one_date_and_the_next_run_takes_it(cast: Cast) -> None:
    other = factories.session(
        cast.ours, paris("2026-03-10 17:00"), practitioners=[cast.practitioner]
    )
    made = rhythm(
        cast.ours,
        practitioners=[cast.practitioner],
        recurrence=Recurrence((Weekday.TUESDAY,), times=3),
    )
    done = publish(rhythm=made, until=SUMMER, now=NOW)
    assert [local(one) for one in done.opened] == ["03-03 18:00", "03-17 18:00"]
    assert said(done.skipped) == ["03-10 18:00 refused PractitionerBusy"]
    actions.cancel_session(by=None, now=NOW, session=other)
    again = publish(rhythm=made, until=SUMMER, now=NOW)
    assert [local(one) for one in again.opened] == ["03-10 18:00"]
    assert RhythmDate.objects.exclude(why="").count() == 0


def test_whoever_is_enrolled_sits_in_every_date_or_the_date_is_refused(cast: Cast) -> None:
    group = factories.programme(cast.ours, ProgrammeKind.CLOSED_GROUP, late_joining=True)
    made = rhythm(cast.ours, programme=group)
    publish(rhythm=made, until=paris("2026-03-10 00:00"), now=NOW)
    actions.enrol(by=None, now=NOW, programme=group, participant=cast.hamel)
    elsewhere = factories.session(cast.ours, paris("2026-03-10 18:00"))
    actions.book_seat(by=None, now=NOW, session=elsewhere, participant=cast.hamel)
    done = publish(rhythm=made, until=paris("2026-03-24 00:00"), now=NOW)
    assert [local(one) for one in done.opened] == ["03-17 18:00"]
    assert said(done.skipped) == ["03-10 18:00 refused CannotCarry"]
    assert Seat.objects.filter(session__programme=group, participant=cast.hamel).count() == 2


def test_dates_already_past_are_not_opened(cast: Cast) -> None:
    made = rhythm(cast.ours)
    done = publish(rhythm=made, until=paris("2026-03-25 00:00"), now=paris("2026-03-17 18:00"))
    assert [local(one) for one in done.opened] == ["03-24 18:00"]


def test_of_an_opening_that_has_begun_the_slots_to_come_are_opened(cast: Cast) -> None:
    done = publish(
        rhythm=opening(cast), until=paris("2026-03-03 00:00"), now=paris("2026-03-02 09:30")
    )
    assert [local(one) for one in done.opened] == ["03-02 09:55", "03-02 10:50"]


def test_a_rhythm_that_was_ended_has_no_more_sessions(cast: Cast) -> None:
    made = rhythm(cast.ours)
    Rhythm.objects.filter(pk=made.pk).update(ended_on=date(2026, 3, 10))
    done = publish(rhythm=made, until=SUMMER, now=NOW)
    assert [local(one) for one in done.opened] == ["03-03 18:00"]


def test_only_who_manages_the_partner_publishes(cast: Cast) -> None:
    made = rhythm(cast.ours)
    with pytest.raises(NotAllowed):
        publish(rhythm=made, until=SUMMER, now=NOW, by=cast.stranger)
    assert RhythmDate.objects.count() == 0


def test_a_rhythm_that_is_gone_is_a_clear_error(cast: Cast) -> None:
    made = rhythm(cast.ours)
    Rhythm.objects.filter(pk=made.pk).delete()
    with pytest.raises(Invalid):
        publish(rhythm=made, until=SUMMER, now=NOW)


@pytest.mark.parametrize("gone", ["practitioner", "service"])
def test_each_date_of_a_rhythm_that_is_not_possible_any_more_says_so(cast: Cast, gone: str) -> None:
    made = rhythm(cast.ours, practitioners=[cast.practitioner])
    publish(rhythm=made, until=paris("2026-03-10 00:00"), now=NOW)
    if gone == "service":
        cast.ours.services.remove(made.service)
    else:
        Practitioner.objects.filter(pk=cast.practitioner.pk).update(partner=cast.theirs)
    done = publish(rhythm=made, until=paris("2026-03-17 00:00"), now=NOW)
    assert (done.opened, said(done.skipped)) == ([], ["03-10 18:00 refused RhythmInvalid"])
    assert made.published_until == paris("2026-03-17 00:00")
    cast.ours.services.add(made.service)
    Practitioner.objects.filter(pk=cast.practitioner.pk).update(partner=cast.ours)
    assert len(publish(rhythm=made, until=paris("2026-03-17 00:00"), now=NOW).opened) == 1


def test_nothing_is_opened_where_nobody_could_be_seated(cast: Cast) -> None:
    made = rhythm(cast.ours)
    publish(rhythm=made, until=paris("2026-03-10 00:00"), now=NOW)
    actions.reserve_venue(by=None, now=NOW, venue=made.venue, victims_only=True)
    done = publish(rhythm=made, until=paris("2026-03-17 00:00"), now=NOW)
    assert said(done.skipped) == ["03-10 18:00 refused VictimsOnly"]
    assert (done.opened, done.discarded) == ([], [])
    actions.reserve_venue(by=None, now=NOW, venue=made.venue, victims_only=False)
    assert len(publish(rhythm=made, until=paris("2026-03-17 00:00"), now=NOW).opened) == 1


@pytest.mark.parametrize("who", ["clock", "admin", "coordinator"])
def test_a_safety_rule_is_told_by_no_refused_date_whoever_publishes(cast: Cast, who: str) -> None:
    group = factories.programme(cast.ours, ProgrammeKind.CLOSED_GROUP)
    made = rhythm(cast.ours, programme=group)
    publish(rhythm=made, until=paris("2026-03-10 00:00"), now=NOW)
    other = factories.participant()
    AvoidancePair.objects.create(
        first=min(cast.hamel, other, key=lambda one: one.pk),
        second=max(cast.hamel, other, key=lambda one: one.pk),
    )
    actions.enrol(by=None, now=NOW, programme=group, participant=cast.hamel)
    near = factories.session(cast.theirs, paris("2026-03-10 20:00"))
    actions.book_seat(by=None, now=NOW, session=near, participant=other)
    by = None if who == "clock" else getattr(cast, who)
    done = publish(rhythm=made, until=paris("2026-03-24 00:00"), now=NOW, by=by)
    assert said(done.skipped) == ["03-10 18:00 refused CannotCarry"]


def test_todays_date_that_passed_before_anything_was_published_does_not_count(cast: Cast) -> None:
    made = rhythm(cast.ours, recurrence=Recurrence((Weekday.TUESDAY,), times=3))
    expected = ["03-10 18:00", "03-17 18:00", "03-24 18:00"]
    evening = paris("2026-03-03 19:00")
    done = publish(rhythm=made, until=SUMMER, now=evening)
    assert [local(one) for one in done.opened] == expected
    again = publish(rhythm=made, until=SUMMER, now=evening + timedelta(days=1))
    assert (again.opened, again.discarded) == ([], [])
