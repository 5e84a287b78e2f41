"""Two sessions of one person on one day are one text, whatever the step; and stay two rows."""

from __future__ import annotations

import re
from datetime import time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking import actions
from booking.models import Participant, Seat, Session
from booking.models.programme import ProgrammeKind
from sms import leases, tasks
from sms.dispatch import Counts, dispatch_due
from sms.models import Step, Text, TextPolicy, TextState
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book

pytestmark = pytest.mark.django_db

HELD = timedelta(minutes=5)
EVE = "2026-04-13 09:00"


@pytest.fixture
def morning(cast: Cast) -> Session:
    return factories.session(cast.ours, paris("2026-04-14 09:00"))


@pytest.fixture
def evening(cast: Cast) -> Session:
    return factories.session(cast.ours, paris("2026-04-14 18:00"))


@pytest.fixture
def seats(cast: Cast, morning: Session, evening: Session) -> list[Seat]:
    """Of one day, booked the later one first."""
    late, early = book(cast, evening), book(cast, morning)
    return [early, late]


def left(step: Step) -> list[tuple[int, str, bool]]:
    """Seat, state, and whether it left in another one's text."""
    texts = Text.objects.filter(step=step).exclude(state=TextState.VOID).order_by("seat")
    return [(text.seat_id, text.state, text.leader_id is not None) for text in texts]


def said(step: Step) -> str:
    """The one text on the phone."""
    return Text.objects.filter(step=step).exclude(body="").get().body


def test_two_summonses_of_a_day_are_one_in_order_of_time(seats: list[Seat]) -> None:
    assert dispatch_due() == Counts(sent=1)
    assert "mardi 14 avril à 9h00 et à 18h00" in said(Step.SUMMONS)
    assert sorted(left(Step.SUMMONS)) == sorted(
        [(seats[1].pk, "sent", False), (seats[0].pk, "sent", True)]
    )
    kept = Text.objects.filter(step=Step.SUMMONS).values_list("told", flat=True)
    assert [sorted(pk for pk, *_ in told or []) for told in kept] == [
        [s.pk for s in seats[::-1]]
    ] * 2


@pytest.mark.parametrize(("moment", "step"), [("2026-04-07 09:00", "day7"), (EVE, "day1")])
def test_two_reminders_of_a_day_are_one(seats: list[Seat], moment: str, step: Step) -> None:
    dispatch_due()
    Text.objects.filter(due_at__lt=paris(moment), state=TextState.PLANNED).delete()
    with time_machine.travel(paris(moment), tick=False):
        assert dispatch_due() == Counts(sent=1)
        assert tasks.sweep()["added"] == 0
    assert "14 avril à 9h00 et à 18h00" in said(step)


def test_another_day_and_another_partner_are_another_text(
    cast: Cast, morning: Session, evening: Session
) -> None:
    book(cast, morning)
    book(cast, factories.session(cast.theirs, paris("2026-04-14 18:00")))
    book(cast, factories.session(cast.ours, paris("2026-04-15 18:00")))
    book(cast, evening, factories.participant())
    dispatch_due()
    assert Text.objects.filter(step=Step.SUMMONS).exclude(body="").count() == 4
    assert not Text.objects.exclude(leader=None).exists()


def test_cancelling_one_of_two_leaves_the_other(
    cast: Cast, seats: list[Seat], evening: Session
) -> None:
    dispatch_due()
    actions.cancel_session(by=None, now=NOW, session=evening)
    dispatch_due(NOW + HELD)
    assert "du mardi 14 avril à 18h00 n'a pas lieu" in said(Step.CANCELLED)
    with time_machine.travel(paris(EVE), tick=False):
        dispatch_due()
    assert "demain mardi 14 avril à 9h00, " in said(Step.DAY1)
    assert left(Step.DAY1) == [(seats[0].pk, "sent", False)]


def test_a_cancelled_morning_is_one_text(cast: Cast, seats: list[Seat]) -> None:
    dispatch_due()
    for seat in seats:
        actions.cancel_session(by=None, now=NOW, session=seat.session)
    assert dispatch_due(NOW + HELD) == Counts(sent=1)
    assert "du mardi 14 avril à 9h00 et à 18h00 n'ont pas lieu" in said(Step.CANCELLED)


def test_a_cancellation_waits_for_the_second_of_the_day(cast: Cast, seats: list[Seat]) -> None:
    """So that an undone second one is not told: it has five minutes of its own."""
    dispatch_due()
    for seat, minute in zip(seats, (0, 3), strict=True):
        at = NOW + timedelta(minutes=minute)
        actions.cancel_session(by=None, now=at, session=seat.session)
    assert dispatch_due(NOW + HELD) == Counts(waiting=1)
    assert dispatch_due(NOW + timedelta(minutes=8)) == Counts(sent=1)
    assert "9h00 et à 18h00" in said(Step.CANCELLED)


def test_what_is_cancelled_much_later_is_told_apart(cast: Cast, seats: list[Seat]) -> None:
    dispatch_due()
    actions.cancel_session(by=None, now=NOW, session=seats[0].session)
    assert dispatch_due(NOW + HELD) == Counts(sent=1)
    later = NOW + 2 * HELD
    actions.cancel_session(by=None, now=later, session=seats[1].session)
    assert dispatch_due(later + HELD) == Counts(sent=1)


