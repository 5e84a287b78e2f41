"""What becomes of dates that were published, when a closure, an absence, the rhythm or somebody
changes them."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking import actions
from booking.models import Session
from booking.models.programme import ProgrammeKind
from booking.models.session import SessionState
from calendars.models import Closure, Rhythm, RhythmDate, Treatment, Why
from calendars.publish import Published, publish
from calendars.recurrence import Recurrence, Weekday
from calendars.rhythms import change_event
from tests import factories
from tests.calendars.test_publish import NOW, SUMMER, local, opening, said
from tests.calendars.test_rhythms import TUESDAYS, rhythm
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db
MONDAYS = Recurrence((Weekday.MONDAY,))
MONDAYS_AND_TUESDAYS = Recurrence((Weekday.MONDAY, Weekday.TUESDAY))


def run(made: Rhythm, until: str = "2026-03-17 00:00", now: Any = NOW) -> Published:
    return publish(rhythm=made, until=paris(until), now=now)


def close(start: str, end: str, **fields: Any) -> Closure:
    return Closure.objects.create(
        name="Fermeture", starts_at=paris(start), ends_at=paris(end), **fields
    )


def lift(closure: Closure) -> None:
    Closure.objects.filter(pk=closure.pk).update(lifted_at=NOW)


def dates(made: Rhythm) -> list[str]:
    """Every date that takes place, as its session is now."""
    planned = Session.objects.filter(rhythm_date__rhythm=made, state=SessionState.PLANNED)
    return [local(one) for one in planned.order_by("starts_at")]


def session_on(made: Rhythm, day: date) -> Session:
    return Session.objects.get(rhythm_date__rhythm=made, rhythm_date__day=day)


def use(session: Session) -> None:
    actions.book_seat(by=None, now=NOW, session=session, participant=factories.participant())


@pytest.mark.parametrize("whose", ["network", "partner", "venue"])
def test_a_closure_takes_back_what_nobody_used_and_its_lifting_brings_it_back(
    cast: Cast, whose: str
) -> None:
    made = rhythm(cast.ours)
    first = run(made)
    target: dict[str, dict[str, Any]] = {
        "network": {},
        "partner": {"partner": cast.ours},
        "venue": {"venue": cast.venue},
    }
    closure = close("2026-03-10 12:00", "2026-03-10 18:30", **target[whose])
    closed = run(made)
    assert (closed.discarded, dates(made)) == ([first.opened[1]], ["03-03 18:00"])
    assert said(closed.skipped) == ["03-10 18:00 closure Fermeture"]
    lift(closure)
    again = run(made)
    assert (dates(made), again.skipped) == (["03-03 18:00", "03-10 18:00"], [])
    assert again.opened != [first.opened[1]]
    assert RhythmDate.objects.count() == 2


def test_somebody_else_s_closure_changes_nothing(cast: Cast) -> None:
    made = rhythm(cast.ours, practitioners=[cast.practitioner])
    run(made)
    for fields in (
        {"partner": cast.theirs},
        {"venue": factories.venue(cast.ours)},
        {"practitioner": factories.practitioner(cast.ours)},
    ):
        close("2026-03-01 00:00", "2026-04-01 00:00", **fields)
    done = run(made)
    assert (done.discarded, done.skipped, done.warned) == ([], [], [])


def test_a_closed_date_where_somebody_sits_stays_for_somebody_to_settle(cast: Cast) -> None:
    made = rhythm(cast.ours)
    first = run(made)
    use(first.opened[1])
    closure = close("2026-03-10 00:00", "2026-03-11 00:00")
    closed = run(made)
    assert (closed.discarded, dates(made)) == ([], ["03-03 18:00", "03-10 18:00"])
    assert said(closed.to_settle) == ["03-10 18:00 closure Fermeture"]
    lift(closure)
    assert run(made).to_settle == []
    assert RhythmDate.objects.exclude(why="").count() == 0


def test_a_date_with_seats_of_its_own_is_not_taken_back(cast: Cast) -> None:
    made = rhythm(cast.ours)
    first = run(made)
    actions.change_seats(by=None, now=NOW, session=first.opened[1], capacity=12, allowance=0)
    close("2026-03-10 00:00", "2026-03-11 00:00")
    assert said(run(made).to_settle) == ["03-10 18:00 closure Fermeture"]


def test_a_closure_that_only_warns_leaves_the_session_and_says_why(cast: Cast) -> None:
    made = rhythm(cast.ours, closures=Treatment.WARN)
    close("2026-03-10 00:00", "2026-03-11 00:00")
    done = run(made)
    assert said(done.warned) == ["03-10 18:00 closure Fermeture"]
    assert dates(made) == ["03-03 18:00", "03-10 18:00"]


def test_ten_dates_are_held_after_one_is_closed_and_no_more_once_it_is_not(cast: Cast) -> None:
    made = rhythm(cast.ours, recurrence=Recurrence((Weekday.TUESDAY,), times=10))
    publish(rhythm=made, until=SUMMER, now=NOW)
    assert (len(dates(made)), dates(made)[-1]) == (10, "05-05 18:00")
    closure = close("2026-03-10 00:00", "2026-03-11 00:00")
    publish(rhythm=made, until=SUMMER, now=NOW)
    assert (len(dates(made)), dates(made)[-1]) == (10, "05-12 18:00")
    lift(closure)
    again = publish(rhythm=made, until=SUMMER, now=NOW)
    assert (len(dates(made)), dates(made)[-1]) == (10, "05-05 18:00")
    assert [local(one) for one in again.discarded] == ["05-12 18:00"]
    assert (RhythmDate.objects.count(), again.to_settle) == (10, [])


def test_the_eleventh_of_ten_stays_where_somebody_sits(cast: Cast) -> None:
    made = rhythm(cast.ours, recurrence=Recurrence((Weekday.TUESDAY,), times=2))
    closure = close("2026-03-03 00:00", "2026-03-04 00:00")
    use(run(made, "2026-03-20 00:00").opened[1])
    lift(closure)
    done = run(made, "2026-03-20 00:00")
    assert dates(made) == ["03-03 18:00", "03-10 18:00", "03-17 18:00"]
    assert said(done.to_settle) == ["03-17 18:00"]


@pytest.mark.parametrize(("closed_too", "last"), [(False, "03-17 18:00"), (True, "03-24 18:00")])
def test_a_date_cancelled_by_itself_counts_and_one_cancelled_for_a_closure_does_not(
    cast: Cast, closed_too: bool, last: str
) -> None:
    made = rhythm(cast.ours, recurrence=Recurrence((Weekday.TUESDAY,), times=3))
    use(publish(rhythm=made, until=SUMMER, now=NOW).opened[0])
    if closed_too:
        close("2026-03-03 00:00", "2026-03-04 00:00")
    actions.cancel_session(by=None, now=NOW, session=session_on(made, date(2026, 3, 3)))
    for now in (NOW, paris("2026-03-05 09:00")):
        publish(rhythm=made, until=SUMMER, now=now)
        assert dates(made)[-1] == last


def test_dates_of_an_earlier_form_count_among_ten(cast: Cast) -> None:
    made = rhythm(cast.ours, recurrence=Recurrence((Weekday.TUESDAY,), times=4))
    run(made, "2026-03-17 00:00")
    change_event(
        made,
        first_day=date(2026, 3, 17),
        start=time(17),
        minutes=120,
        recurrence=Recurrence((Weekday.THURSDAY,), times=4),
    )
    publish(rhythm=made, until=SUMMER, now=NOW)
    expected = ["03-03 18:00", "03-10 18:00", "03-19 17:00", "03-26 17:00"]
    assert dates(made) == expected
    publish(rhythm=made, until=SUMMER, now=paris("2026-03-20 09:00"))
    assert dates(made) == expected


def test_a_date_that_was_refused_keeps_its_place_among_ten(cast: Cast) -> None:
    leader = [cast.practitioner]
    factories.session(cast.ours, paris("2026-03-10 17:00"), practitioners=leader)
    made = rhythm(
        cast.ours, practitioners=leader, recurrence=Recurrence((Weekday.TUESDAY,), times=3)
    )
    for now in (NOW, paris("2026-03-12 09:00")):
        publish(rhythm=made, until=SUMMER, now=now)
        assert dates(made) == ["03-03 18:00", "03-17 18:00"]


def test_what_was_decided_for_one_date_stays_whatever_becomes_of_the_rhythm(cast: Cast) -> None:
    made = rhythm(cast.ours)
    moved, cancelled, longer = run(made, "2026-03-20 00:00").opened
    actions.move_session(
        by=None,
        now=NOW,
        session=moved,
        starts_at=paris("2026-03-04 10:00"),
        ends_at=paris("2026-03-04 12:00"),
    )
    actions.cancel_session(by=None, now=NOW, session=cancelled)
    actions.move_session(
        by=None,
        now=NOW,
        session=longer,
        starts_at=longer.starts_at,
        ends_at=longer.ends_at + timedelta(hours=1),
    )
    stays = ["03-04 10:00", "03-17 18:00"]
    assert (run(made, "2026-03-20 00:00").opened, dates(made)) == ([], stays)
    # The rhythm has another hour and another length since.
    Rhythm.objects.filter(pk=made.pk).update(minutes=60)
    change_event(
        made,
        first_day=date(2026, 3, 1),
        start=time(20),
        minutes=60,
        recurrence=MONDAYS_AND_TUESDAYS,
    )
    close("2026-03-17 00:00", "2026-03-18 00:00")
    done = run(made, "2026-03-20 00:00")
    assert dates(made) == [
        "03-02 20:00",
        "03-04 10:00",
        "03-09 20:00",
        "03-16 20:00",
        "03-17 18:00",
    ]
    longer.refresh_from_db()
    assert longer.ends_at - longer.starts_at == timedelta(hours=3)
    assert (done.discarded, Session.objects.filter(state=SessionState.CANCELLED).count()) == ([], 1)


def test_a_date_that_was_skipped_takes_the_new_hour(cast: Cast) -> None:
    made = rhythm(cast.ours)
    closure = close("2026-03-10 00:00", "2026-03-11 00:00")
    run(made)
    change_event(made, first_day=date(2026, 3, 4), start=time(20), minutes=120, recurrence=TUESDAYS)
    assert said(run(made).skipped) == ["03-10 20:00 closure Fermeture"]
    lift(closure)
    run(made)
    assert dates(made) == ["03-03 18:00", "03-10 20:00"]
    assert RhythmDate.objects.count() == 2


def test_a_reason_for_a_day_that_is_the_rhythm_s_no_more_is_forgotten(cast: Cast) -> None:
    made = rhythm(cast.ours, recurrence=MONDAYS, first_day=date(2026, 3, 30))
    assert said(run(made, "2026-04-10 00:00").skipped) == [
        "04-06 18:00 public_holiday Lundi de Pâques"
    ]
    change_event(
        made, first_day=date(2026, 3, 31), start=time(18), minutes=120, recurrence=TUESDAYS
    )
    run(made, "2026-04-10 00:00")
    assert dates(made) == ["03-30 18:00", "03-31 18:00", "04-07 18:00"]
    assert RhythmDate.objects.filter(session=None).count() == 0


def test_an_opening_that_is_closed_for_a_part_loses_those_slots(cast: Cast) -> None:
    made = opening(cast)
    run(made, "2026-03-03 00:00")
    closure = close("2026-03-02 10:00", "2026-03-02 10:10")
    closed = run(made, "2026-03-03 00:00")
    assert dates(made) == ["03-02 09:00", "03-02 10:50"]
    assert said(closed.skipped) == ["03-02 09:55 closure Fermeture"]
    lift(closure)
    run(made, "2026-03-03 00:00")
    assert dates(made) == ["03-02 09:00", "03-02 09:55", "03-02 10:50"]


def test_an_opening_that_is_closed_as_a_whole_says_so_once(cast: Cast) -> None:
    made = opening(cast)
    run(made, "2026-03-03 00:00")
    closure = close("2026-03-02 00:00", "2026-03-03 00:00", practitioner=cast.practitioner)
    closed = run(made, "2026-03-03 00:00")
    assert (dates(made), len(closed.discarded)) == ([], 3)
    assert said(closed.skipped) == ["03-02 09:00 absence Fermeture"]
    # From the morning on it is still one row.
    later = run(made, "2026-03-03 00:00", paris("2026-03-02 09:30"))
    assert (later.opened, RhythmDate.objects.count()) == ([], 1)
    lift(closure)
    run(made, "2026-03-03 00:00")
    assert dates(made) == ["03-02 09:00", "03-02 09:55", "03-02 10:50"]


def test_a_closed_opening_keeps_the_slot_where_somebody_sits(cast: Cast) -> None:
    made = opening(cast)
    use(run(made, "2026-03-03 00:00").opened[1])
    close("2026-03-02 00:00", "2026-03-03 00:00")
    done = run(made, "2026-03-03 00:00")
    assert (dates(made), len(done.discarded)) == (["03-02 09:55"], 2)
    assert said(done.to_settle) == ["03-02 09:55 closure Fermeture"]
    assert said(done.skipped) == [
        "03-02 09:00 closure Fermeture",
        "03-02 10:50 closure Fermeture",
    ]
    again = run(made, "2026-03-03 00:00")
    assert (said(again.skipped), again.discarded) == (said(done.skipped), [])


def test_an_absence_from_the_afternoon_of_a_day_that_has_begun(cast: Cast) -> None:
    made = opening(cast)
    run(made, "2026-03-03 00:00")
    close("2026-03-02 10:45", "2026-03-03 00:00", practitioner=cast.practitioner)
    done = run(made, "2026-03-03 00:00", paris("2026-03-02 09:30"))
    assert dates(made) == ["03-02 09:00", "03-02 09:55"]
    assert said(done.skipped) == ["03-02 10:50 absence Fermeture"]


def test_new_slots_leave_room_for_the_old_ones_that_stay(cast: Cast) -> None:
    made = opening(cast)
    first, second, third = run(made, "2026-03-03 00:00").opened
    use(first)
    actions.cancel_session(by=None, now=NOW, session=second)
    actions.discard_sessions(by=None, now=NOW, sessions=[third])
    RhythmDate.objects.filter(session=third).delete()
    Rhythm.objects.filter(pk=made.pk).update(slot_minutes=30, gap_minutes=0)
    run(made, "2026-03-03 00:00")
    # 9:00 to 9:45 is taken, and 9:55 to 10:40 was cancelled; slots of the half hour between them.
    assert dates(made) == ["03-02 09:00", "03-02 11:00", "03-02 11:30"]


def test_two_lead_and_when_one_is_absent_the_other_does(cast: Cast) -> None:
    other = factories.practitioner(cast.ours)
    made = rhythm(cast.ours, practitioners=[cast.practitioner, other])
    run(made, "2026-03-10 00:00")
    closure = close("2026-03-03 00:00", "2026-03-11 00:00", practitioner=cast.practitioner)
    done = run(made)
    assert said(done.warned) == ["03-03 18:00 absence Fermeture", "03-10 18:00 absence Fermeture"]
    assert leading(made) == [[other], [other]]
    assert (len(done.discarded), len(done.opened)) == (1, 2)
    lift(closure)
    run(made)
    both = [cast.practitioner, other]
    assert leading(made) == [both, both]
    use(session_on(made, date(2026, 3, 3)))
    close("2026-03-03 00:00", "2026-03-11 00:00", practitioner=cast.practitioner)
    assert (run(made).to_settle, leading(made)) == ([], [both, [other]])


def leading(made: Rhythm) -> list[list[Any]]:
    planned = Session.objects.filter(rhythm_date__rhythm=made, state=SessionState.PLANNED)
    return [list(one.practitioners.order_by("pk")) for one in planned.order_by("starts_at")]


def test_when_both_are_absent_nobody_leads(cast: Cast) -> None:
    other = factories.practitioner(cast.ours)
    made = rhythm(cast.ours, practitioners=[cast.practitioner, other], closures=Treatment.HOLD)
    run(made)
    for leader in (cast.practitioner, other):
        close("2026-03-03 00:00", "2026-03-04 00:00", practitioner=leader)
    done = run(made)
    assert (dates(made), said(done.skipped)) == (
        ["03-10 18:00"],
        ["03-03 18:00 absence Fermeture"],
    )


def test_a_session_handed_to_somebody_else_outlives_the_absence(cast: Cast) -> None:
    made = rhythm(cast.ours, practitioners=[cast.practitioner])
    run(made, "2026-03-10 00:00")
    RhythmDate.objects.update(own_leaders=True)
    close("2026-03-03 00:00", "2026-03-04 00:00", practitioner=cast.practitioner)
    done = run(made, "2026-03-10 00:00")
    assert (dates(made), done.to_settle, done.discarded) == (["03-03 18:00"], [], [])


def test_a_refused_slot_of_a_day_that_is_closed_then_is_forgotten(cast: Cast) -> None:
    made = opening(cast)
    factories.session(
        cast.ours,
        paris("2026-03-02 10:00"),
        practitioners=[cast.practitioner],
        ends_at=paris("2026-03-02 10:30"),
    )
    done = run(made, "2026-03-03 00:00")
    assert said(done.skipped) == ["03-02 09:55 refused PractitionerBusy"]
    close("2026-03-02 00:00", "2026-03-03 00:00")
    run(made, "2026-03-03 00:00")
    assert list(RhythmDate.objects.values_list("why", flat=True)) == [Why.CLOSURE]


@pytest.mark.parametrize("noted", [True, False])
def test_all_is_locked_in_the_one_order_before_anything_is_taken_back(
    cast: Cast, noted: bool
) -> None:
    group = factories.programme(cast.ours, ProgrammeKind.OPEN_GROUP)
    made = rhythm(
        cast.ours,
        practitioners=[cast.practitioner],
        programme=group,
        recurrence=Recurrence((Weekday.TUESDAY,), times=3),
    )
    closure = close("2026-03-10 00:00", "2026-03-11 00:00")
    if noted:
        lift(closure)
    publish(rhythm=made, until=SUMMER, now=NOW)
    Closure.objects.update(lifted_at=None if noted else NOW)
    with CaptureQueriesContext(connection) as queries:
        done = publish(rhythm=made, until=SUMMER, now=NOW)
    assert (len(done.opened), len(done.discarded)) == (1, 1)
    locks = [q["sql"].split('FROM "')[-1] for q in queries if q["sql"].endswith("NO KEY UPDATE")]
    first = dict.fromkeys(lock.split('"')[0] for lock in locks if not lock.startswith("SELECT"))
    order = ["booking_practitioner", "booking_programme", "booking_session"]
    assert [one for one in first if one in order] == (
        order if connection.vendor == "postgresql" else []
    )
