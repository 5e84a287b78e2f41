"""A rhythm is another one from a day on: what nobody used is opened anew, the rest stays or follows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from booking import actions
from booking.models import JournalEntry, Participant, Practitioner, Seat, Session
from booking.models.journal import Verb
from booking.models.session import SessionState
from calendars.actions import change_rhythm, report_absence
from calendars.actions.change_rhythm import Changed
from calendars.models import Rhythm, RhythmDate, Treatment
from calendars.plan import Seated
from calendars.publish import publish
from calendars.recurrence import Recurrence, Weekday
from calendars.rhythms import first_start, recurrence_of
from sms.dispatch import dispatch_due
from sms.models import Step, Text, TextState
from tests import factories
from tests.calendars.test_rhythms import rhythm
from tests.cast import Cast
from tests.factories import PARIS, paris

pytestmark = pytest.mark.django_db
#: A Monday: texts leave.
NOW = paris("2026-02-02 10:00")
FIVE = Recurrence((Weekday.TUESDAY,), times=5)
MARCH_9 = date(2026, 3, 9)
THURSDAYS = Recurrence((Weekday.THURSDAY,), times=5)


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def made(cast: Cast) -> Rhythm:
    """Five Tuesdays at 18:00: 3, 10, 17, 24 and 31 March."""
    return published(cast)


def published(cast: Cast, **fields: Any) -> Rhythm:
    made = rhythm(cast.ours, **{"recurrence": FIVE, **fields})
    publish(rhythm=made, now=NOW)
    return made


def opening(cast: Cast, **fields: Any) -> Rhythm:
    """One Tuesday, 3 March, from 9:00 to 12:00: 9:00, 10:00, 11:00."""
    values = {"start": time(9), "minutes": 180, "slot_minutes": 60, "capacity": 1}
    one = Recurrence((Weekday.TUESDAY,), times=1)
    given = {"practitioners": [cast.practitioner], "recurrence": one, **values, **fields}
    return published(cast, **given)


def change(made: Rhythm, **values: Any) -> Changed:
    given = {"by": None, "from_day": MARCH_9, "seated": Seated.MOVE, "anyway": True, **values}
    return change_rhythm(now=NOW, rhythm=made, **given)


def held(made: Rhythm) -> list[str]:
    rows = made.dates.filter(session__state=SessionState.PLANNED).select_related("session")
    starts = [row.session.starts_at.astimezone(PARIS) for row in rows if row.session]
    return [f"{one:%m-%d %H:%M}" for one in sorted(starts)]


def on(made: Rhythm, day: int, at: time = time(18)) -> Session:
    row = made.dates.select_related("session").get(day=date(2026, 3, day), start=at)
    assert row.session is not None
    return row.session


def book(session: Session, person: Participant | None = None) -> Seat:
    who = person or factories.participant()
    return actions.book_seat(by=None, now=NOW, session=session, participant=who)


def start_of(session: Session) -> str:
    session.refresh_from_db()
    return f"{session.starts_at.astimezone(PARIS):%m-%d %H:%M}"


def writes_nothing(made: Rhythm) -> bool:
    """Whether publishing once more leaves every row as it is."""
    made.refresh_from_db()
    before = [list(model.objects.order_by("pk").values()) for model in (RhythmDate, Session)]
    publish(rhythm=made, now=NOW, until=made.published_until)
    return before == [list(m.objects.order_by("pk").values()) for m in (RhythmDate, Session)]


# What nobody used is opened anew.


def test_another_hour_from_a_day_on(made: Rhythm) -> None:
    done = change(made, start=time(19))
    assert held(made) == ["03-03 18:00", *(f"03-{day} 19:00" for day in (10, 17, 24, 31))]
    assert (done.taken_back, done.opened, done.moved) == (4, 4, ())
    assert Session.objects.filter(state=SessionState.DISCARDED).count() == 4
    assert writes_nothing(made)


def test_other_days_and_five_are_still_five(made: Rhythm) -> None:
    change(made, recurrence=THURSDAYS)
    days = ("03-03", "03-12", "03-19", "03-26", "04-02")
    assert held(made) == [f"{day} 18:00" for day in days]
    assert writes_nothing(made)


def test_everything_that_a_rhythm_says_can_change(cast: Cast, made: Rhythm) -> None:
    elsewhere, other = factories.venue(cast.ours), factories.practitioner(cast.ours)
    change(
        made,
        start=time(17),
        minutes=90,
        venue=elsewhere,
        practitioners=[other],
        capacity=6,
        allowance=1,
        pause_minutes=10,
        language="en",
        interpreter="ta",
        open_to_network=False,
        also_for=[factories.service()],
        public_holidays=Treatment.HOLD,
        school_holidays=Treatment.WARN,
        weekends=Treatment.SKIP,
        closures=Treatment.HOLD,
    )
    new = Session.objects.filter(state=SessionState.PLANNED).latest("starts_at")
    assert (new.venue, new.capacity, new.allowance, new.pause_minutes) == (elsewhere, 6, 1, 10)
    assert (new.language, new.interpreter, new.open_to_network) == ("en", "ta", False)
    assert list(new.practitioners.all()) == [other]
    assert new.ends_at.astimezone(PARIS).time() == time(18, 30)
    made.refresh_from_db()
    assert (made.public_holidays, made.closures) == (Treatment.HOLD, Treatment.HOLD)


def test_a_day_that_the_new_form_has_too_stays_as_it_is(made: Rhythm) -> None:
    before = on(made, 10)
    done = change(made, recurrence=Recurrence((Weekday.TUESDAY, Weekday.FRIDAY), times=5))
    assert held(made) == ["03-03 18:00", *(f"03-{day} 18:00" for day in (10, 13, 17, 20))]
    assert (on(made, 10), done.taken_back) == (before, 2)


def test_dates_that_were_not_published_yet_have_their_old_form(cast: Cast) -> None:
    made = rhythm(cast.ours, recurrence=Recurrence((Weekday.TUESDAY,), times=30))
    publish(rhythm=made, now=NOW, until=paris("2026-03-12 00:00"))
    change(made, from_day=date(2026, 3, 20), start=time(19))
    assert held(made)[:4] == ["03-03 18:00", "03-10 18:00", "03-17 18:00", "03-24 19:00"]
    publish(rhythm=made, now=NOW, until=paris("2026-12-01 00:00"))
    assert len(held(made)) == 30


def test_a_fortnight_stays_in_its_weeks(cast: Cast) -> None:
    made = published(cast, recurrence=Recurrence((Weekday.TUESDAY,), every=2, times=4))
    change(made, start=time(19))
    assert held(made) == ["03-03 18:00", "03-17 19:00", "03-31 19:00", "04-14 19:00"]


def test_a_change_that_is_still_to_come_is_replaced_by_an_earlier_one(made: Rhythm) -> None:
    change(made, from_day=date(2026, 3, 23), recurrence=THURSDAYS)
    change(made, start=time(19))
    assert held(made) == ["03-03 18:00", "03-12 19:00", "03-19 19:00", "03-26 19:00", "04-02 19:00"]
    assert writes_nothing(made)


def test_another_practitioner_has_the_opening_in_their_calendar(cast: Cast) -> None:
    made = opening(cast, recurrence=Recurrence((Weekday.TUESDAY,), times=2))
    other = factories.practitioner(cast.ours)
    change(made, practitioners=[other])
    made = Rhythm.objects.select_related("event__calendar").get(pk=made.pk)
    assert made.event.calendar.slug == f"practitioner-{other.pk}"


# Those who sit there go along, each to the nearest day.


def test_who_sits_there_goes_along_and_keeps_the_seat(cast: Cast, made: Rhythm) -> None:
    used = on(made, 10)
    seat = book(used, cast.hamel)
    done = change(made, recurrence=THURSDAYS, start=time(17))
    assert (done.moved, start_of(used)) == ((used,), "03-12 17:00")
    seat.refresh_from_db()
    assert (seat.state, seat.starts_at) == ("booked", used.starts_at)
    assert held(made) == [
        "03-03 18:00",
        *(f"{d} 17:00" for d in ("03-12", "03-19", "03-26", "04-02")),
    ]
    assert writes_nothing(made)


def test_who_only_waits_counts_and_so_does_who_was_there_once(cast: Cast, made: Rhythm) -> None:
    first, second = on(made, 10), on(made, 17)
    actions.release_seat(by=None, now=NOW, seat=book(first))
    actions.change_seats(by=None, now=NOW, session=second, capacity=1)
    book(second)
    actions.join_waiting_list(by=None, now=NOW, participant=cast.hamel, session=second)
    change(made, start=time(19))
    assert [start_of(one) for one in (first, second)] == ["03-10 19:00", "03-17 19:00"]


def test_place_practitioner_length_and_seats_go_along(cast: Cast) -> None:
    made = published(cast, practitioners=[cast.practitioner])
    used = on(made, 10)
    book(used)
    elsewhere, other = factories.venue(cast.ours), factories.practitioner(cast.ours)
    change(made, venue=elsewhere, practitioners=[other], minutes=60, capacity=5, language="ta")
    used.refresh_from_db()
    assert (used.venue, used.capacity, used.language) == (elsewhere, 5, "ta")
    assert list(used.practitioners.all()) == [other]
    assert used.ends_at == paris("2026-03-10 19:00")
    assert not RhythmDate.objects.filter(own_place=True).exists()
    assert writes_nothing(made)


def test_everybody_is_told_once_and_hears_the_old_date_and_the_new(
    cast: Cast, made: Rhythm, settings: Settings, tmp_path: Path
) -> None:
    settings.OUTBOX = tmp_path
    other = factories.participant()
    seats = [book(on(made, day), who) for day in (10, 17) for who in (cast.hamel, other)]
    dispatch_due()
    change(made, recurrence=THURSDAYS)
    news = Text.objects.filter(state=TextState.PLANNED, step=Step.CHANGED)
    assert sorted(news.values_list("seat", flat=True)) == [seat.pk for seat in seats]
    with time_machine.travel(paris("2026-02-02 10:05"), tick=False):
        dispatch_due()
    body = news.model.objects.filter(seat=seats[0], step=Step.CHANGED).get().body
    assert "du mardi 10 mars à 18h00 est déplacé au jeudi 12 mars à 18h00" in body


def test_another_practitioner_or_length_is_news_for_nobody(cast: Cast, made: Rhythm) -> None:
    book(on(made, 10), cast.hamel)
    change(made, practitioners=[cast.practitioner], minutes=90, anyway=False)
    assert not Text.objects.filter(step=Step.CHANGED).exists()


def test_kept_they_stay_for_ever_and_nobody_hears_a_thing(cast: Cast, made: Rhythm) -> None:
    used = on(made, 10)
    book(used, cast.hamel)
    before = list(Text.objects.values())
    done = change(made, seated=Seated.KEEP, anyway=False, recurrence=THURSDAYS)
    # It takes the place of that week's Thursday.
    expected = ["03-03", "03-10", "03-19", "03-26", "04-02"]
    assert (held(made), done.remain) == ([f"{day} 18:00" for day in expected], (used,))
    change(made, start=time(20))
    assert (start_of(used), list(Text.objects.values())) == ("03-10 18:00", before)
    assert writes_nothing(made)


def test_without_a_date_in_its_week_it_stays_and_counts(cast: Cast, made: Rhythm) -> None:
    used = on(made, 17)
    book(used, cast.hamel)
    fortnight = Recurrence((Weekday.THURSDAY,), every=2, times=5)
    done = change(made, recurrence=fortnight)
    assert done.remain == (used,)
    assert held(made) == ["03-03 18:00", "03-12 18:00", "03-17 18:00", "03-26 18:00", "04-09 18:00"]
    assert writes_nothing(made)


def test_slots_shift_together_and_each_keeps_its_person(cast: Cast) -> None:
    made = opening(cast)
    seats = [book(on(made, 3, time(hour))) for hour in (9, 10, 11)]
    change(made, from_day=date(2026, 3, 2), start=time(9, 30))
    starts = [start_of(seat.session) for seat in seats]
    assert starts == ["03-03 09:30", "03-03 10:30", "03-03 11:30"]
    assert writes_nothing(made)


def test_an_opening_that_begins_earlier_moves_nobody(cast: Cast) -> None:
    made = opening(cast)
    seat = book(on(made, 3, time(10)))
    change(made, from_day=date(2026, 3, 2), start=time(8), minutes=240, anyway=False)
    assert held(made) == [f"03-03 {hour}:00" for hour in ("08", "09", "10", "11")]
    assert start_of(seat.session) == "03-03 10:00"


def test_a_slot_without_a_place_keeps_its_hour_and_no_other_is_put_upon_it(cast: Cast) -> None:
    made = opening(cast)
    seats = [book(on(made, 3, time(hour))) for hour in (9, 11)]
    change(made, from_day=date(2026, 3, 2), start=time(10), minutes=120)
    # 11:00 stays; 9:00 goes to the free slot.
    assert [start_of(seat.session) for seat in seats] == ["03-03 10:00", "03-03 11:00"]
    change(made, from_day=date(2026, 3, 2), start=time(10, 15), minutes=60, seated=Seated.KEEP)
    assert held(made) == ["03-03 10:00", "03-03 11:00"]
    assert writes_nothing(made)


# What was decided for one date alone stays.


def test_a_date_that_was_moved_keeps_its_time_and_follows_in_the_rest(
    cast: Cast, made: Rhythm
) -> None:
    moved = on(made, 10)
    actions.move_session(by=None, now=NOW, session=moved, starts_at=paris("2026-03-11 09:00"))
    elsewhere = factories.venue(cast.ours)
    change(made, recurrence=THURSDAYS, venue=elsewhere, minutes=60)
    moved.refresh_from_db()
    assert (start_of(moved), moved.venue) == ("03-11 09:00", elsewhere)
    assert moved.ends_at == paris("2026-03-11 11:00")
    assert held(made)[:3] == ["03-03 18:00", "03-11 09:00", "03-19 18:00"]
    assert writes_nothing(made)


def test_a_date_that_was_made_longer_stays_longer(made: Rhythm) -> None:
    longer = on(made, 10)
    actions.move_session(by=None, now=NOW, session=longer, ends_at=paris("2026-03-10 21:00"))
    change(made, start=time(17), minutes=60)
    longer.refresh_from_db()
    assert (start_of(longer), longer.ends_at) == ("03-10 18:00", paris("2026-03-10 21:00"))


def test_another_room_of_one_date_stays_while_its_hour_follows(cast: Cast, made: Rhythm) -> None:
    session, room = on(made, 10), factories.venue(cast.ours)
    actions.move_session(by=None, now=NOW, session=session, venue=room)
    change(made, start=time(19), venue=factories.venue(cast.ours))
    session.refresh_from_db()
    assert (start_of(session), session.venue) == ("03-10 19:00", room)
    assert writes_nothing(made)


def test_seats_of_one_date_stay_even_where_the_rhythm_says_the_same_later(made: Rhythm) -> None:
    session = on(made, 10)
    actions.change_seats(by=None, now=NOW, session=session, capacity=4)
    change(made, capacity=4)
    change(made, capacity=6)
    session.refresh_from_db()
    assert session.capacity == 4


def test_who_took_one_date_over_keeps_it(cast: Cast) -> None:
    made = published(cast, practitioners=[cast.practitioner])
    session, other = on(made, 10), factories.practitioner(cast.ours)
    actions.move_session(by=None, now=NOW, session=session, practitioners=[other])
    change(made, practitioners=[factories.practitioner(cast.ours)], start=time(19))
    assert list(session.practitioners.all()) == [other]
    assert start_of(session) == "03-10 19:00"


def test_a_cancelled_date_blocks_the_new_date_of_its_week(made: Rhythm) -> None:
    actions.cancel_session(by=None, now=NOW, session=on(made, 10))
    change(made, recurrence=THURSDAYS, minutes=60)
    assert held(made) == ["03-03 18:00", "03-19 18:00", "03-26 18:00", "04-02 18:00"]
    change(made, recurrence=Recurrence((Weekday.FRIDAY,), times=5), minutes=90)
    assert held(made) == ["03-03 18:00", "03-20 18:00", "03-27 18:00", "04-03 18:00"]
    assert writes_nothing(made)


def test_a_cancelled_slot_blocks_its_own_hour(cast: Cast) -> None:
    made = opening(cast)
    actions.cancel_session(by=None, now=NOW, session=on(made, 3, time(10)))
    change(made, from_day=date(2026, 3, 2), slot_minutes=30)
    # 10:00 to 11:00 is nobody's; 9:00, 9:30, 11:00 and 11:30 are free.
    assert [one[6:] for one in held(made)] == ["09:00", "09:30", "11:00", "11:30"]
    assert writes_nothing(made)


def test_after_an_absence_two_lead_again_what_one_led(cast: Cast) -> None:
    """That one of two was absent is no decision about the date."""
    both = [cast.practitioner, factories.practitioner(cast.ours)]
    made = published(cast, practitioners=both)
    book(on(made, 10))
    report_absence(
        by=None,
        now=NOW,
        practitioner=cast.practitioner,
        starts_at=paris("2026-03-09 00:00"),
        ends_at=paris("2026-03-12 00:00"),
    )
    third = factories.practitioner(cast.ours)
    change(made, practitioners=[cast.practitioner, third])
    assert list(on(made, 10).practitioners.all()) == [third]


def test_the_journal_has_both_forms_and_names_nobody(cast: Cast, made: Rhythm) -> None:
    used = on(made, 10)
    book(used, cast.hamel)
    change(made, by=cast.admin, start=time(19))
    entry = JournalEntry.objects.get(verb=Verb.RHYTHM_CHANGED)
    assert (entry.actor, entry.partner) == (cast.admin, cast.ours)
    assert (entry.facts["before"]["start"], entry.facts["after"]["start"]) == (
        "18:00:00",
        "19:00:00",
    )
    assert (entry.facts["moved"], entry.facts["from_day"]) == ([used.pk], "2026-03-09")


def test_its_new_form_is_what_the_door_reads(made: Rhythm) -> None:
    change(made, recurrence=THURSDAYS, start=time(19))
    made = Rhythm.objects.select_related("event__rule").get(pk=made.pk)
    assert recurrence_of(made) == THURSDAYS
    assert first_start(made) == datetime(2026, 3, 12, 19, tzinfo=PARIS)


def test_two_practitioners_of_the_group(cast: Cast, made: Rhythm) -> None:
    both: list[Practitioner] = [cast.practitioner, factories.practitioner(cast.ours)]
    book(on(made, 10))
    change(made, practitioners=both)
    assert list(on(made, 10).practitioners.order_by("pk")) == both
