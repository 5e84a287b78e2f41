from __future__ import annotations

import pytest
from django.utils import timezone

from booking import actions
from booking.errors import (
    AlreadySeated,
    Invalid,
    KnownInNetwork,
    NotAllowed,
    Overlaps,
    SessionFull,
)
from booking.models import HiddenFrom, JournalEntry, Participant, Seat
from booking.models.person import Mandate
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_seat_takes_the_lowest_free_number_and_is_journaled(cast: Cast) -> None:
    session = factories.session(cast.ours)
    other = factories.participant()
    third_person = factories.participant()
    for person in (other, third_person):
        factories.referral(person, cast.ours)
    now = timezone.now()
    first = actions.book_seat(by=cast.admin, now=now, session=session, participant=other)
    seat = actions.book_seat(by=cast.admin, now=now, session=session, participant=cast.hamel)
    assert (first.number, seat.number) == (1, 2)
    actions.release_seat(by=cast.admin, now=now, seat=first)
    third = actions.book_seat(by=cast.admin, now=now, session=session, participant=third_person)
    assert third.number == 1
    verbs = (
        JournalEntry.objects.filter(session=session).order_by("pk").values_list("verb", flat=True)
    )
    assert list(verbs) == [
        "session_opened",
        "seat_booked",
        "seat_booked",
        "seat_released",
        "seat_booked",
    ]


def test_a_full_session_refuses(cast: Cast) -> None:
    session = factories.session(cast.ours, capacity=1)
    now = timezone.now()
    actions.book_seat(by=None, now=now, session=session, participant=cast.hamel)
    with pytest.raises(SessionFull):
        actions.book_seat(by=None, now=now, session=session, participant=factories.participant())
    assert Seat.objects.count() == 1


def test_one_person_sits_once_and_in_one_place(cast: Cast) -> None:
    session = factories.session(cast.ours)
    same_time = factories.session(cast.theirs, starts_at=session.starts_at)
    now = timezone.now()
    actions.book_seat(by=None, now=now, session=session, participant=cast.hamel)
    with pytest.raises(AlreadySeated):
        actions.book_seat(by=None, now=now, session=session, participant=cast.hamel)
    with pytest.raises(Overlaps):
        actions.book_seat(by=None, now=now, session=same_time, participant=cast.hamel)


def test_a_seat_is_no_way_to_open_the_record_of_somebody_unknown(cast: Cast) -> None:
    session = factories.session(cast.theirs)
    with pytest.raises(NotAllowed):
        actions.book_seat(
            by=cast.stranger, now=timezone.now(), session=session, participant=cast.hamel
        )
    assert Participant.objects.visible_to(cast.stranger).count() == 0


def test_a_seat_is_not_taken_on_somebody_elses_referral(cast: Cast) -> None:
    session = factories.session(cast.ours)
    other = factories.participant()
    factories.referral(other, cast.ours)
    with pytest.raises(Invalid):
        actions.book_seat(
            by=cast.admin,
            now=timezone.now(),
            session=session,
            participant=other,
            referral=cast.referral,
        )


def test_registering_somebody_hidden_says_only_that_they_are_known(cast: Cast) -> None:
    HiddenFrom.objects.create(participant=cast.hamel, partner=cast.ours)
    with pytest.raises(KnownInNetwork):
        actions.register_participant(
            by=cast.admin,
            now=timezone.now(),
            last_name=cast.hamel.last_name.upper(),
            first_name=cast.hamel.first_name,
            birth_date=cast.hamel.birth_date,
            texts_refused=True,
        )
    cast.hamel.refresh_from_db()
    assert not cast.hamel.texts_refused
    with pytest.raises(NotAllowed):
        actions.record_referral(
            by=cast.admin,
            now=timezone.now(),
            participant=cast.hamel,
            partner=cast.ours,
            service=factories.service(),
            mandate=Mandate.VOLUNTEER,
            referred_on=timezone.localdate(),
        )
