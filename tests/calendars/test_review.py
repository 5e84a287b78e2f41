"""What a change would do is shown before it is done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking import actions
from booking.errors import BelowSeated, Invalid, NotAdvised, NotAllowed, Overlaps, PractitionerBusy
from booking.models import JournalEntry, Session
from booking.models.person import PhoneState
from booking.models.programme import ProgrammeKind
from calendars.actions import add_closure, change_rhythm
from calendars.change import Change
from calendars.errors import DateRefused, DateWarned, ReviewFirst, RhythmsOverlap
from calendars.models import Rhythm, RhythmDate, Treatment
from calendars.plan import Seated, Stays
from calendars.recurrence import Recurrence, Weekday
from calendars.review import Goes, Remains, Review, Skipped, review_change
from tests import factories
from tests.calendars.test_change_rhythm import (
    MARCH_9,
    NOW,
    THURSDAYS,
    book,
    change,
    held,
    on,
    published,
    start_of,
)
from tests.calendars.test_rhythms import rhythm
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def made(cast: Cast) -> Rhythm:
    return published(cast)


def look(made: Rhythm, seated: Seated = Seated.MOVE, by: Any = None, **values: Any) -> Review:
    what = Change(**{"from_day": MARCH_9, **values})
    return review_change(by=by, now=NOW, rhythm=made, change=what, seated=seated)


def test_it_says_what_goes_where_and_how_many_are_told(cast: Cast, made: Rhythm) -> None:
    called = factories.participant(phone_state=PhoneState.UNCONFIRMED)
    for day in (10, 17):
        book(on(made, day), cast.hamel)
        book(on(made, day), called)
    book(on(made, 10), factories.participant())
    seen = look(made, recurrence=THURSDAYS)
    assert seen.goes == (
        Goes(on(made, 10), paris("2026-03-12 18:00"), cast.venue, is_news=True),
        Goes(on(made, 17), paris("2026-03-19 18:00"), cast.venue, is_news=True),
    )
    assert (seen.taken_back, seen.by_text, seen.to_call, seen.told) == (2, 2, 1, 3)
    assert (seen.last, seen.skipped, seen.overlaps) == (date(2026, 4, 2), (), ())
    assert held(made)[1] == "03-10 18:00"


def test_it_says_what_stays_and_why(cast: Cast, made: Rhythm) -> None:
    for day in (10, 17):
        book(on(made, day))
    seen = look(made, recurrence=Recurrence((Weekday.THURSDAY,), every=2, times=5))
    assert seen.remains == (Remains(on(made, 17), Stays.NO_DATE),)
    seen = look(made, Seated.KEEP, start=time(19))
    assert seen.remains == tuple(Remains(on(made, day), Stays.KEPT) for day in (10, 17))
    assert (seen.goes, seen.told) == ((), 0)


def test_a_day_that_falls_out_is_told_and_left_to_settle(made: Rhythm) -> None:
    book(on(made, 31))
    three = Recurrence((Weekday.TUESDAY,), times=3)
    seen = look(made, recurrence=three)
    assert seen.remains == (Remains(on(made, 31), Stays.UNWANTED),)
    change(made, recurrence=three)
    assert held(made) == [f"03-{day} 18:00" for day in ("03", "10", "17", "31")]


def test_it_says_which_dates_are_skipped_and_what_overlaps(cast: Cast) -> None:
    made = published(cast, practitioners=[cast.practitioner])
    other = rhythm(
        cast.ours,
        practitioners=[cast.practitioner],
        recurrence=Recurrence((Weekday.MONDAY,), until=date(2026, 4, 30)),
    )
    add_closure(
        by=None,
        now=NOW,
        name="Travaux",
        venue=cast.venue,
        starts_at=paris("2026-03-16 00:00"),
        ends_at=paris("2026-03-17 00:00"),
    )
    seen = look(made, recurrence=Recurrence((Weekday.MONDAY,), times=6))
    assert seen.skipped == (
        Skipped(date(2026, 3, 16), "closure", "Travaux"),
        Skipped(date(2026, 4, 6), "public_holiday", "Lundi de Pâques"),
    )
    assert seen.last == date(2026, 4, 20)
    [overlap] = seen.overlaps
    assert (overlap.rhythm, overlap.first) == (other, paris("2026-03-09 18:00"))
    with pytest.raises(RhythmsOverlap):
        change(made, recurrence=Recurrence((Weekday.MONDAY,), times=6), anyway=False)
    reviewed = seen.token
    change(made, recurrence=Recurrence((Weekday.MONDAY,), times=6), anyway=False, reviewed=reviewed)
    assert "03-23 18:00" in held(made)


def test_nobody_is_told_unseen(cast: Cast, made: Rhythm) -> None:
    book(on(made, 10), cast.hamel)
    with pytest.raises(ReviewFirst) as first:
        change(made, by=cast.admin, start=time(19), anyway=False)
    assert (first.value.review.by_text, first.value.review.to_call) == (1, 0)
    assert start_of(on(made, 10)) == "03-10 18:00"
    token = first.value.review.token
    change(made, by=cast.admin, start=time(19), anyway=False, reviewed=token)
    assert held(made)[1] == "03-10 19:00"


def test_what_was_looked_at_and_is_no_longer_so_is_refused(cast: Cast, made: Rhythm) -> None:
    book(on(made, 10), cast.hamel)
    token = look(made, start=time(19)).token
    assert look(made, start=time(19)).token == token
    late = book(on(made, 10))
    with pytest.raises(Invalid):
        change(made, start=time(19), anyway=False, reviewed=token)
    actions.release_seat(by=None, now=NOW, seat=late)
    # Another change than the one that was looked at.
    with pytest.raises(Invalid):
        change(made, start=time(20), anyway=False, reviewed=token)
    change(made, start=time(19), anyway=False, reviewed=token)


def test_one_date_that_cannot_follow_refuses_the_whole(cast: Cast, made: Rhythm) -> None:
    for day in (10, 17):
        book(on(made, day), cast.hamel)
    elsewhere = factories.session(cast.theirs, paris("2026-03-17 20:00"))
    book(elsewhere, cast.hamel)
    before = [list(model.objects.values()) for model in (Session, RhythmDate, JournalEntry)]
    with pytest.raises(DateRefused, match="17/03/2026 18:00") as refused:
        change(made, start=time(19))
    assert isinstance(refused.value.reason.misfits[0].reason, Overlaps)  # type: ignore[attr-defined]
    assert before == [list(model.objects.values()) for model in (Session, RhythmDate, JournalEntry)]
    change(made, start=time(19), seated=Seated.KEEP)
    assert held(made)[1:4] == ["03-10 18:00", "03-17 18:00", "03-24 19:00"]


def test_a_practitioner_who_is_elsewhere_refuses_it_too(cast: Cast, made: Rhythm) -> None:
    book(on(made, 10))
    busy = factories.practitioner(cast.ours)
    factories.session(cast.ours, paris("2026-03-10 17:00"), practitioners=[busy])
    with pytest.raises(DateRefused) as refused:
        change(made, practitioners=[busy])
    assert isinstance(refused.value.reason, PractitionerBusy)
    # Where nobody sits the date says so, and is tried again.
    actions.cancel_session(by=None, now=NOW, session=on(made, 10))
    factories.session(cast.ours, paris("2026-03-17 17:00"), practitioners=[busy])
    change(made, practitioners=[busy])
    assert made.dates.get(day=date(2026, 3, 17)).why == "refused"


def test_a_course_beyond_its_month_is_refused_and_one_within_it_is_not(cast: Cast) -> None:
    """Five Mondays are 28 days. A Thursday each is as long, whichever goes first."""
    course = factories.programme(cast.ours, ProgrammeKind.COURSE)
    mondays = Recurrence((Weekday.MONDAY,), times=5)
    first = {"recurrence": mondays, "first_day": date(2026, 2, 9), "programme": course}
    made = published(cast, **first)
    actions.enrol(by=None, now=NOW, programme=course, participant=cast.hamel)
    thursdays = Recurrence((Weekday.THURSDAY,), times=5)
    change(made, from_day=date(2026, 2, 9), recurrence=thursdays)
    assert held(made) == [f"{day} 18:00" for day in ("02-12", "02-19", "02-26", "03-05", "03-12")]
    with pytest.raises(Invalid):
        change(made, from_day=date(2026, 2, 9), minutes=361, start=time(9))


def test_fewer_seats_than_people_are_shown_first(cast: Cast, made: Rhythm) -> None:
    for _ in range(3):
        book(on(made, 10))
    seen = look(made, capacity=2)
    assert (seen.over, seen.told) == ((on(made, 10),), 0)
    with pytest.raises(DateWarned) as refused:
        change(made, capacity=2, anyway=False)
    assert isinstance(refused.value.reason, BelowSeated)
    change(made, capacity=2, anyway=False, reviewed=seen.token)
    assert on(made, 10).capacity == 2


def test_what_is_advised_against_is_passed_by_its_own_word_only(cast: Cast, made: Rhythm) -> None:
    other = factories.participant()
    actions.keep_apart(by=None, now=NOW, first=cast.hamel, second=other)
    evening = on(made, 10)
    book(evening, cast.hamel)
    book(factories.session(cast.ours, paris("2026-03-10 21:15"), venue=cast.venue), other)
    for passed in (
        {"anyway": True},
        {"anyway": False, "reviewed": look(made, start=time(19)).token},
    ):
        with pytest.raises(DateWarned) as warned:
            change(made, by=cast.admin, start=time(19), **passed)
        assert isinstance(warned.value.reason, NotAdvised)
    change(made, by=cast.admin, start=time(19), although_advised_against=True)
    assert start_of(evening) == "03-10 19:00"


def test_raising_the_allowance_of_used_dates_needs_a_reason(cast: Cast, made: Rhythm) -> None:
    book(on(made, 10))
    with pytest.raises(DateRefused, match="motif"):
        change(made, allowance=1)
    change(made, allowance=1, reason="Une chaise de plus")
    assert on(made, 10).allowance == 1
    with pytest.raises(NotAllowed):
        change(made, by=cast.admin, allowance=2, reason="Encore une")


@pytest.mark.parametrize("who", ["stranger", "doctor", "observer"])
def test_only_who_manages_the_partner_changes_it(cast: Cast, made: Rhythm, who: str) -> None:
    with pytest.raises(NotAllowed):
        change(made, by=getattr(cast, who), start=time(19))
    with pytest.raises(NotAllowed):
        look(made, by=getattr(cast, who), start=time(19))


@pytest.mark.parametrize(
    "values",
    [
        {"from_day": date(2026, 2, 2)},
        {"from_day": date(2027, 3, 10)},
        {"start": time(2, 30)},
        {"minutes": 4},
        {"slot_minutes": 45},
        {"gap_minutes": 5},
        {"capacity": 0},
        {"recurrence": Recurrence(())},
        {"recurrence": Recurrence((Weekday.MONDAY,), until=date(2026, 3, 1))},
        {"recurrence": Recurrence((Weekday.MONDAY,), times=201)},
        {"pause_minutes": 120},
    ],
)
def test_what_makes_no_sense_is_refused(made: Rhythm, values: dict[str, Any]) -> None:
    before = list(Rhythm.objects.values())
    with pytest.raises(Invalid):
        change(made, **values)
    assert list(Rhythm.objects.values()) == before


def test_another_partners_room_is_refused(cast: Cast, made: Rhythm) -> None:
    with pytest.raises(Invalid):
        change(made, venue=factories.venue(cast.theirs))


@pytest.mark.parametrize("used", [1, 3])
def test_looking_takes_the_same_queries_whatever_it_shows(
    cast: Cast, made: Rhythm, used: int
) -> None:
    for day in (10, 17, 24)[:used]:
        book(on(made, day))
    look(made, by=cast.admin, recurrence=THURSDAYS)
    made = Rhythm.objects.select_related(
        "event__rule", "partner", "service", "venue", "programme", "purpose"
    ).get(pk=made.pk)
    with CaptureQueriesContext(connection) as queries:
        seen = look(made, by=cast.admin, recurrence=THURSDAYS)
    assert len(seen.goes) == used
    # The rhythm's form: leaders, services; what it has: closures, rows, leaders, seats and waiting
    # (who is there, who ever was); who is told; the other rhythms.
    assert len(queries) == 11


def test_treatments_alone_touch_no_date(made: Rhythm) -> None:
    book(on(made, 10))
    before = list(RhythmDate.objects.values())
    seen = look(made, weekends=Treatment.SKIP)
    assert (seen.taken_back, seen.goes, seen.remains) == (0, (), ())
    change(made, weekends=Treatment.SKIP, anyway=False)
    assert list(RhythmDate.objects.values()) == before


def test_a_key_gives_the_same_answer_twice(cast: Cast, made: Rhythm) -> None:
    book(on(made, 10), cast.hamel)
    values: dict[str, Any] = {"start": time(19), "anyway": True, "seated": Seated.MOVE}
    first, second = (
        change_rhythm(by=cast.admin, now=NOW, rhythm=made, from_day=MARCH_9, key="a-key", **values)
        for _ in range(2)
    )
    assert first == second
    assert JournalEntry.objects.filter(verb="rhythm_changed").count() == 1
