from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking import actions
from booking.errors import Invalid, NotAllowed, SessionCancelled
from booking.models import JournalEntry, Participant, Seat, Session
from booking.models.journal import Verb
from booking.models.person import PhoneState
from booking.models.session import SessionState
from calendars import closing, tasks
from calendars.actions import add_closure, lift_closure
from calendars.closing import Closed
from calendars.models import Closure, Rhythm, RhythmDate, Treatment
from calendars.publish import publish
from calendars.queries.affected import affected
from calendars.queries.unsettled import unsettled
from calendars.recurrence import Recurrence, Weekday
from tests import factories
from tests.calendars.test_rhythms import rhythm
from tests.cast import Cast
from tests.factories import PARIS, paris

pytestmark = pytest.mark.django_db
#: A Monday: texts leave.
NOW = paris("2026-02-02 10:00")
FIVE = Recurrence((Weekday.TUESDAY,), times=5)
#: Of five Tuesdays from 3 March on, the 10th and the 17th.
FORTNIGHT: dict[str, Any] = {
    "starts_at": paris("2026-03-09 00:00"),
    "ends_at": paris("2026-03-22 00:00"),
}


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def published(cast: Cast, **fields: Any) -> Rhythm:
    made = rhythm(cast.ours, **{"recurrence": FIVE, **fields})
    publish(rhythm=made, now=NOW)
    return made


def days(made: Rhythm) -> list[str]:
    """What takes place, in Paris."""
    rows = made.dates.filter(session__state=SessionState.PLANNED).select_related("session")
    at = [row.session.starts_at.astimezone(PARIS) for row in rows if row.session]
    return [f"{one:%m-%d}" if one.hour == 18 else f"{one:%m-%d %H:%M}" for one in sorted(at)]


def close(cast: Cast, **values: Any) -> Closed:
    given = {"by": None, "name": "Travaux", "partner": cast.ours, **FORTNIGHT, **values}
    return add_closure(now=NOW, **given)


def book(session: Session, person: Participant) -> Seat:
    return actions.book_seat(by=None, now=NOW, session=session, participant=person)


def on(made: Rhythm, day: int) -> Session:
    row = made.dates.select_related("session").get(day=date(2026, 3, day))
    assert row.session is not None
    return row.session


def test_empty_dates_are_taken_back_and_five_are_still_five(cast: Cast) -> None:
    made = published(cast)
    done = close(cast)
    assert (done.taken_back, done.to_settle) == (2, ())
    assert days(made) == ["03-03", "03-24", "03-31", "04-07", "04-14"]
    skipped = made.dates.filter(session=None).values_list("day", "why", "name")
    assert list(skipped) == [
        (date(2026, 3, 10), "closure", "Travaux"),
        (date(2026, 3, 17), "closure", "Travaux"),
    ]


def test_nobody_can_book_what_is_closed(cast: Cast) -> None:
    session = on(published(cast), 10)
    close(cast)
    with pytest.raises(SessionCancelled):
        book(session, cast.hamel)


def test_lifted_the_same_dates_come_back(cast: Cast) -> None:
    made = published(cast)
    closed = close(cast)
    lifted = lift_closure(by=cast.admin, now=NOW, closure=closed.closure)
    assert (lifted.opened, lifted.left) == (2, ())
    assert days(made) == ["03-03", "03-10", "03-17", "03-24", "03-31"]
    with pytest.raises(Invalid):
        lift_closure(by=None, now=NOW, closure=closed.closure)
    verbs = JournalEntry.objects.filter(verb__startswith="closure").order_by("pk")
    assert [(one.verb, one.partner) for one in verbs] == [
        (Verb.CLOSURE_ADDED, cast.ours),
        (Verb.CLOSURE_LIFTED, cast.ours),
    ]


def test_what_is_booked_stays_to_settle_with_its_people(cast: Cast) -> None:
    made = published(cast)
    seat = book(on(made, 10), cast.hamel)
    nobody_texts = factories.participant(phone_state=PhoneState.UNCONFIRMED)
    book(on(made, 10), nobody_texts)
    done = close(cast, by=None)
    assert done.to_settle == (on(made, 10),)
    assert (done.affected.by_text, done.affected.to_call) == ([cast.hamel], [nobody_texts])
    seat.refresh_from_db()
    assert seat.state == "booked"
    # It may yet take place: of five only one more is needed.
    assert days(made) == ["03-03", "03-10", "03-24", "03-31", "04-07"]


