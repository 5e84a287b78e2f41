from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from booking import actions
from booking.errors import Invalid, NotAllowed
from booking.models import JournalEntry, Practitioner, Session
from booking.models.journal import Verb
from booking.models.session import SessionState
from calendars import tasks
from calendars.actions import lift_closure, report_absence
from calendars.closing import Closed
from calendars.models import Closure, Rhythm, RhythmDate
from calendars.publish import publish
from calendars.queries.affected import affected
from calendars.queries.unsettled import unsettled
from calendars.recurrence import Recurrence, Weekday
from sms.dispatch import dispatch_due
from sms.models import Step, Text
from tests import factories
from tests.calendars.test_closures_actions import NOW, book, days, on, published
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db
#: Tuesday the 10th, from eleven on.
ILL: dict[str, Any] = {"starts_at": paris("2026-03-10 11:00"), "ends_at": paris("2026-03-11 00:00")}


@pytest.fixture(autouse=True)
def _frozen() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def second(cast: Cast) -> Practitioner:
    return factories.practitioner(cast.ours, name="M. Petit")


def opening(cast: Cast, **fields: Any) -> Rhythm:
    """Two Tuesdays, from 9:00 to 12:00, four slots each."""
    two = Recurrence((Weekday.TUESDAY,), times=2)
    values = {"start": time(9), "minutes": 180, "slot_minutes": 45, "capacity": 1, **fields}
    return published(cast, practitioners=[cast.practitioner], recurrence=two, **values)


def absent(cast: Cast, **values: Any) -> Closed:
    given = {"by": None, "practitioner": cast.practitioner, **ILL, **values}
    return report_absence(now=NOW, **given)


def slot(made: Rhythm, hour: int, minute: int = 0) -> Session:
    row = made.dates.select_related("session").get(day="2026-03-10", start=time(hour, minute))
    assert row.session is not None
    return row.session


def leaders(session: Session) -> list[Practitioner]:
    return list(session.practitioners.order_by("pk"))


def test_an_absence_blocks_the_slots_that_it_touches(cast: Cast) -> None:
    made = opening(cast)
    done = absent(cast)
    # 10:30 to 11:15 runs into it.
    assert (done.taken_back, done.to_settle, done.kept) == (2, (), ())
    assert days(made)[4:] == ["03-10 09:00", "03-10 09:45"]
    assert set(made.dates.filter(session=None).values_list("why", flat=True)) == {"absence"}
    assert Closure.objects.get().name


def test_the_same_hours_come_back_when_it_is_lifted(cast: Cast) -> None:
    made = opening(cast)
    done = absent(cast)
    lifted = lift_closure(by=cast.doctor, now=NOW, closure=done.closure)
    assert (lifted.opened, len(days(made))) == (2, 8)


def test_what_is_booked_is_listed_by_text_and_by_call(cast: Cast) -> None:
    made = opening(cast)
    book(slot(made, 11, 15), cast.hamel)
    other = factories.participant(texts_refused=True)
    book(slot(made, 10, 30), other)
    done = absent(cast)
    assert done.to_settle == (slot(made, 10, 30), slot(made, 11, 15))
    assert [(one.taken, one.capacity) for one in done.to_settle] == [(1, 1), (1, 1)]  # type: ignore[attr-defined]
    assert (done.affected.by_text, done.affected.to_call) == ([cast.hamel], [other])
    assert not Text.objects.filter(step=Step.CANCELLED).exists()
    until = paris("2026-04-01 00:00")
    assert [one.session for one in unsettled(cast.admin, NOW, until=until)] == list(done.to_settle)


