"""Whoever was told to come somewhere where nothing takes place any more, and whom no text reaches, is
called, whatever else they are awaited for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from booking import actions
from booking.models import Participant, Seat
from sms import by_hand, tasks
from sms.actions import note_told
from sms.dispatch import dispatch_due
from sms.models import How, Step, Text, TextState
from sms.queries.letters import need_a_letter
from sms.queries.out_of_reach import out_of_reach
from sms.untold import untold
from tests import factories
from tests.cast import Cast
from tests.concurrency import scenes
from tests.factories import paris
from tests.sms.conftest import NOW, book

pytestmark = pytest.mark.django_db

SOON = NOW + timedelta(days=14)
LATER = NOW + timedelta(minutes=30)
Lose = Callable[[Cast], object]


def refused(cast: Cast) -> object:
    return actions.refuse_texts(by=None, now=NOW, participant=cast.hamel)


def wrong(cast: Cast) -> object:
    return actions.report_wrong_number(by=None, now=NOW, participant=cast.hamel)


def changed(cast: Cast) -> object:
    number = "06 39 98 00 99"
    return actions.change_phone(by=None, now=NOW, participant=cast.hamel, phone=number)


def told_of(cast: Cast, start: str = "2026-03-18 10:00") -> Seat:
    seat = book(cast, factories.session(cast.ours, paris(start)))
    dispatch_due()
    return seat


def called(cast: Cast, at: datetime = LATER) -> list[int]:
    with time_machine.travel(at, tick=False):
        tasks.sweep()
        dispatch_due()
    return [call.seat.pk for call in out_of_reach(cast.admin, at)]


@pytest.mark.parametrize("lose", [refused, wrong, changed])
@pytest.mark.parametrize("first", [True, False])
def test_who_was_told_by_text_is_called_about_the_cancellation(
    cast: Cast, lose: Lose, *, first: bool
) -> None:
    """Also where the text that would have told them was held when their number was lost."""
    seat = told_of(cast)
    if first:
        lose(cast)
    actions.cancel_session(by=None, now=NOW, session=seat.session)
    if not first:
        lose(cast)
    assert called(cast) == [seat.pk]
    assert [call.seat.pk for call in need_a_letter(cast.admin, LATER, [cast.ours])] == [seat.pk]
    note_told(by=None, now=LATER, seat=seat, how=How.CALL)
    assert called(cast) == []


@pytest.mark.parametrize("other", ["2026-03-18 08:00", "2026-03-25 10:00", "2026-04-14 10:00"])
def test_another_seat_hides_nothing(cast: Cast, other: str) -> None:
    gone, stays = told_of(cast), told_of(cast, other)
    by_start = sorted([gone, stays], key=lambda seat: seat.starts_at)
    refused(cast)
    actions.cancel_session(by=None, now=NOW, session=gone.session)
    awaited = [seat.pk for seat in by_start if seat.starts_at <= SOON]
    assert called(cast) == awaited
    note_told(by=None, now=LATER, seat=gone, how=How.CALL)
    assert called(cast) == [pk for pk in awaited if pk != gone.pk]


def test_a_day_of_a_course_that_is_cancelled(cast: Cast) -> None:
    programme, days = scenes.course(cast.ours)
    actions.enrol(by=None, now=NOW, programme=programme, participant=cast.hamel)
    dispatch_due()
    refused(cast)
    actions.cancel_session(by=None, now=NOW, session=days[1])
    gone = Seat.objects.get(session=days[1])
    assert by_hand.gone_unsaid(LATER, days[1].starts_at) == [gone.pk]


def test_a_session_that_moved_far_away_is_told_of_before_its_old_time(cast: Cast) -> None:
    seat = told_of(cast)
    refused(cast)
    far = paris("2026-05-12 10:00")
    actions.move_session(by=None, now=NOW, session=seat.session, starts_at=far)
    assert called(cast) == [seat.pk]
    note_told(by=None, now=LATER, seat=seat, how=How.CALL)
    assert called(cast) == []


def test_one_that_moved_and_was_then_cancelled(cast: Cast) -> None:
    seat = told_of(cast)
    refused(cast)
    far = paris("2026-05-12 10:00")
    moved = actions.move_session(by=None, now=NOW, session=seat.session, starts_at=far)
    actions.cancel_session(by=None, now=NOW, session=moved)
    assert called(cast) == [seat.pk]
    assert called(cast, paris("2026-03-18 10:01")) == []


def test_somebody_whom_a_text_reaches_is_told_by_one(cast: Cast) -> None:
    seat = told_of(cast)
    note_told(by=None, now=NOW, seat=seat, how=How.CALL)
    actions.cancel_session(by=None, now=NOW, session=seat.session)
    assert by_hand.gone_unsaid(NOW, SOON) == []
    assert called(cast) == []
    assert Text.objects.get(step=Step.CANCELLED).state == TextState.SENT


def test_who_was_never_told_or_gave_the_seat_back_is_not_called(cast: Cast) -> None:
    unsaid = book(cast, factories.session(cast.ours, paris("2026-03-19 10:00")))
    refused(cast)
    actions.cancel_session(by=None, now=NOW, session=unsaid.session)
    assert (called(cast), untold(LATER).count()) == ([], 0)
    Participant.objects.update(texts_refused=False)
    back = told_of(cast)
    refused(cast)
    actions.release_seat(by=None, now=NOW, seat=back)
    assert called(cast) == []


@pytest.mark.parametrize("people", [1, 3])
def test_as_many_queries_for_one_as_for_three(
    cast: Cast, people: int, django_assert_num_queries: Any
) -> None:
    session = factories.session(cast.ours, paris("2026-03-18 10:00"))
    persons: list[Participant] = [factories.participant() for _ in range(people)]
    for person in persons:
        factories.referral(person, cast.ours)
        book(cast, session, person)
    dispatch_due()
    Participant.objects.update(texts_refused=True)
    actions.cancel_session(by=None, now=NOW, session=session)
    with django_assert_num_queries(2):
        assert len(by_hand.gone_unsaid(NOW, SOON)) == people
