"""Nobody keeps a wrong summons in hand: sessions that move, people who are moved, in every order."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking import actions
from booking.models import Participant, Seat, Session
from booking.models.person import PhoneState
from booking.models.programme import ProgrammeKind
from sms import leases, tasks
from sms.dispatch import Counts, dispatch_due
from sms.models import Step, Text, TextState
from sms.planner import Changes, reconcile
from sms.untold import untold_seats
from tests import factories
from tests.cast import Cast
from tests.factories import paris
from tests.sms.conftest import NOW, book

pytestmark = pytest.mark.django_db

HELD = timedelta(minutes=5)


@pytest.fixture
def evening(cast: Cast) -> Session:
    return factories.session(cast.ours, paris("2026-04-14 18:00"))


@pytest.fixture
def thursday(cast: Cast) -> Session:
    return factories.session(cast.ours, paris("2026-04-16 14:00"))


@pytest.fixture
def seat(cast: Cast, evening: Session) -> Seat:
    """Hamel's, who was summoned at 10:00."""
    seat = book(cast, evening)
    assert dispatch_due() == Counts(sent=1)
    return seat


def move(session: Session, start: str = "2026-04-16 14:00", at: datetime = NOW) -> None:
    actions.move_session(by=None, now=at, session=session, starts_at=paris(start))


def move_seat(seat: Seat, to: Session, at: datetime = NOW) -> Seat:
    return actions.move_seat(by=None, now=at, seat=seat, to=to)


def planned(*steps: str) -> list[tuple[int, str, datetime]]:
    texts = Text.objects.filter(state=TextState.PLANNED, step__in=steps or [*Step])
    return [(text.seat_id, text.step, text.due_at) for text in texts.order_by("due_at", "pk")]


def bodies() -> list[str]:
    """What left, without the number to call."""
    said = Text.objects.exclude(body="").order_by("sent_at", "pk").values_list("body", flat=True)
    return [body.partition(" Infos :")[0].partition(" Un prob")[0] for body in said]


def test_a_session_that_moves_is_one_text_after_five_minutes(seat: Seat, evening: Session) -> None:
    move(evening)
    assert planned() == [
        (seat.pk, "changed", NOW + HELD),
        (seat.pk, "day7", paris("2026-04-09 09:00")),
        (seat.pk, "day1", paris("2026-04-15 09:00")),
    ]
    assert dispatch_due(NOW + HELD - timedelta(seconds=1)) == Counts()
    assert dispatch_due(NOW + HELD) == Counts(sent=1)
    assert bodies()[1] == (
        "CHANGEMENT : votre RDV du mardi 14 avril à 18h00 est déplacé au jeudi 16 avril à 14h00, "
        "12 rue des Lilas, Pontoise."
    )
    assert reconcile([seat.pk], NOW + HELD) == Changes()


def test_another_place_alone_says_the_place(cast: Cast, seat: Seat, evening: Session) -> None:
    there = factories.venue(cast.ours, street="3 place du Parc", city="Cergy", room="salle 4")
    actions.move_session(by=None, now=NOW, session=evening, venue=there)
    dispatch_due(NOW + HELD)
    assert bodies()[1] == (
        "CHANGEMENT : votre RDV du mardi 14 avril à 18h00 a lieu au 3 place du Parc, Cergy (salle 4)."
    )


def test_a_move_undone_within_five_minutes_sends_nothing(seat: Seat, evening: Session) -> None:
    move(evening)
    move(evening, "2026-04-14 18:00", NOW + timedelta(minutes=4))
    assert planned("changed", "summons") == []
    assert dispatch_due(NOW + timedelta(hours=1)) == Counts()
    assert planned()[-1] == (seat.pk, "day1", paris("2026-04-13 09:00"))


def test_a_move_undone_too_late_is_told_again(seat: Seat, evening: Session) -> None:
    move(evening)
    dispatch_due(NOW + HELD)
    move(evening, "2026-04-14 18:00", NOW + 2 * HELD)
    dispatch_due(NOW + 3 * HELD)
    assert bodies()[2].startswith(
        "CHANGEMENT : votre RDV du jeudi 16 avril à 14h00 est déplacé au "
    )


