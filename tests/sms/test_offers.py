"""A place that is offered is told once; one that was given back is nothing to write about."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine

from booking import actions
from booking.models import Partner, Seat, Session, WaitingEntry
from booking.models.programme import ProgrammeKind
from sms import tasks
from sms.dispatch import Counts, dispatch_due
from sms.models import Step, Text, TextPolicy, TextState
from sms.untold import untold_seats
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


@pytest.mark.parametrize("left", [True, False])
def test_an_offered_seat_is_told_and_a_confirmed_one_summoned(
    cast: Cast, evening: Session, left: bool
) -> None:
    offer = offered(cast, evening)
    seat = Seat.objects.get()
    tasks.sweep()
    assert (seat.state, planned()) == ("held", [(seat.pk, "offer")])
    text = Text.objects.get()
    assert (text.due_at, text.expires_at) == (NOW, offer.held_until)
    if left:
        assert dispatch_due() == Counts(sent=1)
    actions.confirm_offer(by=None, now=NOW, waiting_entry=offer)
    assert planned() == [(seat.pk, "summons"), (seat.pk, "day7"), (seat.pk, "day1")]
    assert dispatch_due() == Counts(sent=1)


def test_an_offer_says_what_and_until_when(cast: Cast, evening: Session) -> None:
    offered(cast, evening)
    dispatch_due()
    body = Text.objects.get().body
    assert "RDV mardi 14 avril à 18h00, 12 rue des Lilas, Pontoise" in body
    assert "avant le mercredi 18 mars à 10h00" in body
    tasks.sweep()
    assert planned() == []


def test_an_offer_that_moves_is_told_again_and_another_end_is_no_news(
    cast: Cast, evening: Session
) -> None:
    offered(cast, evening)
    dispatch_due()
    actions.move_session(by=None, now=NOW, session=evening, ends_at=paris("2026-04-14 19:00"))
    assert planned() == []
    actions.move_session(by=None, now=NOW, session=evening, starts_at=paris("2026-04-16 18:00"))
    assert [step for _, step in planned()] == ["offer"]


def test_an_offer_follows_when_it_has_to_end_earlier(cast: Cast, evening: Session) -> None:
    Partner.objects.update(offer_hours=24 * 14)
    offer = offered(cast, evening)
    actions.move_session(by=None, now=NOW, session=evening, starts_at=paris("2026-03-25 18:00"))
    offer.refresh_from_db()
    text = Text.objects.get(state=TextState.PLANNED)
    assert text.expires_at == offer.held_until == paris("2026-03-24 18:00")


@pytest.mark.parametrize(
    ("start", "leaves"), [("2026-04-14 18:00", False), ("2026-03-23 18:00", True)]
)
def test_an_offer_leaves_on_a_sunday_only_if_monday_is_too_late(
    cast: Cast, start: str, leaves: bool
) -> None:
    sunday = paris("2026-03-22 11:00")
    with time_machine.travel(sunday, tick=False):
        session = factories.session(cast.ours, paris(start))
        actions.join_waiting_list(
            by=None, now=sunday, participant=cast.hamel, referral=cast.referral, session=session
        )
        assert dispatch_due() == (Counts(sent=1) if leaves else Counts(waiting=1))


def test_an_offer_that_did_not_arrive_is_for_a_call(cast: Cast, evening: Session) -> None:
    offer = offered(cast, evening)
    Text.objects.update(state=TextState.FAILED, problem="30006")
    seat = Seat.objects.get()
    tasks.sweep()
    assert (planned(), untold_seats(NOW, evening.starts_at)) == ([], [seat.pk])
    actions.decline_offer(by=None, now=NOW, waiting_entry=offer)
    assert untold_seats(NOW, evening.starts_at) == []


def test_a_partner_may_offer_by_telephone_alone(cast: Cast, evening: Session) -> None:
    TextPolicy.objects.create(partner=cast.ours, offers=False)
    offered(cast, evening)
    assert planned() == []


def test_an_offered_evening_that_is_cancelled_is_told_to_whoever_heard_of_it(
    cast: Cast, evening: Session
) -> None:
    """They may have said yes by telephone: nobody stands before a closed door."""
    offered(cast, evening)
    dispatch_due()
    actions.cancel_session(by=None, now=NOW, session=evening)
    assert [step for _, step in planned()] == ["cancelled"]


def test_an_offered_course_that_is_confirmed_is_one_summons(cast: Cast) -> None:
    days = course(cast)
    offer = offered(cast, days[0])
    [(_, step)] = planned()
    assert (step, dispatch_due()) == ("offer", Counts(sent=1))
    assert "2 RDV, jeudi 16 et vendredi 17 avril à 9h00" in Text.objects.get().body
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
    assert set(Text.objects.values_list("step", "state")) == {("offer", "void")}


def test_a_session_that_moves_before_the_offer_left_is_offered_once(
    cast: Cast, evening: Session
) -> None:
    offer = offered(cast, evening)
    actions.move_session(by=None, now=NOW, session=evening, starts_at=paris("2026-04-16 18:00"))
    assert [step for _, step in planned()] == ["offer"]
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
