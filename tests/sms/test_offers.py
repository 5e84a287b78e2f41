"""A place that is only offered, or was given back, is nothing to write about."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine

from booking import actions
from booking.models import Partner, Seat, Session, WaitingEntry
from booking.models.programme import ProgrammeKind
from sms import tasks
from sms.models import Step, Text, TextState
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book

pytestmark = pytest.mark.django_db


def planned() -> list[tuple[int, str]]:
    texts = Text.objects.filter(state=TextState.PLANNED).order_by("due_at", "pk")
    return [(text.seat_id, text.step) for text in texts]


def course(cast: Cast) -> list[Session]:
    programme = factories.programme(cast.ours, ProgrammeKind.COURSE)
    return [
        factories.session(cast.ours, paris(f"2026-04-{day} 09:00"), programme=programme)
        for day in (16, 17)
    ]


def offered(cast: Cast, session: Session) -> WaitingEntry:
    """Hamel waits, for an evening or for a whole course, and is offered it at once."""
    target = {"programme": session.programme} if session.programme else {"session": session}
    return actions.join_waiting_list(
        by=None, now=NOW, participant=cast.hamel, referral=cast.referral, **target
    )


@pytest.fixture
def evening(cast: Cast) -> Session:
    return factories.session(cast.ours, paris("2026-04-14 18:00"))


def test_an_offered_seat_gets_no_text_and_a_confirmed_one_its_summons(
    cast: Cast, evening: Session
) -> None:
    offer = offered(cast, evening)
    tasks.sweep()
    assert (Seat.objects.get().state, planned()) == ("held", [])
    actions.confirm_offer(by=None, now=NOW, waiting_entry=offer)
    pk = Seat.objects.get().pk
    assert planned() == [(pk, "summons"), (pk, "day7"), (pk, "day1")]


def test_an_offered_course_that_is_confirmed_is_one_summons(cast: Cast) -> None:
    days = course(cast)
    offer = offered(cast, days[0])
    assert planned() == []
    actions.confirm_offer(by=None, now=NOW, waiting_entry=offer)
    first, second = Seat.objects.order_by("starts_at")
    assert planned() == [
        (first.pk, "summons"),
        (first.pk, "day7"),
        (first.pk, "day1"),
        (second.pk, "day1"),
    ]
    assert tasks.sweep()["added"] == 0


def test_a_place_that_policy_confirms_is_summoned_at_once(cast: Cast) -> None:
    Partner.objects.update(offers_confirmed=True)
    offered(cast, course(cast)[0])
    assert [step for _, step in planned()] == ["summons", "day7", "day1", "day1"]


def test_an_offer_that_is_declined_or_lapses_leaves_no_text(cast: Cast, evening: Session) -> None:
    actions.decline_offer(by=None, now=NOW, waiting_entry=offered(cast, evening))
    offered(cast, evening)
    later = NOW + timedelta(hours=49)
    with time_machine.travel(later, tick=False):
        assert actions.serve_waiting_lists(now=later).lapsed == 1
        tasks.sweep()
    assert set(Seat.objects.values_list("state", flat=True)) == {"released"}
    assert not Text.objects.exists()


def test_a_session_that_moves_tells_nobody_who_is_only_offered_it(
    cast: Cast, evening: Session
) -> None:
    offer = offered(cast, evening)
    actions.move_session(by=None, now=NOW, session=evening, starts_at=paris("2026-04-16 18:00"))
    assert planned() == []
    actions.confirm_offer(by=None, now=NOW, waiting_entry=offer)
    summons = Text.objects.get(step=Step.SUMMONS)
    assert (summons.revision, summons.expires_at) == (1, paris("2026-04-16 18:00"))


@pytest.mark.parametrize("moved", [False, True])
def test_who_gave_the_seat_back_by_telephone_hears_nothing(
    cast: Cast, evening: Session, moved: bool
) -> None:
    seat = book(cast, evening)
    told(NOW)
    if moved:
        thursday = factories.session(cast.ours, paris("2026-04-16 14:00"))
        seat = actions.move_seat(by=None, now=NOW, seat=seat, to=thursday)
    actions.release_seat(by=None, now=NOW, seat=seat)
    tasks.sweep()
    assert planned() == []


def told(at: datetime) -> None:
    Text.objects.filter(step=Step.SUMMONS).update(state=TextState.SENT, sent_at=at)
