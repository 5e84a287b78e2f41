from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from booking import actions
from booking.errors import Invalid, NotAllowed, PractitionerBusy, SessionCancelled, TooLate
from booking.models import Assignment, JournalEntry, Practitioner, Session, User
from booking.models.journal import Verb
from booking.models.programme import ProgrammeKind
from tests import factories
from tests.booking.seats import snapshot
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(cast: Cast) -> Practitioner:
    return factories.practitioner(cast.ours, name="Dr Petit")


def _slot(cast: Cast, leader: Practitioner, minutes: int = 0, **fields: object) -> Session:
    """45 minutes in three days, so many minutes after the first ones."""
    start = timezone.now().replace(second=0, microsecond=0) + timedelta(days=3, minutes=minutes)
    values = {"capacity": 1, "ends_at": start + timedelta(minutes=45), "practitioners": [leader]}
    return factories.session(cast.ours, start, **{**values, **fields})


def _together(
    cast: Cast, session: Session, *leaders: Practitioner, by: User | None = None
) -> Session:
    return actions.lead_together(
        by=by or cast.admin, now=timezone.now(), session=session, practitioners=leaders
    )


def _leaders(session: Session) -> set[Practitioner]:
    return {one.practitioner for one in session.assignments.filter(active=True)}


def _state(session: Session) -> str:
    return Session.objects.get(pk=session.pk).state


def test_two_lead_a_slot_and_what_the_other_had_open_then_is_taken_back(
    cast: Cast, colleague: Practitioner
) -> None:
    session, later = _slot(cast, cast.practitioner), _slot(cast, colleague, 45)
    theirs = [_slot(cast, colleague, minutes) for minutes in (-45, 0)]
    theirs[0] = _slot(cast, cast.practitioner, -45)
    shared = _together(cast, session, cast.practitioner, colleague)
    assert _leaders(shared) == {cast.practitioner, colleague}
    assert [_state(one) for one in (shared, theirs[1], later, theirs[0])] == [
        *("planned", "discarded", "planned", "planned"),
    ]
    moved = JournalEntry.objects.get(verb=Verb.SESSION_MOVED)
    assert (moved.session, moved.actor, moved.facts) == (
        session,
        cast.admin,
        {
            "before": {"practitioners": [cast.practitioner.pk]},
            "after": {"practitioners": sorted([cast.practitioner.pk, colleague.pk])},
        },
    )
    assert JournalEntry.objects.get(verb=Verb.SESSION_DISCARDED).session == theirs[1]


def test_a_booked_slot_keeps_its_person(cast: Cast, colleague: Practitioner) -> None:
    session = _slot(cast, cast.practitioner)
    seat = actions.book_seat(
        by=cast.admin, now=timezone.now(), session=session, participant=cast.hamel
    )
    halves = [_slot(cast, colleague, minutes) for minutes in (-30, 15)]
    shared = _together(cast, session, cast.practitioner, colleague)
    seat.refresh_from_db()
    assert (seat.state, shared.revision) == ("booked", 0)
    assert [_state(one) for one in halves] == ["discarded", "discarded"]


def test_a_slot_that_was_used_once_is_cancelled_and_not_forgotten(
    cast: Cast, colleague: Practitioner
) -> None:
    session, theirs = _slot(cast, cast.practitioner), _slot(cast, colleague)
    seat = actions.book_seat(
        by=cast.admin, now=timezone.now(), session=theirs, participant=cast.hamel
    )
    actions.release_seat(by=cast.admin, now=timezone.now(), seat=seat)
    _together(cast, session, cast.practitioner, colleague)
    assert _state(theirs) == "cancelled"
    assert not Assignment.objects.filter(session=theirs, active=True).exists()


def test_nothing_is_done_when_one_of_them_receives_somebody_then(
    cast: Cast, colleague: Practitioner
) -> None:
    session = _slot(cast, cast.practitioner)
    _slot(cast, colleague, -30)
    taken = _slot(cast, colleague, 15)
    actions.book_seat(by=cast.admin, now=timezone.now(), session=taken, participant=cast.hamel)
    before = snapshot(journal=True)
    with pytest.raises(PractitionerBusy):
        _together(cast, session, cast.practitioner, colleague)
    assert snapshot(journal=True) == before


def test_only_slots_of_ones_own_give_way(cast: Cast, colleague: Practitioner) -> None:
    """Not an evening of a group, nor what a third one leads too, nor what somebody waits for."""
    session, third = _slot(cast, cast.practitioner), factories.practitioner(cast.ours)
    group = factories.programme(cast.ours, ProgrammeKind.OPEN_GROUP)
    evening = _slot(cast, colleague, programme=group)
    with pytest.raises(PractitionerBusy):
        _together(cast, session, cast.practitioner, colleague)
    actions.cancel_session(by=None, now=timezone.now(), session=evening)
    co_led = _slot(cast, colleague, practitioners=[colleague, third])
    with pytest.raises(PractitionerBusy):
        _together(cast, session, cast.practitioner, colleague)
    actions.cancel_session(by=None, now=timezone.now(), session=co_led)
    awaited = _slot(cast, colleague)
    seat = actions.book_seat(
        by=None, now=timezone.now(), session=awaited, participant=factories.participant()
    )
    actions.join_waiting_list(by=None, now=timezone.now(), participant=cast.hamel, session=awaited)
    actions.hide_from(by=None, now=timezone.now(), participant=cast.hamel, partner=cast.ours)
    actions.release_seat(by=None, now=timezone.now(), seat=seat)
    with pytest.raises(PractitionerBusy):
        _together(cast, session, cast.practitioner, colleague)
    assert _state(awaited) == "planned"


def test_those_who_are_named_lead_and_nobody_else(cast: Cast, colleague: Practitioner) -> None:
    third = factories.practitioner(cast.ours)
    session = _slot(cast, cast.practitioner)
    assert _leaders(_together(cast, session, colleague, third)) == {colleague, third}
    entries = JournalEntry.objects.count()
    assert _leaders(_together(cast, session, third, colleague)) == {colleague, third}
    assert JournalEntry.objects.count() == entries


def test_one_alone_is_not_together(cast: Cast) -> None:
    session = _slot(cast, cast.practitioner)
    with pytest.raises(Invalid):
        _together(cast, session, cast.practitioner, cast.practitioner)


def test_a_practitioner_of_another_partner_does_not_lead_here(cast: Cast) -> None:
    """Somebody may be hidden from that partner."""
    session, theirs = _slot(cast, cast.practitioner), factories.practitioner(cast.theirs)
    with pytest.raises(Invalid):
        _together(cast, session, cast.practitioner, theirs, by=cast.coordinator)
    assert _leaders(session) == {cast.practitioner}


def test_what_is_over_or_cancelled_is_not_led_anew(cast: Cast, colleague: Practitioner) -> None:
    session = _slot(cast, cast.practitioner)
    for change, error in (
        ({"starts_at": timezone.now() - timedelta(minutes=5)}, TooLate),
        ({"state": "cancelled"}, SessionCancelled),
    ):
        Session.objects.filter(pk=session.pk).update(**change)
        session.refresh_from_db()
        with pytest.raises(error):
            _together(cast, session, cast.practitioner, colleague)


def test_another_partner_does_not_say_who_leads(cast: Cast, colleague: Practitioner) -> None:
    session = _slot(cast, cast.practitioner)
    for account in (cast.stranger, cast.doctor):
        with pytest.raises(NotAllowed):
            _together(cast, session, cast.practitioner, colleague, by=account)