def test_cancelled_with_the_closure_its_people_are_listed(cast: Cast) -> None:
    made = published(cast)
    seat = book(on(made, 10), cast.hamel)
    done = close(cast, cancel_booked=True)
    seat.refresh_from_db()
    assert (seat.state, done.to_settle, done.cancelled) == ("cancelled", (), True)
    assert [one.participant for one in done.affected.seats] == [cast.hamel]
    assert days(made) == ["03-03", "03-24", "03-31", "04-07", "04-14"]
    lift_closure(by=None, now=NOW, closure=done.closure)
    # Who was told "cancelled" is not told otherwise by a rhythm.
    assert "03-10" not in days(made)


def test_noted_and_lifted_over_a_date_cancelled_by_hand_all_is_as_before(cast: Cast) -> None:
    made = published(cast)
    actions.cancel_session(by=None, now=NOW, session=on(made, 10))
    before = days(made)
    done = close(cast)
    assert days(made) == ["03-03", "03-24", "03-31", "04-07", "04-14"]
    lift_closure(by=None, now=NOW, closure=done.closure)
    assert (days(made), set(made.dates.values_list("why", flat=True))) == (before, {""})


def test_one_that_somebody_moved_into_it_is_theirs_to_settle(cast: Cast) -> None:
    made = published(cast)
    moved = on(made, 24)
    actions.move_session(by=None, now=NOW, session=moved, starts_at=paris("2026-03-18 18:00"))
    opened = factories.session(cast.ours, paris("2026-03-12 09:00"))
    done = close(cast)
    assert [one.pk for one in done.to_settle] == [opened.pk, moved.pk]
    assert days(made) == ["03-03", "03-18", "03-31", "04-07", "04-14"]


def test_another_room_is_not_closed_with_the_venue(cast: Cast) -> None:
    made = published(cast)
    elsewhere = factories.venue(cast.ours)
    actions.move_session(by=None, now=NOW, session=on(made, 10), venue=elsewhere)
    done = close(cast, partner=None, venue=cast.venue)
    assert (done.taken_back, done.to_settle) == (1, ())
    assert days(made) == ["03-03", "03-10", "03-24", "03-31", "04-07"]


@pytest.mark.parametrize("treatment", [Treatment.HOLD, Treatment.WARN])
def test_a_rhythm_that_takes_place_all_the_same_does(cast: Cast, treatment: Treatment) -> None:
    made = published(cast, closures=treatment)
    book(on(made, 10), cast.hamel)
    done = close(cast)
    assert (done.taken_back, done.to_settle) == (0, ())
    assert days(made) == ["03-03", "03-10", "03-17", "03-24", "03-31"]
    warned = "closure" if treatment == Treatment.WARN else ""
    assert made.dates.get(day=date(2026, 3, 17)).why == warned


def test_half_a_day_takes_the_slots_that_it_touches(cast: Cast) -> None:
    made = published(
        cast,
        recurrence=Recurrence((Weekday.TUESDAY,), times=1),
        start=time(9),
        minutes=180,
        slot_minutes=45,
        capacity=1,
        practitioners=[cast.practitioner],
    )
    times = {"starts_at": paris("2026-03-03 10:00"), "ends_at": paris("2026-03-03 10:30")}
    done = close(cast, **times)
    assert days(made) == ["03-03 09:00", "03-03 10:30", "03-03 11:15"]
    lift_closure(by=None, now=NOW, closure=done.closure)
    assert len(days(made)) == 4


def test_one_rhythm_that_cannot_be_published_stops_no_other(cast: Cast) -> None:
    broken, made = published(cast, label="Groupe C"), published(cast, start=time(8))
    broken.event.rule.params = "interval:1;count:99999"
    broken.event.rule.save()
    done = close(cast)
    assert (done.taken_back, len(days(broken)), len(days(made))) == (4, 3, 5)
    assert lift_closure(by=None, now=NOW, closure=done.closure).opened == 2
    until = dict(Rhythm.objects.values_list("pk", "published_until"))
    assert (until[broken.pk], until[made.pk]) == (None, made.published_until)


def test_publishing_again_writes_nothing(cast: Cast) -> None:
    made = published(cast, slot_minutes=30, capacity=1, practitioners=[cast.practitioner])
    close(cast)
    made.refresh_from_db()
    before = list(RhythmDate.objects.order_by("pk").values())
    done = publish(rhythm=made, now=NOW, until=made.published_until)
    assert (done.opened, done.discarded) == ([], [])
    assert list(RhythmDate.objects.order_by("pk").values()) == before