def test_two_moves_are_one_text_that_tells_the_last(seat: Seat, evening: Session) -> None:
    move(evening)
    move(evening, "2026-04-17 09:00", NOW + timedelta(minutes=4))
    assert dispatch_due(NOW + timedelta(minutes=8)) == Counts()
    assert dispatch_due(NOW + timedelta(minutes=9)) == Counts(sent=1)
    assert "du mardi 14 avril à 18h00 est déplacé au vendredi 17 avril à 9h00" in bodies()[1]


@pytest.mark.parametrize("between", [True, False])
def test_a_text_claimed_before_the_move_never_leaves_after_it(
    seat: Seat, evening: Session, between: bool
) -> None:
    """Two moves, and a dispatcher that has claimed the first change when the second happens."""
    move(evening)
    at = NOW + HELD
    claimed = leases.claim(1, at)
    assert len(claimed) == 1
    move(evening, "2026-04-17 09:00", at)
    if between:
        tasks.sweep()
    Text.objects.filter(state=TextState.CLAIMED).update(lease_until=at)
    assert dispatch_due(at) == Counts(freed=1, void=1)
    assert dispatch_due(at + HELD) == Counts(sent=1)
    [_, change] = bodies()
    assert change == (
        "CHANGEMENT : votre RDV du mardi 14 avril à 18h00 est déplacé au vendredi 17 avril à 9h00, "
        "12 rue des Lilas, Pontoise."
    )


def test_who_was_not_summoned_yet_gets_the_summons_alone(cast: Cast, evening: Session) -> None:
    seat = book(cast, evening)
    leases.claim(1, NOW)  # About to leave; it will see the new time.
    move(evening)
    assert planned("changed", "summons") == [(seat.pk, "summons", NOW)]
    Text.objects.filter(state=TextState.CLAIMED).update(lease_until=NOW)
    assert dispatch_due() == Counts(freed=1, void=1, sent=1)
    [summons] = bodies()
    assert summons.startswith("Vous avez RDV jeudi 16 avril à 14h00, 12 rue des Lilas, Pontoise")


def test_another_end_or_practitioner_is_no_news(cast: Cast, seat: Seat, evening: Session) -> None:
    actions.move_session(by=None, now=NOW, session=evening, ends_at=paris("2026-04-14 19:00"))
    actions.move_session(by=None, now=NOW, session=evening, practitioners=[cast.practitioner])
    assert [step for _, step, _ in planned()] == ["day7", "day1"]
    assert dispatch_due(paris("2026-04-13 09:00")) == Counts(sent=1, expired=1)


def test_a_session_moved_and_then_cancelled_is_cancelled_at_the_hour_in_hand(
    seat: Seat, evening: Session
) -> None:
    move(evening)
    actions.cancel_session(by=None, now=NOW + timedelta(minutes=3), session=evening)
    assert dispatch_due(NOW + 2 * HELD) == Counts(sent=1)
    assert bodies()[1].startswith("ANNULÉ : votre RDV du mardi 14 avril à 18h00 n'a pas lieu.")


def test_the_sitting_that_moved_is_named(cast: Cast) -> None:
    course = factories.programme(cast.ours, ProgrammeKind.CLOSED_GROUP)
    days = [
        factories.session(cast.ours, paris(f"2026-04-{day} 18:00"), programme=course)
        for day in (14, 21, 28)
    ]
    actions.enrol(
        by=None, now=NOW, programme=course, participant=cast.hamel, referral=cast.referral
    )
    dispatch_due()
    move(days[2], "2026-04-29 18:00")
    moved = Seat.objects.get(session=days[2])
    assert planned("changed", "summons") == [(moved.pk, "changed", NOW + HELD)]
    dispatch_due(NOW + HELD)
    assert bodies()[1].startswith(
        "CHANGEMENT : votre RDV du mardi 28 avril à 18h00 est déplacé au mercredi 29 avril à 18h00"
    )
    assert tasks.sweep()["added"] == 0


