from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest

from booking import actions
from booking.errors import Invalid, NotAllowed, Overlaps
from booking.models import JournalEntry, Participant, Partner, Referral, Seat, Session
from booking.models.partner import ServiceFamily
from booking.models.seat import SeatState
from tests import factories
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
EVENING = paris("2021-01-19 18:00")


def sent(
    to: Partner, family: ServiceFamily = ServiceFamily.GROUP, who: Participant | None = None
) -> Referral:
    person = who or factories.participant()
    return factories.referral(person, to, service=factories.service(family))


def record(referral: Referral, **changed: Any) -> Seat:
    values: dict[str, Any] = {"by": None, "now": NOW, "starts_at": EVENING, "label": "Séance"}
    return actions.record_history(referral=referral, **{**values, **changed})


def test_history_is_an_attended_seat_in_a_past_session(cast: Cast) -> None:
    seat = record(cast.referral)
    assert (seat.state, seat.number, seat.referral) == (SeatState.PRESENT, 1, cast.referral)
    assert (seat.session.venue, seat.session.starts_at) == (None, EVENING)
    [entry] = JournalEntry.objects.filter(seat=seat)
    assert (entry.verb, entry.facts["history"]) == ("attendance_recorded", True)


def test_recording_it_again_changes_nothing_even_after_a_correction(cast: Cast) -> None:
    seat = record(cast.referral)
    Seat.objects.filter(pk=seat.pk).update(state=SeatState.UNEXCUSED)
    entries = JournalEntry.objects.count()
    assert record(cast.referral).pk == seat.pk
    assert (Seat.objects.count(), Session.objects.count()) == (1, 1)
    assert JournalEntry.objects.count() == entries


def test_an_evening_is_one_session_that_grows(cast: Cast) -> None:
    seats = [record(sent(cast.ours)) for _ in range(10)]
    [session] = Session.objects.all()
    assert [seat.number for seat in seats] == list(range(1, 11))
    assert session.capacity == 10


def test_a_seat_given_back_leaves_its_number(cast: Cast) -> None:
    first, second = record(sent(cast.ours)), record(sent(cast.ours))
    Seat.objects.filter(pk=first.pk).update(state=SeatState.RELEASED)
    assert [record(sent(cast.ours)).number, second.number] == [1, 2]


def test_an_evening_beyond_every_capacity_becomes_two(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The package's attribute of that name is the function; the module is found by its import.
    monkeypatch.setattr(import_module("booking.actions.record_history"), "MAX_CAPACITY", 8)
    for _ in range(9):
        record(sent(cast.ours))
    assert sorted(session.seats.count() for session in Session.objects.all()) == [1, 8]


def test_appointments_are_sessions_of_their_own(cast: Cast) -> None:
    for _ in range(2):
        record(sent(cast.ours, ServiceFamily.PSYCHOLOGY))
    assert list(Session.objects.values_list("capacity", flat=True)) == [1, 1]


def test_two_partners_do_not_share_a_session(cast: Cast) -> None:
    assert record(sent(cast.ours)).session_id != record(sent(cast.theirs)).session_id


def test_nobody_was_in_two_places_at_once(cast: Cast) -> None:
    record(cast.referral)
    elsewhere = sent(cast.theirs, ServiceFamily.PSYCHOLOGY, cast.hamel)
    with pytest.raises(Overlaps):
        record(elsewhere, starts_at=paris("2021-01-19 19:00"))
    assert Session.objects.count() == 1
    record(elsewhere, starts_at=paris("2021-01-19 20:00"))


def test_what_is_not_over_is_not_history(cast: Cast) -> None:
    with pytest.raises(Invalid):
        record(cast.referral, starts_at=paris("2026-03-02 09:00"))
    assert Seat.objects.count() == 0


def test_another_partner_may_not_record_here(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        record(cast.referral, by=cast.stranger)