def test_of_many_rhythms_a_worker_opens_what_is_missing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(closing, "_FEW", 1)
    made = [published(cast, start=time(hour)) for hour in (18, 8)]
    with django_capture_on_commit_callbacks() as bells:
        done = close(cast)
    assert bells == [tasks._all]
    assert (done.taken_back, days(made[0])) == (4, ["03-03", "03-24", "03-31"])
    made[0].refresh_from_db()
    assert made[0].published_until is None
    assert tasks.publish_all()["opened"] == 4
    assert days(made[0]) == ["03-03", "03-24", "03-31", "04-07", "04-14"]


@pytest.mark.parametrize("who", ["admin", "stranger", "doctor", "observer"])
def test_only_the_coordination_closes_the_network(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        close(cast, by=getattr(cast, who), partner=None)
    close(cast, by=cast.coordinator, partner=None)
    assert Closure.objects.get().partner is None


@pytest.mark.parametrize("who", ["stranger", "doctor", "observer"])
def test_only_who_manages_the_partner_closes_it_or_opens_it_again(cast: Cast, who: str) -> None:
    for values in ({}, {"partner": None, "venue": cast.venue}):
        with pytest.raises(NotAllowed):
            close(cast, by=getattr(cast, who), **values)
    closed = close(cast, by=cast.admin)
    with pytest.raises(NotAllowed):
        lift_closure(by=getattr(cast, who), now=NOW, closure=closed.closure)


@pytest.mark.parametrize(
    "values",
    [
        {"name": " "},
        {"name": "Arrêt maladie"},
        {"name": "Réunion des auteurs"},
        {"name": "x" * 81},
        {"name": "a\0b"},
        {"ends_at": FORTNIGHT["starts_at"]},
        {"ends_at": paris("2027-04-14 00:00")},
        {"ends_at": datetime(2026, 3, 22)},  # noqa: DTZ001
        {"starts_at": paris("2026-01-01 00:00"), "ends_at": NOW},
        {"ends_at": paris("9999-01-01 00:00")},
    ],
)
def test_what_is_no_closure_is_refused(cast: Cast, values: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        close(cast, **values)
    assert Closure.objects.count() == 0


def test_a_closure_of_two_things_is_refused(cast: Cast) -> None:
    with pytest.raises(Invalid):
        close(cast, venue=cast.venue)


def test_a_key_gives_the_same_answer_twice(cast: Cast) -> None:
    made = published(cast)
    book(on(made, 10), cast.hamel)
    first, second = (close(cast, by=cast.admin, key="a-key") for _ in range(2))
    assert (first.closure, first.to_settle) == (second.closure, second.to_settle)
    assert Closure.objects.count() == 1


@pytest.mark.parametrize("number", [1, 3])
def test_what_a_closure_would_do_is_four_queries(cast: Cast, number: int) -> None:
    made = published(cast)
    for _ in range(number):
        book(on(made, 10), factories.participant())
    values: dict[str, Any] = {**FORTNIGHT, "partner": cast.ours, "now": NOW}
    affected(cast.admin, **values)
    with CaptureQueriesContext(connection) as queries:
        found = affected(cast.admin, **values)
    assert (found.taken_back, len(found.to_settle.seats)) == (1, number)
    assert len(queries) == 4
    assert Closure.objects.count() == 0


@pytest.mark.parametrize("number", [1, 3])
def test_what_is_still_to_settle_is_three_queries(cast: Cast, number: int) -> None:
    made = published(cast)
    for _ in range(number):
        book(on(made, 10), factories.participant())
        book(on(made, 17), factories.participant())
    book(on(made, 24), cast.hamel)
    close(cast)
    until = paris("2026-05-01 00:00")
    unsettled(cast.admin, NOW, until=until)
    with CaptureQueriesContext(connection) as queries:
        found = unsettled(cast.admin, NOW, until=until)
    assert [one.session for one in found] == [on(made, 10), on(made, 17)]
    assert {one.closure.name for one in found} == {"Travaux"}
    assert len(queries) == 3
    assert unsettled(cast.stranger, NOW, until=until) == []
    actions.cancel_session(by=None, now=NOW, session=on(made, 10))
    assert len(unsettled(cast.admin, NOW, until=until)) == 1