def test_a_cancellation_does_not_wait_until_it_is_too_late(cast: Cast) -> None:
    sessions = [
        factories.session(cast.ours, paris(f"2026-03-16 {at}")) for at in ("10:07", "18:00")
    ]
    for session in sessions:
        book(cast, session)
    dispatch_due()
    actions.cancel_session(by=None, now=NOW, session=sessions[0])
    actions.cancel_session(by=None, now=NOW + timedelta(minutes=3), session=sessions[1])
    assert dispatch_due(NOW + HELD) == Counts(sent=1)
    assert "à 10h07 n'a pas lieu" in said(Step.CANCELLED)


def test_two_sessions_that_move_to_one_day_are_one_change(cast: Cast) -> None:
    sessions = [factories.session(cast.ours, paris(f"2026-04-{d} 18:00")) for d in (14, 15)]
    for session in sessions:
        book(cast, session)
    dispatch_due()
    for session, start in zip(sessions, ("2026-04-16 14:00", "2026-04-16 10:00"), strict=True):
        actions.move_session(by=None, now=NOW, session=session, starts_at=paris(start))
    assert dispatch_due(NOW + HELD) == Counts(sent=1)
    assert "jeudi 16 avril à 10h00 et à 14h00" in said(Step.CHANGED)
    assert tasks.sweep()["added"] == 0


def test_a_course_and_an_interview_of_its_first_day_are_one_summons(cast: Cast) -> None:
    course = factories.programme(cast.ours, ProgrammeKind.COURSE)
    for day in (16, 17):
        factories.session(cast.ours, paris(f"2026-04-{day} 10:00"), programme=course)
    actions.enrol(
        by=None, now=NOW, programme=course, participant=cast.hamel, referral=cast.referral
    )
    book(cast, factories.session(cast.ours, paris("2026-04-16 07:30")))
    assert dispatch_due() == Counts(sent=1)
    assert len(Text.objects.exclude(body="").get().told or []) == 3


def test_the_second_booked_after_the_summons_gets_its_own(
    cast: Cast, morning: Session, evening: Session
) -> None:
    book(cast, morning)
    dispatch_due()
    book(cast, evening)
    assert dispatch_due() == Counts(sent=1)
    bodies = Text.objects.filter(step=Step.SUMMONS).order_by("pk").values_list("body", flat=True)
    assert ["9h00" in body for body in bodies] == [True, False]


@pytest.mark.parametrize(
    ("second", "texts"), [("2026-04-14 15:00", 1), ("2026-04-14 16:59", 1), ("2026-04-14 17:00", 2)]
)
def test_hours_before_speaks_of_the_first_unless_the_second_is_far(
    cast: Cast, second: str, texts: int
) -> None:
    TextPolicy.objects.create(partner=cast.ours, hours_before=3)
    for start in (second, "2026-04-14 14:00"):
        start_at = paris(start)
        end = start_at + timedelta(minutes=30)
        book(cast, factories.session(cast.ours, start_at, ends_at=end))
    Text.objects.exclude(step=Step.HOURS3).delete()
    for moment in ("2026-04-14 11:00", "2026-04-14 14:00"):
        dispatch_due(paris(moment))
    bodies = list(Text.objects.exclude(body="").order_by("sent_at").values_list("body", flat=True))
    assert (len(bodies), "14h00" in bodies[0]) == (texts, True)
    assert Text.objects.filter(state=TextState.SENT).count() == 2


def test_a_follower_counts_for_nothing_in_the_day_s_cap(cast: Cast, seats: list[Seat]) -> None:
    TextPolicy.objects.create(partner=cast.ours, daily_cap=2)
    dispatch_due()
    book(cast, factories.session(cast.ours, paris("2026-04-20 18:00")))
    assert dispatch_due() == Counts(sent=1)


def test_what_another_dispatcher_has_claimed_leaves_with_the_first(
    cast: Cast, seats: list[Seat]
) -> None:
    leases.claim(1, NOW)
    assert dispatch_due() == Counts(sent=1)


def test_one_whose_reminder_is_late_in_the_day_leaves_with_the_early_one(
    cast: Cast, morning: Session
) -> None:
    course = factories.service(name="Autre prestation")
    cast.ours.services.add(course)
    TextPolicy.objects.create(partner=cast.ours, service=course, reminder_time=time(17))
    book(cast, morning)
    book(cast, factories.session(cast.ours, paris("2026-04-14 18:00"), service=course))
    Text.objects.exclude(step=Step.DAY1).delete()
    assert dispatch_due(paris(EVE)) == Counts(sent=1)


def test_a_shared_phone_is_told_both_times_and_no_place(cast: Cast, seats: list[Seat]) -> None:
    Participant.objects.update(phone_shared=True)
    dispatch_due()
    assert "Pontoise" not in said(Step.SUMMONS)
    assert "9h00 et à 18h00" in said(Step.SUMMONS)


#: Prepared on PostgreSQL, written out on SQLite.
_LOCKS = r"EXECUTE sms_lock|FROM booking_participant p LEFT JOIN sms_sending"
_MARKS = r"EXECUTE sms_mark|UPDATE sms_text SET sender"


@pytest.mark.parametrize("number", [1, 3])
def test_a_hand_over_costs_five_queries_at_most_whatever_leaves_together(
    cast: Cast, number: int
) -> None:
    for hour in (9, 12, 18)[:number]:
        book(cast, factories.session(cast.ours, paris(f"2026-04-14 {hour:02}:00")))
    with CaptureQueriesContext(connection) as queries:
        dispatch_due()
    assert Text.objects.filter(state=TextState.SENT).count() == number
    asked = [query["sql"] for query in queries]
    begins = next(n for n, sql in enumerate(asked) if re.search(_LOCKS, sql))
    ends = next(n for n, sql in enumerate(asked) if re.search(_MARKS, sql))
    assert ends + 1 - begins <= 5
