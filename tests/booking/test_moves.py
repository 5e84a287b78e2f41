"""Another time, another venue, another session: every rule again, and one entry in the journal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from booking import actions
from booking.errors import (
    CannotCarry,
    EnrolsAsAWhole,
    Invalid,
    NotActive,
    NotAllowed,
    NotPossibleHere,
    Overlaps,
    PractitionerBusy,
    SessionFull,
    VictimsOnly,
)
from booking.models import JournalEntry, Participant, Seat, Session
from booking.models.journal import Verb
from booking.models.programme import ProgrammeKind
from booking.models.seat import SeatState
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _at(days: float) -> datetime:
    return timezone.now() + timedelta(days=days)


def _book(session: Session, person: Participant | None = None) -> Seat:
    return actions.book_seat(
        by=None,
        now=timezone.now(),
        session=session,
        participant=person or factories.participant(),
    )


def _where(person: Participant) -> set[int]:
    seats = Seat.objects.active().filter(participant=person)
    return set(seats.values_list("session_id", flat=True))


def test_a_session_that_moves_takes_its_people_along(cast: Cast) -> None:
    session = factories.session(cast.ours, practitioners=[cast.practitioner])
    seat = _book(session)
    length = session.ends_at - session.starts_at
    before = session.starts_at
    moved = actions.move_session(
        by=cast.admin, now=timezone.now(), session=session, starts_at=_at(5)
    )
    seat.refresh_from_db()
    assert (moved.revision, moved.ends_at - moved.starts_at) == (1, length)
    assert (seat.starts_at, seat.ends_at) == (moved.starts_at, moved.ends_at)
    assert session.assignments.get().starts_at == moved.starts_at
    facts = JournalEntry.objects.get(verb=Verb.SESSION_MOVED).facts
    assert facts["before"]["starts_at"] == before.isoformat()
    assert facts["after"]["starts_at"] == moved.starts_at.isoformat()


def test_a_session_that_cannot_take_somebody_along_says_who_and_why(cast: Cast) -> None:
    session, later = factories.session(cast.ours, _at(3)), factories.session(cast.theirs, _at(5))
    free, busy = _book(session), _book(session)
    _book(later, busy.participant)
    with pytest.raises(CannotCarry) as refused:
        actions.move_session(
            by=None, now=timezone.now(), session=session, starts_at=later.starts_at
        )
    [misfit] = refused.value.misfits
    assert (misfit.participant, type(misfit.reason)) == (busy.participant, Overlaps)
    assert busy.participant.reference in str(refused.value)
    assert busy.participant.last_name not in str(refused.value)
    session.refresh_from_db()
    free.refresh_from_db()
    assert (session.revision, free.starts_at) == (0, session.starts_at)


def test_a_session_does_not_move_to_a_venue_kept_for_victims(cast: Cast) -> None:
    session = factories.session(cast.ours)
    _book(session)
    kept = factories.venue(cast.ours, victims_only=True)
    with pytest.raises(CannotCarry) as refused:
        actions.move_session(by=None, now=timezone.now(), session=session, venue=kept)
    assert isinstance(refused.value.misfits[0].reason, VictimsOnly)


def test_a_session_does_not_move_onto_its_practitioners_other_session(cast: Cast) -> None:
    leaders = [cast.practitioner]
    session = factories.session(cast.ours, _at(3), practitioners=leaders)
    other = factories.session(cast.ours, _at(4), practitioners=leaders)
    call: dict[str, Any] = {"by": None, "now": timezone.now(), "session": session}
    with pytest.raises(PractitionerBusy):
        actions.move_session(**call, starts_at=other.starts_at)
    # By a quarter of an hour it only overlaps itself.
    actions.move_session(**call, starts_at=session.starts_at + timedelta(minutes=15))


def test_another_practitioner_is_no_change_of_time_or_place(cast: Cast) -> None:
    session = factories.session(cast.ours, practitioners=[cast.practitioner])
    other = factories.practitioner(cast.ours)
    moved = actions.move_session(
        by=None, now=timezone.now(), session=session, practitioners=[other]
    )
    assert [one.practitioner for one in session.assignments.all()] == [other]
    assert moved.revision == 0


def test_moving_to_where_it_is_writes_nothing(cast: Cast) -> None:
    session = factories.session(cast.ours)
    before = JournalEntry.objects.count()
    actions.move_session(by=None, now=timezone.now(), session=session, venue=session.venue)
    assert JournalEntry.objects.count() == before


def test_a_course_stays_within_the_law_when_a_day_moves(cast: Cast) -> None:
    course = factories.programme(cast.ours, ProgrammeKind.COURSE)
    first = factories.paris("2027-03-01 09:00")
    for day in (0, 7):
        factories.session(
            cast.ours,
            first + timedelta(days=day),
            programme=course,
            ends_at=first + timedelta(days=day, hours=4),
        )
    last = course.sessions.order_by("starts_at").last()
    assert last is not None
    call: dict[str, Any] = {"by": None, "now": timezone.now(), "session": last}
    with pytest.raises(Invalid):
        actions.move_session(**call, starts_at=factories.paris("2027-04-02 09:00"))
    with pytest.raises(Invalid):
        actions.move_session(**call, starts_at=factories.paris("2027-03-01 14:00"))
    moved = actions.move_session(**call, starts_at=factories.paris("2027-04-01 09:00"))
    assert moved.revision == 1


def test_a_seat_moves_only_if_the_new_one_is_had(cast: Cast) -> None:
    session, full = factories.session(cast.ours), factories.session(cast.ours, _at(4), capacity=1)
    seat = _book(session, cast.hamel)
    other = _book(full)
    call: dict[str, Any] = {"by": cast.admin, "now": timezone.now(), "seat": seat, "to": full}
    with pytest.raises(SessionFull):
        actions.move_seat(**call)
    assert _where(cast.hamel) == {session.pk}
    actions.release_seat(by=None, now=timezone.now(), seat=other)
    new = actions.move_seat(**call)
    assert _where(cast.hamel) == {full.pk}
    facts = JournalEntry.objects.get(verb=Verb.SEAT_MOVED).facts
    assert (facts["before"]["seat"], facts["after"]["seat"]) == (seat.pk, new.pk)
    with pytest.raises(NotActive):
        actions.move_seat(**call)


def test_a_seat_moves_to_a_session_at_the_same_time(cast: Cast) -> None:
    session, beside = factories.session(cast.ours), factories.session(cast.ours)
    seat = _book(session, cast.hamel)
    actions.move_seat(by=None, now=timezone.now(), seat=seat, to=beside)
    assert _where(cast.hamel) == {beside.pk}


def test_a_seat_that_moves_leaves_its_place_to_the_next(cast: Cast) -> None:
    full, other = factories.session(cast.ours, _at(9), capacity=1), factories.session(cast.ours)
    seat = _book(full)
    waiting = actions.join_waiting_list(
        by=None, now=timezone.now(), participant=cast.hamel, session=full
    )
    actions.move_seat(by=None, now=timezone.now(), seat=seat, to=other)
    waiting.refresh_from_db()
    assert waiting.state == "offered"


def test_a_seat_does_not_move_to_another_partner_by_one_side_alone(cast: Cast) -> None:
    seat = _book(factories.session(cast.ours), cast.hamel)
    there = factories.session(cast.theirs, _at(5))
    now = timezone.now()
    for by in (cast.admin, cast.stranger):
        with pytest.raises(NotAllowed):
            actions.move_seat(by=by, now=now, seat=seat, to=there)
    new = actions.move_seat(by=cast.coordinator, now=now, seat=seat, to=there)
    assert new.referral is None


def test_a_seat_of_an_enrolment_does_not_move_alone(cast: Cast) -> None:
    group = factories.programme(cast.ours, ProgrammeKind.CLOSED_GROUP)
    factories.session(cast.ours, programme=group)
    now = timezone.now()
    enrolment = actions.enrol(by=None, now=now, programme=group, participant=cast.hamel)
    other = factories.session(cast.ours, _at(8))
    with pytest.raises(EnrolsAsAWhole):
        actions.move_seat(by=None, now=now, seat=enrolment.seats.get(), to=other)


def test_two_people_swap_full_sessions(cast: Cast) -> None:
    one, two = (factories.session(cast.ours, _at(days), capacity=1) for days in (3, 4))
    first, second = _book(one, cast.hamel), _book(two)
    new = actions.swap_seats(by=None, now=timezone.now(), first=first, second=second)
    assert [seat.session for seat in new] == [two, one]
    assert (_where(cast.hamel), _where(second.participant)) == ({two.pk}, {one.pk})
    assert JournalEntry.objects.filter(verb=Verb.SEAT_MOVED).count() == 2


def test_two_people_swap_sessions_at_the_same_time(cast: Cast) -> None:
    one, two = (factories.session(cast.ours, _at(3), capacity=1) for _ in range(2))
    first, second = _book(one, cast.hamel), _book(two)
    actions.swap_seats(by=None, now=timezone.now(), first=first, second=second)
    assert (_where(cast.hamel), _where(second.participant)) == ({two.pk}, {one.pk})


def test_a_swap_that_does_not_suit_both_changes_nothing(cast: Cast) -> None:
    one, two = (factories.session(cast.ours, _at(days)) for days in (3, 4))
    first, second = _book(one), _book(two)
    third = _book(one)
    now = timezone.now()
    actions.keep_apart(
        by=cast.coordinator, now=now, first=second.participant, second=third.participant
    )
    with pytest.raises(NotPossibleHere):
        actions.swap_seats(by=None, now=now, first=first, second=second)
    assert Seat.objects.filter(state=SeatState.BOOKED).count() == 3
    assert Seat.objects.count() == 3


def test_nobody_swaps_with_themselves_or_within_one_session(cast: Cast) -> None:
    session = factories.session(cast.ours)
    first, second = _book(session), _book(session)
    with pytest.raises(Invalid):
        actions.swap_seats(by=None, now=timezone.now(), first=first, second=second)


def test_an_ill_practitioners_morning_is_cancelled_in_one_action(cast: Cast) -> None:
    leaders = [cast.practitioner]
    colleague = factories.practitioner(cast.ours)
    morning = factories.paris("2027-03-02 09:00")
    alone = [
        factories.session(
            cast.ours,
            morning + timedelta(hours=n),
            ends_at=morning + timedelta(hours=n + 1),
            practitioners=leaders,
        )
        for n in (0, 1)
    ]
    shared = factories.session(
        cast.ours,
        morning + timedelta(hours=2),
        practitioners=[*leaders, colleague],
    )
    evening = factories.session(cast.ours, morning + timedelta(hours=9), practitioners=leaders)
    told = _book(alone[0])
    to_call = _book(alone[1], factories.participant(texts_refused=True))
    _book(shared)
    done = actions.cancel_morning(
        by=cast.admin,
        now=timezone.now(),
        practitioner=cast.practitioner,
        starts_at=morning,
        ends_at=morning + timedelta(hours=4),
    )
    assert [one.pk for one in done.cancelled] == [one.pk for one in alone]
    assert [one.pk for one in done.kept] == [shared.pk]
    assert [seat.pk for seat in done.to_rebook] == [told.pk, to_call.pk]
    assert done.to_call == [to_call.participant]
    assert [one.practitioner for one in shared.assignments.all()] == [colleague]
    evening.refresh_from_db()
    assert not evening.cancelled
    assert JournalEntry.objects.filter(verb=Verb.MORNING_CANCELLED).count() == 1


def test_a_morning_with_empty_sessions_and_dates_that_were_taken_back(cast: Cast) -> None:
    """What nobody sits in is cancelled like the rest; what does not exist stays so."""
    led = {"practitioners": [cast.practitioner]}
    empty, seated, gone = (factories.session(cast.ours, _at(day), **led) for day in (2, 5, 8))
    seat = _book(seated)
    actions.discard_sessions(by=None, now=timezone.now(), sessions=[gone])
    before = Session.objects.values().get(pk=gone.pk)
    done = actions.cancel_morning(
        by=None,
        now=timezone.now(),
        practitioner=cast.practitioner,
        starts_at=_at(0),
        ends_at=_at(12),
    )
    assert [one.pk for one in done.cancelled] == [empty.pk, seated.pk]
    assert ([one.pk for one in done.to_rebook], done.kept, done.others) == ([seat.pk], (), 0)
    assert Session.objects.values().get(pk=gone.pk) == before
    again = actions.cancel_morning(
        by=None,
        now=timezone.now(),
        practitioner=cast.practitioner,
        starts_at=_at(0),
        ends_at=_at(12),
    )
    assert (again.cancelled, again.kept, again.to_rebook) == ((), (), ())


def test_an_absence_has_a_beginning_and_an_end(cast: Cast) -> None:
    call: dict[str, Any] = {"by": None, "now": timezone.now(), "practitioner": cast.practitioner}
    with pytest.raises(Invalid):
        actions.cancel_morning(**call, starts_at=_at(2), ends_at=_at(1))
    with pytest.raises(NotAllowed):
        actions.cancel_morning(**{**call, "by": cast.stranger}, starts_at=_at(1), ends_at=_at(2))


def test_a_partner_is_not_told_who_must_not_meet_whom_when_a_session_moves(cast: Cast) -> None:
    session = factories.session(cast.ours)
    first, second = _book(session), _book(session)
    now = timezone.now()
    actions.keep_apart(by=None, now=now, first=first.participant, second=second.participant)
    # The pair is younger than their seats: the coordination has it in its list, and the session
    # can be moved all the same.
    moved = actions.move_session(
        by=cast.admin, now=now, session=session, starts_at=session.starts_at + timedelta(hours=1)
    )
    assert moved.revision == 1


def test_a_partner_is_told_only_how_many_it_does_not_know_cannot_come_along(cast: Cast) -> None:
    session, later = factories.session(cast.ours, _at(3)), factories.session(cast.theirs, _at(5))
    seat = _book(session)
    _book(later, seat.participant)
    now = timezone.now()
    actions.hide_from(by=None, now=now, participant=seat.participant, partner=cast.ours)
    call: dict[str, Any] = {"now": now, "session": session, "starts_at": later.starts_at}
    with pytest.raises(CannotCarry) as refused:
        actions.move_session(by=cast.admin, **call)
    assert (refused.value.misfits, refused.value.others) == ((), 1)
    assert seat.participant.reference not in str(refused.value)
    with pytest.raises(CannotCarry) as refused:
        actions.move_session(by=cast.coordinator, **call)
    assert refused.value.misfits[0].participant == seat.participant


def test_a_cancelled_morning_shows_a_partner_only_whom_it_may_see(cast: Cast) -> None:
    session = factories.session(cast.ours, _at(3), practitioners=[cast.practitioner])
    seats = [_book(session), _book(session)]
    now = timezone.now()
    actions.hide_from(by=None, now=now, participant=seats[0].participant, partner=cast.ours)
    done = actions.cancel_morning(
        by=cast.admin,
        now=now,
        practitioner=cast.practitioner,
        starts_at=_at(2),
        ends_at=_at(4),
    )
    assert [seat.pk for seat in done.to_rebook] == [seats[1].pk]
    assert done.others == 1


def test_a_session_keeps_its_length_across_the_clock_change(cast: Cast) -> None:
    start = factories.paris("2027-10-30 22:00")
    session = factories.session(cast.ours, start, ends_at=start + timedelta(hours=8))
    with pytest.raises(Invalid):
        actions.move_session(
            by=None,
            now=timezone.now(),
            session=session,
            starts_at=factories.paris("2027-10-31 00:00"),
            ends_at=factories.paris("2027-11-01 00:00"),
        )
