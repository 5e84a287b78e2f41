"""Texts of one batch are looked at together; what changes before their turn is seen all the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking import actions
from booking.models import Participant, Seat
from sms import foresight, leases
from sms.dispatch import Counts, dispatch_due
from sms.handover import hand_over
from sms.models import Step, Text
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book
from tests.sms.stand_in import StandIn

pytestmark = pytest.mark.django_db

Change = Callable[[Seat], object]


def cancel(seat: Seat) -> None:
    actions.cancel_session(by=None, now=NOW, session=seat.session)


def move(seat: Seat) -> None:
    start = seat.session.starts_at + timedelta(days=2)
    actions.move_session(by=None, now=NOW, session=seat.session, starts_at=start)


def release(seat: Seat) -> None:
    actions.release_seat(by=None, now=NOW, seat=seat)


def refuse(seat: Seat) -> None:
    actions.refuse_texts(by=None, now=NOW, participant=seat.participant)


def share(seat: Seat) -> None:
    Participant.objects.filter(pk=seat.participant_id).update(phone_shared=True)


def another_number(seat: Seat) -> None:
    Participant.objects.filter(pk=seat.participant_id).update(phone="+33639981111")


@pytest.fixture
def pair(cast: Cast, twilio: StandIn) -> tuple[Seat, Seat]:
    """Two people's summonses, due in this order."""
    first, second = (
        book(cast, factories.session(cast.ours, paris(f"2026-04-{day} 18:00")), person)
        for day, person in ((14, factories.participant()), (16, cast.hamel))
    )
    return first, second


def dispatch_and_change(change: Change, seat: Seat) -> Counts:
    """The change comes once the batch was looked at, and its first text has left."""

    def told(counts: Counts) -> None:
        if counts == Counts(sent=1):
            change(seat)

    return dispatch_due(told=told)


@pytest.mark.parametrize("change", [cancel, release, refuse])
def test_what_is_no_longer_true_does_not_leave(
    pair: tuple[Seat, Seat], twilio: StandIn, change: Change
) -> None:
    assert dispatch_and_change(change, pair[1]) == Counts(sent=1, void=1)
    assert len(twilio.accepted) == 1


def test_a_move_gives_the_new_time_or_nothing(pair: tuple[Seat, Seat], twilio: StandIn) -> None:
    dispatch_and_change(move, pair[1])
    dispatch_due()
    bodies = [one["Body"] for one in twilio.accepted if one["To"] == "+33639980072"]
    assert [body[:35] for body in bodies] == ["Vous avez RDV samedi 18 avril à 18h"]


@pytest.mark.parametrize(
    ("change", "to", "says_the_place"),
    [(share, "+33639980072", False), (another_number, "+33639981111", True)],
)
def test_the_number_and_the_manner_are_those_of_the_moment(
    pair: tuple[Seat, Seat], twilio: StandIn, change: Change, to: str, says_the_place: bool
) -> None:
    assert dispatch_and_change(change, pair[1]) == Counts(sent=2)
    last = twilio.accepted[-1]
    assert (last["To"], "Pontoise" in last["Body"]) == (to, says_the_place)


def test_the_cap_counts_what_left_in_the_same_batch(cast: Cast, twilio: StandIn) -> None:
    for day in range(10, 16):
        book(cast, factories.session(cast.ours, paris(f"2026-04-{day} 18:00")))
    assert dispatch_due() == Counts(sent=3, waiting=3)


def test_what_was_foreseen_is_not_believed_for_long(pair: tuple[Seat, Seat]) -> None:
    claims = leases.claim(10, NOW)
    seen = foresight.foresee(claims, NOW)
    assert set(seen) == {claim.pk for claim in claims}
    partner = pair[0].session.partner
    type(partner).objects.filter(pk=partner.pk).update(phone="01 99 00 00 88")
    for claim, wait, number in ((claims[0], 9, "01"), (claims[1], 10, "88")):
        with time_machine.travel(NOW + timedelta(seconds=wait), tick=False):
            at = NOW + timedelta(seconds=wait)
            hand_over(claim, at, foreseen=seen[claim.pk])
        assert Text.objects.get(pk=claim.pk).body.endswith(number)


def test_nothing_foreseen_leaves_after_closing_time(pair: tuple[Seat, Seat]) -> None:
    almost = paris("2026-03-16 19:59:55")
    claims = leases.claim(10, almost)
    seen = foresight.foresee(claims, almost)
    assert {one.until for one in seen.values()} == {paris("2026-03-16 20:00")}
    at = paris("2026-03-16 20:00")
    assert hand_over(claims[0], at, foreseen=seen[claims[0].pk]) == "planned"


@pytest.mark.parametrize("number", [1, 3])
def test_to_foresee_costs_the_same_for_many(cast: Cast, number: int) -> None:
    session = factories.session(cast.ours, paris("2026-04-14 18:00"))
    for _ in range(number):
        book(cast, session, factories.participant())
    claims = leases.claim(10, NOW)
    with CaptureQueriesContext(connection) as queries:
        assert len(foresight.foresee(claims, NOW)) == number
    assert len(queries) == 9


def test_an_offer_is_looked_at_alone(pair: tuple[Seat, Seat]) -> None:
    Text.objects.filter(step=Step.SUMMONS).update(step=Step.OFFER)
    assert foresight.foresee(leases.claim(10, NOW), NOW) == {}
