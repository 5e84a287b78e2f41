"""The waiting list: one order, offers in the same transaction, nobody skipped silently."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from booking import actions
from booking.errors import (
    AlreadySeated,
    AlreadyWaiting,
    EnrolsAsAWhole,
    Invalid,
    NotActive,
    NotAllowed,
    NotPossibleHere,
    OfferOver,
    SessionFull,
)
from booking.models import Enrolment, JournalEntry, Participant, Programme, Session, WaitingEntry
from booking.models.journal import Verb
from booking.models.partner import ServiceFamily
from booking.models.programme import EnrolmentState, ProgrammeKind
from booking.models.seat import SeatState
from booking.models.waiting import WaitingState
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _full(cast: Cast, days: int = 10, capacity: int = 1, **fields: Any) -> Session:
    """A session in which every seat is taken."""
    start = timezone.now() + timedelta(days=days)
    session = factories.session(cast.ours, start, capacity=capacity, **fields)
    for _ in range(capacity):
        _book(session, factories.participant())
    return session


def _book(session: Session, person: Participant) -> None:
    actions.book_seat(by=None, now=timezone.now(), session=session, participant=person)


def _wait(
    cast: Cast,
    target: Session | Programme,
    deadline: date | None = None,
    person: Participant | None = None,
) -> WaitingEntry:
    person = person or factories.participant()
    referral = factories.referral(person, cast.ours, deadline=deadline)
    return actions.join_waiting_list(
        by=None,
        now=timezone.now(),
        participant=person,
        referral=referral,
        session=target if isinstance(target, Session) else None,
        programme=target if isinstance(target, Programme) else None,
    )


def _release(session: Session, now: datetime | None = None) -> None:
    seat = session.seats.filter(state=SeatState.BOOKED).order_by("number").first()
    assert seat is not None
    actions.release_seat(by=None, now=now or timezone.now(), seat=seat)


def _states(*waiting: WaitingEntry) -> list[str]:
    return [WaitingEntry.objects.get(pk=one.pk).state for one in waiting]


def test_a_free_place_is_offered_by_deadline_then_date_of_referral(cast: Cast) -> None:
    session = _full(cast, capacity=2)
    soon = timezone.localdate() + timedelta(days=30)
    none = _wait(cast, session)
    late = _wait(cast, session, soon + timedelta(days=9))
    early = _wait(cast, session, soon)
    _release(session)
    assert _states(early, late, none) == ["offered", "waiting", "waiting"]
    _release(session)
    assert _states(early, late, none) == ["offered", "offered", "waiting"]


def test_an_offer_is_a_held_seat_that_counts_and_ends_after_48_hours(cast: Cast) -> None:
    session = _full(cast)
    waiting = _wait(cast, session)
    now = timezone.now()
    _release(session, now)
    waiting.refresh_from_db()
    assert waiting.seat is not None
    assert waiting.seat.state == SeatState.HELD
    assert waiting.held_until == now + timedelta(hours=48)
    with pytest.raises(SessionFull):
        _book(session, factories.participant())


def test_an_offer_never_ends_less_than_a_day_before_the_start(cast: Cast) -> None:
    session = _full(cast, days=2)
    waiting = _wait(cast, session)
    _release(session)
    waiting.refresh_from_db()
    assert waiting.held_until == session.starts_at - timedelta(hours=24)


def test_a_place_that_is_free_too_late_is_offered_to_nobody_and_the_journal_says_so(
    cast: Cast,
) -> None:
    session = _full(cast, days=1)
    waiting = _wait(cast, session)
    _release(session)
    assert _states(waiting) == ["waiting"]
    passed = JournalEntry.objects.get(verb=Verb.PASSED_OVER)
    assert passed.participant == waiting.participant
    assert passed.facts["reason"] == "TooSoon"


def test_whoever_is_passed_over_is_in_the_journal_with_the_reason(cast: Cast) -> None:
    session = _full(cast)
    busy = _wait(cast, session, timezone.localdate() + timedelta(days=20))
    other = factories.session(cast.theirs, session.starts_at)
    _book(other, busy.participant)
    free = _wait(cast, session)
    _release(session)
    assert _states(busy, free) == ["waiting", "offered"]
    passed = JournalEntry.objects.get(verb=Verb.PASSED_OVER)
    assert (passed.participant, passed.facts["reason"]) == (busy.participant, "Overlaps")


def test_whoever_gets_up_elsewhere_is_offered_the_place_for_which_they_wait(cast: Cast) -> None:
    session = _full(cast)
    waiting = _wait(cast, session)
    other = factories.session(cast.theirs, session.starts_at)
    _book(other, waiting.participant)
    _release(session)
    assert _states(waiting) == ["waiting"]
    _release(other)
    assert _states(waiting) == ["offered"]


def test_an_offer_that_is_confirmed_books_the_seat(cast: Cast) -> None:
    session = _full(cast)
    waiting = _wait(cast, session)
    _release(session)
    actions.confirm_offer(by=cast.admin, now=timezone.now(), waiting_entry=waiting)
    waiting.refresh_from_db()
    assert waiting.seat is not None
    assert (waiting.state, waiting.seat.state) == (WaitingState.SEATED, SeatState.BOOKED)
    with pytest.raises(OfferOver):
        actions.confirm_offer(by=cast.admin, now=timezone.now(), waiting_entry=waiting)


def test_an_offer_that_is_declined_goes_to_the_next(cast: Cast) -> None:
    session = _full(cast)
    first, second = _wait(cast, session), _wait(cast, session)
    _release(session)
    actions.decline_offer(by=None, now=timezone.now(), waiting_entry=first)
    assert _states(first, second) == ["declined", "offered"]


def test_an_offer_that_lapsed_goes_to_the_next_and_is_not_made_again(cast: Cast) -> None:
    session = _full(cast)
    first, second = _wait(cast, session), _wait(cast, session)
    _release(session)
    later = timezone.now() + timedelta(hours=49)
    served = actions.serve_waiting_lists(now=later)
    assert served.lapsed == 1
    assert _states(first, second) == ["lapsed", "offered"]
    assert actions.serve_waiting_lists(now=later).lapsed == 0
    with pytest.raises(OfferOver):
        actions.confirm_offer(by=None, now=later, waiting_entry=first)


def test_an_offer_cannot_be_confirmed_after_its_end_even_before_the_clock_came(
    cast: Cast,
) -> None:
    session = _full(cast)
    waiting = _wait(cast, session)
    _release(session)
    later = timezone.now() + timedelta(hours=48, minutes=1)
    with pytest.raises(OfferOver):
        actions.confirm_offer(by=None, now=later, waiting_entry=waiting)


def test_a_safety_rule_that_was_made_since_the_offer_still_counts(cast: Cast) -> None:
    session = _full(cast)
    waiting = _wait(cast, session)
    _release(session)
    now = timezone.now()
    actions.hide_from(by=None, now=now, participant=waiting.participant, partner=cast.ours)
    with pytest.raises(NotPossibleHere):
        actions.confirm_offer(by=None, now=now, waiting_entry=waiting)


def test_where_the_partner_says_so_whoever_waits_is_booked_at_once(cast: Cast) -> None:
    now = timezone.now()
    actions.set_offer_policy(
        by=cast.admin, now=now, partner=cast.ours, hours=24, confirmed_at_once=True
    )
    session = _full(cast)
    waiting = _wait(cast, session)
    _release(session)
    waiting.refresh_from_db()
    assert waiting.seat is not None
    assert (waiting.state, waiting.seat.state) == (WaitingState.SEATED, SeatState.BOOKED)


@pytest.mark.parametrize("cause", ["capacity", "allowance", "cancel", "join"])
def test_every_cause_that_frees_a_place_offers_it(cast: Cast, cause: str) -> None:
    now = timezone.now()
    group = factories.programme(cast.ours)
    session = _full(cast, programme=group)
    waiting = _wait(cast, group if cause in {"cancel", "join"} else session)
    if cause == "capacity":
        actions.change_seats(by=None, now=now, session=session, capacity=2)
    elif cause == "allowance":
        actions.change_seats(by=None, now=now, session=session, allowance=1, reason="one more")
    else:
        added = factories.session(cast.ours, now + timedelta(days=20), programme=group)
        if cause == "cancel":
            factories.session(cast.ours, now + timedelta(days=21), programme=group)
            actions.cancel_session(by=None, now=now, session=added)
    assert _states(waiting) == ["offered"]


def test_a_raised_allowance_offers_just_so_many_places_more(cast: Cast) -> None:
    session = _full(cast)
    first, second = _wait(cast, session), _wait(cast, session)
    now = timezone.now()
    actions.change_seats(by=None, now=now, session=session, allowance=1, reason="urgent")
    assert _states(first, second) == ["offered", "waiting"]
    held = session.seats.get(state=SeatState.HELD)
    assert (held.number, held.over_reason) == (2, "urgent")
    # Declined, the place is gone: the next seat beyond the capacity is another deliberate act.
    actions.decline_offer(by=None, now=now, waiting_entry=first)
    assert _states(first, second) == ["declined", "waiting"]


def test_a_whole_programme_is_offered_only_when_every_session_has_room(cast: Cast) -> None:
    course = factories.programme(cast.ours, ProgrammeKind.CLOSED_GROUP)
    now = timezone.now()
    for days in (10, 17):
        factories.session(cast.ours, now + timedelta(days=days), programme=course, capacity=1)
    enrolment = actions.enrol(by=None, now=now, programme=course, participant=cast.hamel)
    waiting = _wait(cast, course)
    wide = course.sessions.order_by("starts_at")[0]
    actions.change_seats(by=None, now=now, session=wide, capacity=2)
    assert _states(waiting) == ["waiting"]
    actions.withdraw(by=None, now=now, enrolment=enrolment)
    waiting.refresh_from_db()
    assert waiting.enrolment is not None
    assert waiting.enrolment.state == EnrolmentState.OFFERED
    assert {seat.state for seat in waiting.enrolment.seats.all()} == {SeatState.HELD}
    actions.confirm_offer(by=None, now=now, waiting_entry=waiting)
    assert Enrolment.objects.get(pk=waiting.enrolment.pk).state == EnrolmentState.ACTIVE
    assert {seat.state for seat in waiting.enrolment.seats.all()} == {SeatState.BOOKED}


def test_a_whole_programme_that_lapses_frees_every_session(cast: Cast) -> None:
    course = factories.programme(cast.ours, ProgrammeKind.CLOSED_GROUP)
    now = timezone.now()
    for days in (10, 17):
        factories.session(cast.ours, now + timedelta(days=days), programme=course, capacity=1)
    first = _wait(cast, course)
    second = _wait(cast, course)
    assert _states(first, second) == ["offered", "waiting"]
    actions.serve_waiting_lists(now=now + timedelta(hours=49))
    assert _states(first, second) == ["lapsed", "offered"]


def test_a_session_added_to_a_programme_is_held_for_whoever_was_offered_it(cast: Cast) -> None:
    course = factories.programme(cast.ours, ProgrammeKind.CLOSED_GROUP)
    now = timezone.now()
    factories.session(cast.ours, now + timedelta(days=10), programme=course, capacity=1)
    waiting = _wait(cast, course)
    added = factories.session(cast.ours, now + timedelta(days=17), programme=course, capacity=1)
    assert [seat.state for seat in added.seats.all()] == [SeatState.HELD]
    actions.confirm_offer(by=None, now=now, waiting_entry=waiting)
    assert [seat.state for seat in added.seats.all()] == [SeatState.BOOKED]


def test_somebody_is_moved_up_with_a_reason_and_comes_first(cast: Cast) -> None:
    session = _full(cast)
    first = _wait(cast, session, timezone.localdate() + timedelta(days=20))
    last = _wait(cast, session)
    now = timezone.now()
    with pytest.raises(Invalid):
        actions.move_up(by=cast.admin, now=now, waiting_entry=last, reason=" ")
    actions.move_up(by=cast.admin, now=now, waiting_entry=last, reason="lives next door")
    _release(session)
    assert _states(first, last) == ["waiting", "offered"]
    assert JournalEntry.objects.get(verb=Verb.WAITING_MOVED_UP).facts["after"] == 1


def test_nobody_waits_twice_or_for_what_they_have(cast: Cast) -> None:
    session = _full(cast)
    waiting = _wait(cast, session)
    with pytest.raises(AlreadyWaiting):
        _wait_again(session, waiting.participant)
    seated = session.seats.get().participant
    with pytest.raises(AlreadySeated):
        _wait_again(session, seated)


def _wait_again(session: Session, person: Participant) -> WaitingEntry:
    return actions.join_waiting_list(
        by=None, now=timezone.now(), participant=person, session=session
    )


def test_one_waits_for_one_thing_and_for_a_course_as_a_whole(cast: Cast) -> None:
    course = factories.programme(cast.ours, ProgrammeKind.CLOSED_GROUP)
    session = factories.session(cast.ours, programme=course)
    now = timezone.now()
    with pytest.raises(Invalid):
        actions.join_waiting_list(by=None, now=now, participant=cast.hamel)
    with pytest.raises(EnrolsAsAWhole):
        _wait_again(session, cast.hamel)


def test_another_partner_may_not_touch_the_list(cast: Cast) -> None:
    waiting = _wait(cast, _full(cast))
    now = timezone.now()
    for call in (actions.confirm_offer, actions.decline_offer, actions.leave_waiting_list):
        with pytest.raises(NotAllowed):
            call(by=cast.stranger, now=now, waiting_entry=waiting)
    with pytest.raises(NotAllowed):
        actions.move_up(by=cast.stranger, now=now, waiting_entry=waiting, reason="no")


def test_whoever_leaves_the_list_is_offered_nothing(cast: Cast) -> None:
    session = _full(cast)
    waiting = _wait(cast, session)
    now = timezone.now()
    actions.leave_waiting_list(by=None, now=now, waiting_entry=waiting)
    _release(session)
    assert _states(waiting) == ["left"]
    with pytest.raises(NotActive):
        actions.leave_waiting_list(by=None, now=now, waiting_entry=waiting)


def test_a_session_that_is_cancelled_ends_its_list_and_an_evening_gives_the_wait_back(
    cast: Cast,
) -> None:
    group = factories.programme(cast.ours)
    now = timezone.now()
    evening = factories.session(cast.ours, now + timedelta(days=9), programme=group)
    offered = _wait(cast, group)
    only = _full(cast)
    waiting = _wait(cast, only)
    actions.cancel_session(by=None, now=now, session=evening)
    actions.cancel_session(by=None, now=now, session=only)
    assert _states(offered, waiting) == ["waiting", "left"]


def test_a_seat_that_is_booked_by_hand_ends_the_wait_for_it(cast: Cast) -> None:
    session = _full(cast, allowance=1)
    waiting = _wait(cast, session)
    seat = actions.book_seat(
        by=None,
        now=timezone.now(),
        session=session,
        participant=waiting.participant,
        overbook="the deadline is near",
    )
    waiting.refresh_from_db()
    assert (waiting.state, waiting.seat) == (WaitingState.SEATED, seat)


def test_an_interview_opens_the_course_for_which_somebody_waits(cast: Cast) -> None:
    now = timezone.now()
    group = factories.programme(cast.ours)
    actions.require_interview(by=None, now=now, service=group.service, required=True)
    factories.session(cast.ours, now + timedelta(days=9), programme=group)
    waiting = _wait(cast, group)
    assert _states(waiting) == ["waiting"]
    interview = factories.session(
        cast.ours,
        now + timedelta(days=2),
        service=factories.service(ServiceFamily.INTERVIEW),
        capacity=1,
    )
    _book(interview, waiting.participant)
    assert _states(waiting) == ["offered"]


def test_an_offer_names_no_actor_since_it_may_be_somebody_of_another_partner(cast: Cast) -> None:
    session = _full(cast)
    waiting = _wait(cast, session)
    there = factories.session(cast.theirs, session.starts_at)
    _book(there, waiting.participant)
    _release(session)
    actions.release_seat(by=cast.stranger, now=timezone.now(), seat=there.seats.get())
    offered = JournalEntry.objects.get(verb=Verb.SEAT_OFFERED)
    assert (offered.session, offered.actor) == (session, None)


def test_whoever_takes_an_offered_evening_no_longer_waits_for_the_group(cast: Cast) -> None:
    group = factories.programme(cast.ours)
    session = _full(cast, programme=group)
    person = factories.participant()
    for_group, for_evening = _wait(cast, group, person=person), _wait_again(session, person)
    _release(session)
    offered = WaitingEntry.objects.get(state=WaitingState.OFFERED)
    actions.confirm_offer(by=None, now=timezone.now(), waiting_entry=offered)
    assert _states(for_group, for_evening) == ["seated", "seated"]


def test_moved_up_is_first_of_those_who_wait_for_the_evening_and_for_its_group(
    cast: Cast,
) -> None:
    group = factories.programme(cast.ours)
    session = _full(cast, programme=group)
    others = [_wait(cast, session), _wait(cast, group)]
    last = _wait(cast, session)
    for waiting in (*others, last):
        actions.move_up(by=None, now=timezone.now(), waiting_entry=waiting, reason="so be it")
    _release(session)
    assert _states(*others, last) == ["waiting", "waiting", "offered"]


def test_without_a_word_the_persons_own_referral_gives_the_place_in_the_list(cast: Cast) -> None:
    session = _full(cast)
    later = _wait(cast, session, timezone.localdate() + timedelta(days=90))
    person = factories.participant()
    soon = timezone.localdate() + timedelta(days=12)
    own = factories.referral(person, cast.ours, service=session.service, deadline=soon)
    urgent = _wait_again(session, person)
    assert urgent.referral == own
    _release(session)
    assert _states(later, urgent) == ["waiting", "offered"]


def test_nobody_waits_for_what_has_begun(cast: Cast) -> None:
    session = _full(cast)
    waiting = _wait(cast, session)
    served = actions.serve_waiting_lists(now=session.starts_at)
    assert served.closed == 1
    assert _states(waiting) == ["left"]
    left = JournalEntry.objects.get(verb=Verb.WAITING_LEFT)
    assert left.facts["reason"] == "begun"


def test_somebody_who_must_not_meet_a_person_there_may_wait_and_is_told_nothing(
    cast: Cast,
) -> None:
    session = _full(cast)
    there = session.seats.get().participant
    person = factories.participant()
    actions.keep_apart(by=None, now=timezone.now(), first=there, second=person)
    waiting = _wait_again(session, person)
    assert waiting.state == "waiting"
    _release(session)
    assert _states(waiting) == ["offered"]


def test_a_full_session_is_full_to_everybody_alike(cast: Cast) -> None:
    session = _full(cast)
    person = factories.participant()
    actions.keep_apart(
        by=None, now=timezone.now(), first=session.seats.get().participant, second=person
    )
    with pytest.raises(SessionFull):
        _book(session, person)


def test_the_seats_of_somebody_hidden_are_not_theirs_to_change(cast: Cast) -> None:
    session = _full(cast)
    waiting = _wait(cast, session)
    _release(session)
    now = timezone.now()
    actions.hide_from(by=None, now=now, participant=waiting.participant, partner=cast.ours)
    calls: list[Any] = [actions.confirm_offer, actions.decline_offer, actions.leave_waiting_list]
    for call in calls:
        with pytest.raises(NotAllowed):
            call(by=cast.admin, now=now, waiting_entry=waiting)
