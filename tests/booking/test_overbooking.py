"""More than the capacity: deliberate, visible, logged; and a capacity lowered below the seated."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from booking import actions
from booking.errors import BelowSeated, Invalid, NotAllowed, SessionFull, TooLate
from booking.models import JournalEntry, Seat, Session
from booking.models.journal import Verb
from booking.models.programme import ProgrammeKind
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _book(session: Session, overbook: str = "", by: object = None) -> Seat:
    return actions.book_seat(
        by=by,  # type: ignore[arg-type]
        now=timezone.now(),
        session=session,
        participant=factories.participant(),
        overbook=overbook,
    )


def _numbers(session: Session) -> list[int]:
    seats = Seat.objects.active().filter(session=session)
    return sorted(seats.values_list("number", flat=True))


def test_an_overbooked_seat_needs_an_allowance_and_a_reason(cast: Cast) -> None:
    session = factories.session(cast.ours, capacity=1, allowance=1)
    _book(session)
    with pytest.raises(SessionFull):
        _book(session)
    with pytest.raises(Invalid):
        _book(session, overbook="   ")
    seat = _book(session, overbook="his deadline is next week")
    assert (seat.number, seat.over_reason) == (2, "his deadline is next week")
    with pytest.raises(SessionFull):
        _book(session, overbook="one more")
    entry = JournalEntry.objects.get(seat=seat)
    assert entry.facts["over"] is True
    assert "deadline" not in str(entry.facts)


def test_an_admin_overbooks_only_with_the_right_to(cast: Cast) -> None:
    session = factories.session(cast.ours, capacity=1, allowance=1)
    person = factories.participant()
    factories.referral(person, cast.ours)
    call: dict[str, Any] = {"now": timezone.now(), "session": session, "participant": person}
    _book(session)
    with pytest.raises(NotAllowed):
        actions.book_seat(by=cast.admin, overbook="urgent", **call)
    with pytest.raises(NotAllowed):
        _allow(cast, by=cast.admin)
    _allow(cast, by=cast.coordinator)
    again = type(cast.admin).objects.get(pk=cast.admin.pk)
    assert actions.book_seat(by=again, overbook="urgent", **call).number == 2


def _allow(cast: Cast, by: object) -> None:
    actions.let_overbook(
        by=by,  # type: ignore[arg-type]
        now=timezone.now(),
        user=cast.admin,
        partner=cast.ours,
        allowed=True,
    )


def test_a_seat_within_the_capacity_keeps_no_reason(cast: Cast) -> None:
    session = factories.session(cast.ours, capacity=2, allowance=1)
    assert _book(session, overbook="not needed").over_reason == ""


def test_a_whole_programme_may_be_overbooked(cast: Cast) -> None:
    group = factories.programme(cast.ours, ProgrammeKind.CLOSED_GROUP)
    factories.session(cast.ours, programme=group, capacity=1, allowance=1)
    now = timezone.now()
    actions.enrol(by=None, now=now, programme=group, participant=cast.hamel)
    other = factories.participant()
    with pytest.raises(SessionFull):
        actions.enrol(by=None, now=now, programme=group, participant=other)
    enrolment = actions.enrol(
        by=None, now=now, programme=group, participant=other, overbook="judge's request"
    )
    assert enrolment.seats.get().number == 2


def test_lowering_below_the_seated_warns_and_drops_nobody(cast: Cast) -> None:
    session = factories.session(cast.ours, capacity=4)
    seats = [_book(session) for _ in range(4)]
    now = timezone.now()
    with pytest.raises(BelowSeated):
        actions.change_seats(by=cast.admin, now=now, session=session, capacity=2)
    actions.change_seats(by=cast.admin, now=now, session=session, capacity=2, anyway=True)
    assert _numbers(session) == [1, 2, 3, 4]
    facts = JournalEntry.objects.get(verb=Verb.SEATS_CHANGED).facts
    assert (facts["before"]["capacity"], facts["after"]["capacity"]) == (4, 2)
    # A seat that is given back frees no place while the session is over.
    actions.release_seat(by=None, now=now, seat=seats[0])
    assert _numbers(session) == [1, 2, 3]
    with pytest.raises(SessionFull):
        _book(session)


def test_when_the_capacity_is_lowered_the_others_close_ranks(cast: Cast) -> None:
    session = factories.session(cast.ours, capacity=5)
    seats = [_book(session) for _ in range(5)]
    now = timezone.now()
    for seat in seats[:3]:
        actions.release_seat(by=None, now=now, seat=seat)
    actions.change_seats(by=None, now=now, session=session, capacity=2)
    assert _numbers(session) == [1, 2]
    with pytest.raises(SessionFull):
        _book(session)


def test_a_released_place_goes_to_whoever_sits_beyond_the_capacity(cast: Cast) -> None:
    session = factories.session(cast.ours, capacity=1, allowance=1)
    first = _book(session)
    over = _book(session, overbook="urgent")
    actions.release_seat(by=None, now=timezone.now(), seat=first)
    over.refresh_from_db()
    assert over.number == 1


def test_raising_the_allowance_needs_the_right_and_a_reason(cast: Cast) -> None:
    session = factories.session(cast.ours)
    call: dict[str, Any] = {"now": timezone.now(), "session": session, "allowance": 1}
    with pytest.raises(NotAllowed):
        actions.change_seats(by=cast.admin, reason="urgent", **call)
    with pytest.raises(Invalid):
        actions.change_seats(by=cast.coordinator, **call)
    changed = actions.change_seats(by=cast.coordinator, reason="urgent", **call)
    assert (changed.allowance, changed.allowance_reason) == (1, "urgent")


def test_seats_do_not_change_into_nonsense_or_after_the_start(cast: Cast) -> None:
    session = factories.session(cast.ours)
    with pytest.raises(Invalid):
        actions.change_seats(by=None, now=timezone.now(), session=session, capacity=0)
    with pytest.raises(TooLate):
        actions.change_seats(by=None, now=session.starts_at, session=session, capacity=9)


def test_changing_nothing_writes_nothing(cast: Cast) -> None:
    session = factories.session(cast.ours, capacity=8)
    before = JournalEntry.objects.count()
    actions.change_seats(by=None, now=timezone.now(), session=session, capacity=8)
    assert JournalEntry.objects.count() == before
