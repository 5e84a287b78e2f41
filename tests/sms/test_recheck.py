"""The second look asks what the planner asks, and once more than the planner: hours, and how many."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain

import pytest
import time_machine

from booking import actions
from booking.models import Participant, Seat
from booking.models.person import PhoneState
from sms import tasks
from sms.actions import note_told
from sms.dispatch import Counts, dispatch_due
from sms.models import How, Reply, ReplyKind, Step, Text, TextPolicy, TextState
from sms.recheck import recheck
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book

pytestmark = pytest.mark.django_db


@pytest.fixture
def seat(cast: Cast) -> Seat:
    return book(cast, factories.session(cast.ours, paris("2026-04-14 18:00")))


def summons(seat: Seat) -> Text:
    return seat.texts.exclude(state=TextState.VOID).get(step=Step.SUMMONS)


def answer(seat: Seat, *, revision: int = 1) -> Text:
    return Text.objects.create(
        seat=seat,
        step=Step.ANSWER,
        revision=revision,
        wanted_at=NOW,
        due_at=NOW,
        expires_at=NOW + timedelta(hours=20),
    )


def reply(seat: Seat, kind: ReplyKind = ReplyKind.OTHER, minutes: int = 0) -> None:
    Reply.objects.create(
        provider_id=f"SM{Reply.objects.count()}",
        kind=kind,
        seat=seat,
        received_at=NOW + timedelta(minutes=minutes),
    )


def test_what_the_planner_wants_leaves_as_one_text_for_one_seat(seat: Seat) -> None:
    verdict = recheck(summons(seat), NOW)
    assert (verdict.state, verdict.problem, verdict.followers) == (TextState.CLAIMED, "", ())
    start = seat.session.starts_at.isoformat()
    assert list(verdict.told) == [(seat.pk, start, seat.session.venue_id)]


def test_who_was_told_meanwhile_by_hand_is_not_told_again(cast: Cast, seat: Seat) -> None:
    note_told(by=cast.admin, now=NOW, seat=seat, how=How.CALL)
    tasks.sweep()
    assert dispatch_due() == Counts()
    states = sorted(seat.texts.values_list("step", "state"))
    assert states == [("day1", "planned"), ("day7", "planned"), ("summons", "by_hand")]


def test_who_was_told_by_hand_hears_of_a_change_by_text(cast: Cast, seat: Seat) -> None:
    note_told(by=cast.admin, now=NOW, seat=seat, how=How.LETTER)
    session = seat.session
    actions.move_session(by=None, now=NOW, session=session, starts_at=paris("2026-04-16 14:00"))
    assert dispatch_due(NOW + timedelta(minutes=5)) == Counts(sent=1)
    body = seat.texts.get(step=Step.CHANGED).body
    assert "du mardi 14 avril à 18h00 est déplacé au jeudi 16 avril" in body


def test_a_text_that_is_wanted_later_than_it_was_waits(cast: Cast, seat: Seat) -> None:
    dispatch_due()
    TextPolicy.objects.create(partner=cast.ours, reminder_time=paris("2026-04-13 17:00").time())
    eve = paris("2026-04-13 09:00")
    Text.objects.filter(step=Step.DAY7).delete()
    assert dispatch_due(eve) == Counts(waiting=1)
    assert seat.texts.get(step=Step.DAY1).due_at == paris("2026-04-13 17:00")


def test_a_text_of_a_reminder_that_was_switched_off_does_not_leave(cast: Cast, seat: Seat) -> None:
    dispatch_due()
    TextPolicy.objects.create(partner=cast.ours, week_before=False)
    assert dispatch_due(paris("2026-04-07 09:00")) == Counts(void=1)


def test_what_is_only_too_late_is_a_task_and_what_is_untrue_is_not(cast: Cast, seat: Seat) -> None:
    other = book(cast, seat.session, factories.participant())
    Seat.objects.filter(pk=other.pk).update(state="released")
    for one in (seat, other):
        text = summons(one)
        verdict = recheck(text, seat.session.starts_at)
        expected = TextState.EXPIRED if one == seat else TextState.VOID
        assert verdict.state == expected


@pytest.mark.parametrize(
    ("words", "leaves"),
    [
        ([ReplyKind.OTHER], True),
        ([ReplyKind.OTHER, ReplyKind.OTHER], True),
        ([ReplyKind.OTHER, ReplyKind.STOP], False),
        ([], False),
    ],
)
def test_an_answer_is_to_the_last_thing_that_somebody_wrote(
    seat: Seat, words: list[ReplyKind], leaves: bool
) -> None:
    for minutes, kind in enumerate(words):
        reply(seat, kind, minutes)
    state = TextState.CLAIMED if leaves else TextState.VOID
    assert recheck(answer(seat), NOW).state == state


def test_replies_of_the_night_and_of_the_morning_are_answered_once(seat: Seat) -> None:
    reply(seat)
    night, morning = answer(seat, revision=1), answer(seat, revision=2)
    assert [recheck(one, NOW).state for one in (night, morning)] == ["void", "claimed"]


def test_an_answer_leaves_on_a_sunday_but_not_at_night(seat: Seat) -> None:
    sunday = paris("2026-03-22 11:00")
    reply(seat)
    text = answer(seat)
    Text.objects.filter(pk=text.pk).update(expires_at=sunday + timedelta(hours=22))
    text.refresh_from_db()
    assert recheck(text, sunday).state == TextState.CLAIMED
    night = recheck(text, sunday + timedelta(hours=10))
    assert (night.state, night.due_at) == (TextState.PLANNED, paris("2026-03-23 08:00"))


def test_nobody_is_answered_whom_no_text_may_reach(cast: Cast, seat: Seat) -> None:
    reply(seat)
    text = answer(seat)
    Participant.objects.update(phone_state=PhoneState.WRONG)
    text = Text.objects.get(pk=text.pk)
    assert recheck(text, NOW).problem == "unreachable"


def test_the_planner_neither_adds_nor_voids_an_answer(seat: Seat) -> None:
    text = answer(seat)
    tasks.sweep()
    text.refresh_from_db()
    assert text.state == TextState.PLANNED


def test_what_the_second_look_lets_pass_the_planner_wants_and_the_other_way_round(
    cast: Cast,
) -> None:
    """Rows as the planner left them, in many situations: none is void at the second look."""
    starts = ("2026-04-14 18:00", "2026-04-15 18:00", "2026-04-16 18:00", "2026-04-17 18:00")
    seats = [book(cast, factories.session(cast.ours, paris(start))) for start in starts]
    TextPolicy.objects.create(partner=cast.ours, hours_before=3, daily_cap=6)
    TextPolicy.objects.create(partner=cast.theirs, daily_cap=6)
    tasks.sweep()
    dispatch_due()
    actions.cancel_session(by=None, now=NOW, session=seats[0].session)
    moved_to = paris("2026-04-15 10:00")
    actions.move_session(by=None, now=NOW, session=seats[1].session, starts_at=moved_to)
    actions.move_seat(by=None, now=NOW, seat=seats[2], to=factories.session(cast.theirs))
    moments = Text.objects.filter(state=TextState.PLANNED).values_list("due_at", flat=True)
    with time_machine.travel(NOW) as clock:
        for moment in sorted({*chain(moments)}):
            clock.move_to(moment)
            tasks.sweep()
            counts = dispatch_due()
            assert (counts.void, counts.failed, counts.expired) == (0, 0, 0)
            assert counts.sent > 0