def test_a_reminder_due_before_the_change_makes_way_for_it(seat: Seat, evening: Session) -> None:
    eve = paris("2026-04-13 08:58")
    with time_machine.travel(eve, tick=False):
        move(evening, "2026-04-14 14:00", eve)
        assert dispatch_due(paris("2026-04-13 09:02")) == Counts()
        assert dispatch_due(paris("2026-04-13 09:03")) == Counts(sent=1)
    assert "est déplacé au mardi 14 avril à 14h00" in bodies()[1]
    with time_machine.travel(paris("2026-04-13 09:30"), tick=False):
        tasks.sweep()
    assert planned() == []


def test_a_reminder_given_up_for_a_move_that_was_undone_still_leaves(
    seat: Seat, evening: Session
) -> None:
    Text.objects.filter(step=Step.DAY7).delete()
    with time_machine.travel(paris("2026-04-13 08:58"), tick=False):
        move(evening, "2026-04-14 14:00", paris("2026-04-13 08:58"))
    with time_machine.travel(paris("2026-04-13 09:01"), tick=False):
        move(evening, "2026-04-14 18:00", paris("2026-04-13 09:01"))
        assert dispatch_due() == Counts(sent=1)
    assert bodies()[1].startswith("Rappel : RDV demain mardi 14 avril à 18h00")


def test_who_is_moved_hears_the_old_date_and_the_new_in_one_text(
    seat: Seat, thursday: Session
) -> None:
    new = move_seat(seat, thursday)
    assert planned() == [
        (new.pk, "changed", NOW + HELD),
        (new.pk, "day7", paris("2026-04-09 09:00")),
        (new.pk, "day1", paris("2026-04-15 09:00")),
    ]
    assert dispatch_due(NOW + HELD) == Counts(sent=1)
    [summons, change] = bodies()
    assert summons.startswith("Vous avez RDV mardi 14 avril à 18h00, 12 rue des Lilas, Pontoise")
    assert change == (
        "CHANGEMENT : votre RDV du mardi 14 avril à 18h00 est déplacé au jeudi 16 avril à 14h00, "
        "12 rue des Lilas, Pontoise."
    )
    assert reconcile([seat.pk, new.pk], NOW + HELD) == Changes()


def test_the_sweep_comes_to_the_same_answer_as_the_signal(seat: Seat, thursday: Session) -> None:
    move_seat(seat, thursday)
    before = planned()
    assert tasks.sweep() == {"seats": 1, "added": 0, "voided": 0}
    Text.objects.filter(state=TextState.PLANNED).delete()
    assert tasks.sweep() == {"seats": 1, "added": 3, "voided": 0}
    assert planned() == before


def test_who_is_moved_twice_hears_of_the_first_date_and_the_last(
    cast: Cast, seat: Seat, thursday: Session
) -> None:
    friday = factories.session(cast.ours, paris("2026-04-17 09:00"))
    last = move_seat(move_seat(seat, thursday), friday, NOW + timedelta(minutes=1))
    assert planned("changed", "summons") == [(last.pk, "changed", NOW + HELD)]
    dispatch_due(NOW + HELD)
    assert "du mardi 14 avril à 18h00 est déplacé au vendredi 17 avril à 9h00" in bodies()[1]
    assert len(bodies()) == 2


def test_who_is_moved_and_moved_back_hears_nothing(
    seat: Seat, thursday: Session, evening: Session
) -> None:
    back = move_seat(move_seat(seat, thursday), evening)
    assert planned("changed", "summons") == []
    assert planned()[-1] == (back.pk, "day1", paris("2026-04-13 09:00"))


def test_who_is_moved_before_the_summons_gets_the_summons_alone(
    cast: Cast, evening: Session, thursday: Session
) -> None:
    new = move_seat(book(cast, evening), thursday)
    assert planned("changed", "summons") == [(new.pk, "summons", NOW)]
    assert dispatch_due() == Counts(sent=1)


def test_a_summons_that_failed_is_tried_for_the_new_seat(seat: Seat, thursday: Session) -> None:
    """Nobody would call for a seat that was given up."""
    Text.objects.filter(step=Step.SUMMONS).update(state=TextState.FAILED)
    new = move_seat(seat, thursday)
    assert planned("changed", "summons") == [(new.pk, "summons", NOW)]


