"""Told without a text: the outbox and the lists know it, and what changes later is told again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, connections
from django.utils import timezone

from booking import actions as bookings
from booking.errors import Busy, NotActive, NotAllowed, TooLate
from booking.models import JournalEntry, Participant, Seat, Session, User
from booking.models.journal import Verb
from booking.models.person import PhoneState
from booking.models.seat import SeatState
from booking.queries.to_call import to_call
from sms import actions, by_hand, leases
from sms.dispatch import dispatch_due
from sms.models import How, Step, Text, TextState
from sms.untold import untold_seats
from tests import factories
from tests.cast import Cast
from tests.concurrency import scenes
from tests.factories import paris
from tests.sms.conftest import NOW, book

pytestmark = pytest.mark.django_db

SOON = NOW + timedelta(days=60)


@pytest.fixture
def evening(cast: Cast) -> Session:
    return factories.session(cast.ours, paris("2026-04-14 18:00"))


@pytest.fixture
def seat(cast: Cast, evening: Session) -> Seat:
    return book(cast, evening)


def tell(seat: Seat, by: User | None = None, how: How = How.CALL, at: datetime = NOW) -> Text:
    return actions.note_told(by=by, now=at, seat=seat, how=how)


def rows(*states: TextState) -> list[tuple[str, str]]:
    texts = Text.objects.filter(state__in=states or [*TextState]).order_by("pk")
    return [(text.step, text.state) for text in texts]


def waiting() -> set[str]:
    return {step for step, _state in rows(TextState.PLANNED)}


def end_as(state: TextState, step: Step = Step.SUMMONS, **values: Any) -> Text:
    text = Text.objects.get(step=step)
    Text.objects.filter(pk=text.pk).update(state=state, **values)
    return text


def noted() -> list[dict[str, object]]:
    return [entry.facts for entry in JournalEntry.objects.filter(verb=Verb.TOLD_BY_HAND)]


def test_a_summons_that_waits_is_settled_and_the_reminders_stay(cast: Cast, seat: Seat) -> None:
    before = waiting()
    text = tell(seat, cast.admin)
    assert (text.step, text.state, text.how) == (Step.SUMMONS, TextState.BY_HAND, How.CALL)
    assert (text.told_by, text.sent_at, text.body, text.to) == (cast.admin, NOW, "", "")
    assert waiting() == before - {Step.SUMMONS}
    assert noted() == [{"text": text.pk, "step": "summons", "how": "call"}]


def test_a_summons_that_failed_is_settled_and_keeps_why(seat: Seat) -> None:
    failed = end_as(TextState.FAILED, problem="30005", to="+33639980072", sent_at=NOW)
    assert untold_seats(NOW, SOON) == [seat.pk]
    text = tell(seat, how=How.LETTER)
    assert (text.pk, text.problem, text.how) == (failed.pk, "30005", How.LETTER)
    assert untold_seats(NOW, SOON) == []


@pytest.mark.parametrize("state", [TextState.EXPIRED, TextState.UNCERTAIN])
def test_what_came_too_late_or_may_not_have_left_is_settled(seat: Seat, state: TextState) -> None:
    ended = end_as(state)
    assert tell(seat).pk == ended.pk
    assert Text.objects.get(step=Step.SUMMONS).state == TextState.BY_HAND


def test_without_a_text_a_row_is_written(cast: Cast, evening: Session) -> None:
    nobody = factories.participant(phone="", phone_state=PhoneState.NONE)
    seat = book(cast, evening, nobody)
    assert rows() == []
    text = tell(seat, how=How.PERSON)
    assert (text.seat, text.step, text.revision) == (seat, Step.SUMMONS, seat.session.revision)
    assert rows() == [("summons", "by_hand")]


def test_noted_twice_it_is_noted_once(seat: Seat) -> None:
    assert tell(seat).pk == tell(seat, how=How.LETTER).pk
    assert (len(noted()), Text.objects.get(step=Step.SUMMONS).how) == (1, How.CALL)


def test_who_was_reached_by_text_needs_no_row(seat: Seat) -> None:
    dispatch_due()
    sent = Text.objects.get(step=Step.SUMMONS)
    assert (tell(seat), noted()) == (sent, [])
    sent.refresh_from_db()
    assert sent.state == TextState.SENT


def test_who_was_reached_and_refuses_since_is_off_the_list_once_called(
    cast: Cast, seat: Seat
) -> None:
    dispatch_due()
    bookings.refuse_texts(by=None, now=NOW, participant=seat.participant)
    told = by_hand.told_seats(NOW, SOON)
    assert [call.seat for call in to_call(cast.coordinator, NOW, told=told)] == []  # Weeks ahead.
    later = seat.starts_at - timedelta(days=3)
    with time_machine.travel(later, tick=False):
        assert [call.seat for call in to_call(cast.coordinator, later)] == [seat]
        seat.refresh_from_db()
        assert tell(seat, at=later).state == TextState.BY_HAND
        told = by_hand.told_seats(later, SOON)
        assert to_call(cast.coordinator, later, told=told) == []


def test_a_reminder_that_failed_is_settled_for_who_knows(seat: Seat) -> None:
    dispatch_due()
    failed = end_as(TextState.FAILED, Step.DAY1, sent_at=NOW)
    assert tell(seat).pk == failed.pk
    assert untold_seats(NOW, SOON) == []


def test_who_was_told_hears_of_a_change_and_of_the_cancellation(seat: Seat) -> None:
    tell(seat)
    bookings.move_session(
        by=None, now=NOW, session=seat.session, starts_at=paris("2026-04-15 18:00")
    )
    assert Step.CHANGED in waiting()
    assert tell(seat).step == Step.CHANGED
    assert Step.CHANGED not in waiting()
    seat.session.refresh_from_db()
    bookings.cancel_session(by=None, now=NOW, session=seat.session)
    assert waiting() == {Step.CANCELLED}
    assert tell(seat).step == Step.CANCELLED
    assert waiting() == set()


def test_who_was_told_and_has_no_phone_is_called_about_the_cancellation(
    cast: Cast, evening: Session
) -> None:
    nobody = factories.participant(phone="", phone_state=PhoneState.NONE)
    factories.referral(nobody, cast.ours)
    seat = book(cast, evening, nobody)
    tell(seat)
    assert (by_hand.told_seats(NOW, SOON), by_hand.gone_unsaid(NOW, SOON)) == ([seat.pk], [])
    bookings.cancel_session(by=None, now=NOW, session=evening)
    assert (by_hand.told_seats(NOW, SOON), by_hand.gone_unsaid(NOW, SOON)) == ([], [seat.pk])
    tell(seat)
    assert by_hand.gone_unsaid(NOW, SOON) == []


def test_who_was_told_leaves_the_list_of_calls_until_the_session_moves(
    cast: Cast, evening: Session
) -> None:
    nobody = factories.participant(phone="", phone_state=PhoneState.NONE)
    factories.referral(nobody, cast.ours)
    seat = book(cast, evening, nobody)
    later = evening.starts_at - timedelta(days=3)

    def called() -> list[Seat]:
        told = by_hand.told_seats(later, SOON)
        return [call.seat for call in to_call(cast.admin, later, told=told)]

    assert called() == [seat]
    tell(seat)
    assert called() == []
    bookings.move_session(
        by=None, now=NOW, session=evening, starts_at=evening.starts_at + timedelta(days=1)
    )
    assert called() == [seat]


def test_a_text_that_came_after_the_call_counts_more(seat: Seat) -> None:
    """The number is confirmed later: who was told by a text no longer stands as told by hand."""
    tell(seat)
    bookings.move_session(
        by=None, now=NOW, session=seat.session, starts_at=paris("2026-04-15 18:00")
    )
    assert by_hand.told_seats(NOW, SOON) == []
    with time_machine.travel(NOW + timedelta(minutes=6), tick=False):
        dispatch_due()
    assert by_hand.told_seats(NOW, SOON) == []


def test_a_course_is_told_of_as_a_whole(cast: Cast) -> None:
    programme, days = scenes.course(cast.ours)
    bookings.enrol(by=None, now=NOW, programme=programme, participant=cast.hamel)
    first, second = Seat.objects.order_by("starts_at")
    text = tell(second)
    assert (text.seat, text.step) == (first, Step.SUMMONS)
    assert {kept[0] for kept in text.told or []} == {first.pk, second.pk}
    assert by_hand.told_seats(NOW, SOON) == [first.pk, second.pk]
    assert Step.SUMMONS not in waiting()
    bookings.cancel_session(by=None, now=NOW, session=days[1])
    assert waiting() == {Step.CANCELLED, Step.DAY1}


def test_of_a_cancelled_seat_nothing_is_told_but_that(seat: Seat) -> None:
    end_as(TextState.FAILED)
    bookings.cancel_session(by=None, now=NOW, session=seat.session)
    text = tell(seat)
    assert (text.step, text.told) == (Step.CANCELLED, [])
    assert waiting() == set()


def test_a_missed_appointment_is_told_of_after_it(cast: Cast, seat: Seat) -> None:
    later = seat.starts_at + timedelta(hours=3)
    Seat.objects.filter(pk=seat.pk).update(state=SeatState.UNEXCUSED)
    assert tell(seat, at=later).step == Step.MISSED
    assert tell(seat, at=later).step == Step.MISSED
    assert len(noted()) == 1


def test_an_offer_is_told_of(cast: Cast) -> None:
    session = factories.session(cast.ours, paris("2026-04-14 18:00"), capacity=1)
    scenes.wait(session, cast.hamel)
    held = Seat.objects.get(state=SeatState.HELD)
    text = tell(held)
    assert (text.step, tell(held)) == (Step.OFFER, text)
    start = paris("2026-04-15 18:00")
    bookings.move_session(by=None, now=NOW, session=session, starts_at=start)
    assert tell(held) != text


def test_a_course_that_is_offered_is_told_of_as_a_whole(cast: Cast) -> None:
    programme, _days = scenes.course(cast.ours)
    scenes.wait(programme, cast.hamel)
    first, second = Seat.objects.filter(state=SeatState.HELD).order_by("starts_at")
    text = tell(second)
    assert {kept[0] for kept in text.told or []} == {first.pk, second.pk}
    assert (text.step, tell(first)) == (Step.OFFER, text)
    assert Step.OFFER not in waiting()


def test_a_seat_that_was_given_back_or_has_begun_is_refused(cast: Cast, seat: Seat) -> None:
    with pytest.raises(TooLate):
        tell(seat, at=seat.starts_at)
    bookings.release_seat(by=None, now=NOW, seat=seat)
    with pytest.raises(NotActive):
        tell(seat)


def test_who_manages_the_partner_or_leads_the_session_may(cast: Cast, seat: Seat) -> None:
    for by in (cast.stranger, cast.observer, cast.doctor):
        with pytest.raises(NotAllowed):
            tell(seat, by)
    led = factories.session(cast.ours, paris("2026-04-15 18:00"), practitioners=[cast.practitioner])
    assert tell(book(cast, led), cast.doctor).told_by == cast.doctor


def test_a_text_that_is_claimed_is_settled_and_its_dispatcher_finds_nothing(seat: Seat) -> None:
    text = end_as(TextState.CLAIMED, lease_until=NOW + timedelta(minutes=5))
    tell(seat)
    assert not leases.held(text.pk, NOW + timedelta(minutes=5)).exists()
    assert dispatch_due().sent == 0


def test_a_text_that_is_being_sent_is_left_as_it_is(seat: Seat) -> None:
    lease = NOW + timedelta(minutes=5)
    told = [[seat.pk, seat.starts_at.isoformat(), seat.session.venue_id]]
    text = end_as(
        TextState.CLAIMED, lease_until=lease, to=seat.participant.phone, sent_at=NOW, told=told
    )
    assert (tell(seat).pk, noted()) == (text.pk, [])
    assert leases.held(text.pk, lease).exists()


def test_a_record_that_was_merged_meanwhile_is_busy(cast: Cast, seat: Seat) -> None:
    other = factories.participant()
    bookings.merge(by=None, now=NOW, keep=other, absorb=cast.hamel)
    with pytest.raises(Busy):
        tell(seat)


@pytest.mark.parametrize("people", [1, 3])
def test_as_many_queries_for_one_as_for_three(
    cast: Cast, evening: Session, people: int, django_assert_num_queries: Any
) -> None:
    for _ in range(people):
        person: Participant = factories.participant(phone="", phone_state=PhoneState.NONE)
        tell(book(cast, evening, person))
    with django_assert_num_queries(3):  # Where no seat is gone, no text is asked for.
        assert len(by_hand.told_seats(timezone.now(), SOON)) == people
        assert by_hand.gone_unsaid(timezone.now(), SOON) == []


@pytest.mark.django_db(transaction=True)
def test_two_who_note_it_at_once_write_one_row(cast: Cast, evening: Session) -> None:
    nobody = factories.participant(phone="", phone_state=PhoneState.NONE)
    seat = book(cast, evening, nobody)
    connection.close()  # As processes that have just started.

    def note(_number: int) -> int:
        try:
            return tell(seat).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        told = set(pool.map(note, range(4)))
    assert (len(told), len(noted()), rows()) == (1, 1, [("summons", "by_hand")])


@pytest.mark.django_db(transaction=True)
def test_noted_while_it_is_sent_it_is_told_once(seat: Seat) -> None:
    """Whoever comes first: either the text leaves and stays as it is, or it never does."""
    connection.close()

    def run(number: int) -> None:
        try:
            if number % 2:
                tell(seat)
            else:
                dispatch_due()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    [(_step, state)] = [row for row in rows() if row[0] == Step.SUMMONS]
    assert (state, len(noted())) in {("sent", 0), ("by_hand", 1)}