def test_cancelled_with_it_everybody_gets_a_text_also_what_began_before(
    cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    settings.OUTBOX = tmp_path
    made = opening(cast)
    seats = [book(slot(made, 10, 30), cast.hamel)]
    seats.append(book(slot(made, 11, 15), factories.participant()))
    stays = book(slot(made, 9), factories.participant())
    assert dispatch_due().sent == 3
    done = absent(cast, by=cast.admin, cancel_booked=True)
    told = Text.objects.filter(step=Step.CANCELLED).values_list("seat", flat=True)
    assert sorted(told) == [seat.pk for seat in seats]
    assert [seat.pk for seat in done.affected.seats] == [seat.pk for seat in seats]
    stays.refresh_from_db()
    assert stays.state == "booked"
    entry = JournalEntry.objects.get(verb=Verb.CLOSURE_ADDED)
    assert entry.facts["cancelled"] == [slot(made, 10, 30).pk, slot(made, 11, 15).pk]


def test_somebody_whose_record_one_may_not_open_is_counted(cast: Cast) -> None:
    made = opening(cast)
    book(slot(made, 11, 15), cast.hamel)
    actions.hide_from(by=None, now=NOW, participant=cast.hamel, partner=cast.ours)
    done = absent(cast, by=cast.admin)
    assert (done.affected.seats, done.affected.others) == ((), 1)


def test_what_two_lead_goes_on_and_is_led_together_again(cast: Cast, second: Practitioner) -> None:
    both = [cast.practitioner, second]
    made = published(cast, practitioners=both)
    book(on(made, 10), cast.hamel)
    times = {"starts_at": paris("2026-03-09 00:00"), "ends_at": paris("2026-03-18 00:00")}
    done = absent(cast, by=cast.admin, cancel_booked=True, **times)
    assert ([one.pk for one in done.kept], done.taken_back) == (
        [on(made, 10).pk, on(made, 17).pk],
        0,
    )
    assert [leaders(on(made, day)) for day in (3, 10, 17)] == [both, [second], [second]]
    assert not Text.objects.filter(step__in=(Step.CANCELLED, Step.CHANGED)).exists()
    made.refresh_from_db()
    assert publish(rhythm=made, now=NOW, until=made.published_until).opened == []
    lift_closure(by=None, now=NOW, closure=done.closure)
    assert [leaders(on(made, day)) for day in (3, 10, 17)] == [both, both, both]
    assert not RhythmDate.objects.filter(own_leaders=True).exists()
    assert set(made.dates.values_list("why", flat=True)) == {""}


def test_what_was_shared_by_hand_is_led_together_again(cast: Cast, second: Practitioner) -> None:
    both = [cast.practitioner, second]
    made = published(cast, practitioners=[cast.practitioner])
    actions.lead_together(by=None, now=NOW, session=on(made, 10), practitioners=both)
    by_hand = factories.session(cast.ours, paris("2026-03-10 14:00"), practitioners=both)
    done = absent(cast, practitioner=second)
    assert [leaders(one) for one in (by_hand, on(made, 10))] == [[cast.practitioner]] * 2
    entry = JournalEntry.objects.get(verb=Verb.CLOSURE_ADDED)
    assert sorted(entry.facts["by_hand"]) == sorted([by_hand.pk, on(made, 10).pk])
    lifted = lift_closure(by=None, now=NOW, closure=done.closure)
    assert [leaders(one) for one in (by_hand, on(made, 10))] == [both, both]
    assert (lifted.without, made.dates.get(session=on(made, 10)).own_leaders) == ((), True)


def test_who_is_not_free_any_more_does_not_lead_again_and_it_is_said(
    cast: Cast, second: Practitioner
) -> None:
    both = [cast.practitioner, second]
    shared = factories.session(cast.ours, paris("2026-03-10 14:00"), practitioners=both)
    given_away = factories.session(cast.ours, paris("2026-03-10 17:00"), practitioners=both)
    done = absent(cast, practitioner=second)
    factories.session(cast.ours, paris("2026-03-10 15:00"), practitioners=[second])
    third = factories.practitioner(cast.ours)
    actions.move_session(by=None, now=NOW, session=given_away, practitioners=[third])
    lifted = lift_closure(by=None, now=NOW, closure=done.closure)
    assert (lifted.without, leaders(shared)) == ((shared,), [cast.practitioner])
    assert leaders(given_away) == [third]


def test_of_two_absences_each_gives_back_its_own(cast: Cast, second: Practitioner) -> None:
    third = factories.practitioner(cast.ours)
    three = [cast.practitioner, second, third]
    shared = factories.session(cast.ours, paris("2026-03-10 14:00"), practitioners=three)
    first, then = absent(cast), absent(cast, practitioner=second)
    assert leaders(shared) == [third]
    lift_closure(by=None, now=NOW, closure=first.closure)
    lift_closure(by=None, now=NOW, closure=then.closure)
    assert leaders(shared) == three


@pytest.mark.parametrize("broken", ["service", "rule"])
def test_a_rhythm_that_cannot_be_published_hinders_no_absence(
    cast: Cast, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = opening(cast)
    rung: list[Rhythm] = []
    monkeypatch.setattr(tasks, "ring", rung.append)
    seat = book(slot(made, 11, 15), cast.hamel)
    if broken == "service":
        cast.ours.services.remove(made.service)
    else:
        type(made.event.rule).objects.update(params="interval:1;count:99999")
    done = absent(cast, by=cast.admin, cancel_booked=True)
    seat.refresh_from_db()
    assert (done.taken_back, seat.state) == (1, "cancelled")
    lifted = lift_closure(by=None, now=NOW, closure=done.closure)
    made.refresh_from_db()
    assert (lifted.opened, made.published_until is None) == (0, broken == "rule")
    assert rung == [made] * (2 if broken == "rule" else 0)


def test_two_who_are_both_absent_leave_nobody(cast: Cast, second: Practitioner) -> None:
    made = published(cast, practitioners=[cast.practitioner, second])
    book(on(made, 10), cast.hamel)
    absent(cast)
    done = absent(cast, practitioner=second)
    assert done.to_settle == (on(made, 10),)
    assert days(made) == ["03-03", "03-10", "03-17", "03-24", "03-31"]


def test_who_took_the_date_over_by_hand_leads_it_all_the_same(
    cast: Cast, second: Practitioner
) -> None:
    made = published(cast, practitioners=[cast.practitioner])
    actions.move_session(by=None, now=NOW, session=on(made, 10), practitioners=[second])
    assert absent(cast).taken_back == 0
    done = absent(cast, practitioner=second)
    assert (done.taken_back, done.to_settle) == (0, (on(made, 10),))
    lift_closure(by=None, now=NOW, closure=done.closure)
    assert leaders(on(made, 10)) == [second]


def test_an_appointment_opened_by_hand_is_to_settle(cast: Cast) -> None:
    appointment = factories.session(
        cast.ours, paris("2026-03-10 14:00"), practitioners=[cast.practitioner]
    )
    assert absent(cast).to_settle == (appointment,)
    assert absent(cast, cancel_booked=True).affected.sessions == (appointment,)
    appointment.refresh_from_db()
    assert appointment.state == SessionState.CANCELLED


def test_a_practitioner_reports_their_own_absence_but_cancels_nobody(cast: Cast) -> None:
    made = opening(cast)
    book(slot(made, 11, 15), cast.hamel)
    with pytest.raises(NotAllowed):
        absent(cast, by=cast.doctor, cancel_booked=True)
    done = absent(cast, by=cast.doctor)
    assert (done.taken_back, [seat.participant for seat in done.affected.seats]) == (
        1,
        [cast.hamel],
    )
    entry = JournalEntry.objects.get(verb=Verb.CLOSURE_ADDED)
    assert (entry.actor, entry.partner) == (cast.doctor, cast.ours)
    # What follows is the system's: the account may change no session.
    taken_back = JournalEntry.objects.filter(verb=Verb.SESSION_DISCARDED)
    assert set(taken_back.values_list("actor", flat=True)) == {None}


@pytest.mark.parametrize("who", ["stranger", "observer"])
def test_nobody_else_reports_it(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        absent(cast, by=getattr(cast, who))


def test_a_colleague_reports_nobody_elses(cast: Cast, second: Practitioner) -> None:
    with pytest.raises(NotAllowed):
        absent(cast, by=cast.doctor, practitioner=second)


def test_nobody_says_why(cast: Cast) -> None:
    with pytest.raises(Invalid):
        absent(cast, name="Hospitalisée")
    assert absent(cast, name="Congés").closure.name == "Congés"


def test_shown_first_it_is_the_same_and_writes_nothing(cast: Cast, second: Practitioner) -> None:
    made = opening(cast)
    book(slot(made, 11, 15), cast.hamel)
    both = [cast.practitioner, second]
    factories.session(cast.ours, paris("2026-03-10 18:00"), practitioners=both)
    found = affected(cast.admin, now=NOW, practitioner=cast.practitioner, **ILL)
    assert (Closure.objects.count(), len(days(made))) == (0, 8)
    done = absent(cast, by=cast.admin)
    assert found.taken_back == done.taken_back == 1
    assert found.to_settle == done.affected