def test_a_number_that_could_not_be_reached_at_the_move_hears_of_it_later(
    cast: Cast, seat: Seat, thursday: Session
) -> None:
    Participant.objects.update(phone_state=PhoneState.UNCONFIRMED)
    new = move_seat(seat, thursday)
    assert planned() == []
    actions.confirm_phone(by=None, now=NOW, participant=cast.hamel)
    assert planned("changed", "summons") == [(new.pk, "changed", NOW + HELD)]


def test_a_new_seat_that_is_cancelled_within_the_five_minutes_cancels_the_date_in_hand(
    seat: Seat, thursday: Session
) -> None:
    move_seat(seat, thursday)
    actions.cancel_session(by=None, now=NOW, session=thursday)
    dispatch_due(NOW + HELD)
    assert bodies()[1].startswith("ANNULÉ : votre RDV du mardi 14 avril à 18h00 n'a pas lieu.")


def test_two_people_who_swap_hear_each_of_their_own(
    cast: Cast, seat: Seat, thursday: Session
) -> None:
    other = book(cast, thursday, factories.participant())
    dispatch_due()
    mine, theirs = actions.swap_seats(by=None, now=NOW, first=seat, second=other)
    assert sorted(planned("changed", "summons")) == [
        (mine.pk, "changed", NOW + HELD),
        (theirs.pk, "changed", NOW + HELD),
    ]
    assert dispatch_due(NOW + HELD) == Counts(sent=2)
    said = {text.seat_id: text.body for text in Text.objects.filter(step=Step.CHANGED)}
    assert "du mardi 14 avril à 18h00 est déplacé au jeudi 16 avril" in said[mine.pk]
    assert "du jeudi 16 avril à 14h00 est déplacé au mardi 14 avril" in said[theirs.pk]


def test_what_no_text_can_tell_in_time_is_for_a_call(seat: Seat, evening: Session) -> None:
    move(evening, "2026-03-16 10:04")
    text = Text.objects.get(step=Step.CHANGED)
    assert (text.state, text.problem) == ("expired", "late")
    assert untold_seats(NOW, NOW + timedelta(days=1)) == [seat.pk]
    assert tasks.sweep()["added"] == 0


def test_a_change_that_would_come_after_the_old_hour_is_for_a_call(cast: Cast) -> None:
    """Moved at 20:30 from 7:30 to the week after: at 8:00 the person would be at the door."""
    session = factories.session(cast.ours, paris("2026-03-17 07:30"))
    seat = book(cast, session)
    dispatch_due()
    with time_machine.travel(paris("2026-03-16 20:30"), tick=False):
        move(session, "2026-03-24 07:30", paris("2026-03-16 20:30"))
    assert dispatch_due(paris("2026-03-16 20:35")) == Counts(expired=1)
    assert untold_seats(NOW, paris("2026-03-30 00:00")) == [seat.pk]


def test_a_change_leaves_on_a_sunday(seat: Seat, evening: Session) -> None:
    sunday = paris("2026-03-22 11:00")
    move(evening, at=sunday)
    assert dispatch_due(sunday + HELD) == Counts(sent=1)


def test_a_text_that_did_not_keep_what_it_told_leaves_the_old_time_out(
    seat: Seat, evening: Session
) -> None:
    Text.objects.update(told=None)
    assert reconcile([seat.pk], NOW) == Changes()
    move(evening)
    dispatch_due(NOW + HELD)
    assert bodies()[1] == (
        "CHANGEMENT : votre RDV a lieu le jeudi 16 avril à 14h00, 12 rue des Lilas, Pontoise "
        "(salle 2)."
    )


def test_a_move_costs_one_query_more_than_any_other_change(seat: Seat, thursday: Session) -> None:
    new = move_seat(seat, thursday)
    Text.objects.update(carried_to=None)
    Text.objects.filter(seat=new).update(revision=7)
    with CaptureQueriesContext(connection) as queries:
        changes = reconcile([seat.pk, new.pk], NOW, moved={seat.pk: new.pk})
    assert (changes.voided, changes.added) == (3, 3)
    assert len(queries) == 6
