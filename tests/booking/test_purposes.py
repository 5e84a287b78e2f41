"""What a slot may be used for: the first person who sits down decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking import actions
from booking.errors import InterviewFirst, Invalid, OtherPurpose, SessionFull
from booking.models import JournalEntry, Participant, Purpose, Seat, Service, Session
from booking.models.journal import Verb
from booking.models.partner import ServiceFamily
from booking.purposes import purpose_of, serves
from tests import factories
from tests.booking.slots import slot
from tests.cast import Cast

pytestmark = pytest.mark.django_db

PSY, ADDICTION = ServiceFamily.PSYCHOLOGY, ServiceFamily.ADDICTION
INTERVIEW, SOCIAL = ServiceFamily.INTERVIEW, ServiceFamily.SOCIAL


def _book(session: Session, person: Participant | None = None, **words: object) -> Seat:
    return actions.book_seat(
        by=None,
        now=timezone.now(),
        session=session,
        participant=person or factories.participant(),
        **words,  # type: ignore[arg-type]
    )


def _for(session: Session) -> str:
    return Session.objects.get(pk=session.pk).service.family


def _service(family: ServiceFamily) -> Service:
    return factories.service(family)


def test_a_set_of_services_is_one_row_whatever_the_order() -> None:
    psychology, addiction = _service(PSY), _service(ADDICTION)
    made = purpose_of([addiction, psychology])
    assert purpose_of([psychology, addiction, psychology]) == made
    assert made is not None
    assert list(made.services.order_by("pk")) == sorted(
        [psychology, addiction], key=lambda one: one.pk
    )
    assert made.key == ",".join(str(one.pk) for one in made.services.order_by("pk"))


def test_one_service_needs_no_row_and_none_is_no_purpose() -> None:
    assert purpose_of([_service(PSY)]) is None
    assert Purpose.objects.count() == 0
    with pytest.raises(Invalid):
        purpose_of([])


def test_more_than_a_dozen_services_are_too_many() -> None:
    services = [factories.service(PSY, name=f"Suivi {n}") for n in range(13)]
    assert purpose_of(services[:12]) is not None
    with pytest.raises(Invalid):
        purpose_of(services)


def test_a_slot_serves_its_own_service_and_those_of_its_purpose(cast: Cast) -> None:
    several, one = slot(cast.ours, PSY, ADDICTION), factories.session(cast.theirs)
    assert [serves(several, _service(family)) for family in (PSY, ADDICTION, SOCIAL)] == [
        *(True, True, False),
    ]
    assert [serves(one, _service(family)) for family in (ServiceFamily.GROUP, PSY)] == [True, False]


def test_the_first_who_sits_down_decides_and_the_journal_says_it(cast: Cast) -> None:
    session = slot(cast.ours, PSY, ADDICTION)
    seat = _book(session, service=_service(ADDICTION))
    assert (seat.session.service, _for(session)) == (_service(ADDICTION), "addiction")
    facts = JournalEntry.objects.get(verb=Verb.SEAT_BOOKED).facts
    assert facts == {"number": 1, "state": "booked", "service": _service(ADDICTION).pk}


def test_a_seat_for_what_the_slot_is_already_says_nothing_of_it(cast: Cast) -> None:
    session = slot(cast.ours, PSY, ADDICTION)
    _book(session)
    assert _for(session) == "psychology"
    assert "service" not in JournalEntry.objects.get(verb=Verb.SEAT_BOOKED).facts


@pytest.mark.parametrize(("family", "became"), [(ADDICTION, "addiction"), (SOCIAL, "psychology")])
def test_the_referral_decides_where_the_slot_serves_it(
    cast: Cast, family: ServiceFamily, became: str
) -> None:
    session = slot(cast.ours, PSY, ADDICTION)
    referral = factories.referral(cast.hamel, cast.ours, service=_service(family))
    _book(session, cast.hamel, referral=referral)
    assert _for(session) == became


def test_a_service_that_the_slot_does_not_serve_is_refused(cast: Cast) -> None:
    for session in (slot(cast.ours, PSY, ADDICTION), slot(cast.ours, PSY)):
        with pytest.raises(Invalid):
            _book(session, service=_service(SOCIAL))
    assert Seat.objects.count() == 0


def test_whoever_sits_there_is_not_turned_into_something_else(cast: Cast) -> None:
    session = slot(cast.ours, PSY, ADDICTION, capacity=2)
    _book(session)
    with pytest.raises(OtherPurpose):
        _book(session, service=_service(ADDICTION))
    _book(session, service=_service(PSY))
    with pytest.raises(SessionFull):
        _book(session, service=_service(ADDICTION))
    assert _for(session) == "psychology"


def test_a_slot_given_back_stays_what_it_was_last(cast: Cast) -> None:
    session = slot(cast.ours, PSY, ADDICTION)
    seat = _book(session, service=_service(ADDICTION))
    actions.release_seat(by=None, now=timezone.now(), seat=seat)
    assert _for(session) == "addiction"
    _book(session, service=_service(PSY))
    assert _for(session) == "psychology"


def test_the_rules_are_those_of_what_one_comes_for(cast: Cast) -> None:
    Service.objects.filter(pk=_service(ADDICTION).pk).update(interview_first=True)
    session = slot(cast.ours, PSY, ADDICTION)
    with pytest.raises(InterviewFirst):
        _book(session, service=_service(ADDICTION))
    assert _for(session) == "psychology"
    _book(session, service=_service(PSY))


def test_a_slot_that_becomes_an_interview_opens_what_its_person_waits_for(cast: Cast) -> None:
    Service.objects.filter(pk=factories.service().pk).update(interview_first=True)
    start = timezone.now() + timedelta(days=5)
    evening = factories.session(cast.ours, start)
    entry = actions.join_waiting_list(
        by=None, now=timezone.now(), participant=cast.hamel, session=evening
    )
    _book(slot(cast.ours, PSY, INTERVIEW), cast.hamel, service=_service(INTERVIEW))
    entry.refresh_from_db()
    assert entry.state == "offered"


def test_a_session_of_a_programme_is_for_the_programme(cast: Cast) -> None:
    evening = factories.session(cast.ours, programme=factories.programme(cast.ours))
    evening.purpose = purpose_of([factories.service(), _service(PSY)])
    evening.save(update_fields=["purpose"])
    with pytest.raises(Invalid):
        _book(evening, service=_service(PSY))


def test_a_move_takes_what_one_comes_for_along(cast: Cast) -> None:
    session, start = slot(cast.ours, PSY, ADDICTION), timezone.now() + timedelta(days=4)
    seat = _book(slot(cast.ours, ADDICTION, starts_at=start), cast.hamel)
    new = actions.move_seat(by=None, now=timezone.now(), seat=seat, to=session)
    assert (new.session_id, _for(session)) == (session.pk, "addiction")
    facts = JournalEntry.objects.get(verb=Verb.SEAT_MOVED).facts
    assert facts["service"] == _service(ADDICTION).pk


def test_a_move_into_a_slot_that_is_taken_for_another_service_is_refused(cast: Cast) -> None:
    session, start = (
        slot(cast.ours, PSY, ADDICTION, capacity=2),
        timezone.now() + timedelta(days=4),
    )
    _book(session)
    seat = _book(slot(cast.ours, ADDICTION, starts_at=start), cast.hamel)
    with pytest.raises(OtherPurpose):
        actions.move_seat(by=None, now=timezone.now(), seat=seat, to=session)
    seat.refresh_from_db()
    assert seat.state == "booked"


def test_two_who_swap_take_what_they_come_for_along(cast: Cast) -> None:
    start = timezone.now() + timedelta(days=4)
    here, there = slot(cast.ours, PSY, ADDICTION), slot(cast.ours, PSY, ADDICTION, starts_at=start)
    seats = [_book(here, service=_service(PSY)), _book(there, service=_service(ADDICTION))]
    actions.swap_seats(by=None, now=timezone.now(), first=seats[0], second=seats[1])
    assert (_for(here), _for(there)) == ("addiction", "psychology")


def test_a_swap_beside_somebody_who_came_for_something_else_is_refused(cast: Cast) -> None:
    start = timezone.now() + timedelta(days=4)
    here = slot(cast.ours, PSY, ADDICTION, capacity=2)
    there = slot(cast.ours, PSY, ADDICTION, starts_at=start)
    seat, _other, second = _book(here), _book(here), _book(there, service=_service(ADDICTION))
    with pytest.raises(OtherPurpose):
        actions.swap_seats(by=None, now=timezone.now(), first=seat, second=second)
    assert (_for(here), _for(there)) == ("psychology", "addiction")


def test_whoever_waits_for_the_slot_is_offered_it_for_their_referral(cast: Cast) -> None:
    session = slot(cast.ours, PSY, ADDICTION, starts_at=timezone.now() + timedelta(days=5))
    seat = _book(session)
    factories.referral(cast.hamel, cast.ours, service=_service(ADDICTION))
    entry = actions.join_waiting_list(
        by=None, now=timezone.now(), participant=cast.hamel, session=session
    )
    assert entry.referral is not None
    actions.release_seat(by=None, now=timezone.now(), seat=seat)
    entry.refresh_from_db()
    assert (entry.state, _for(session)) == ("offered", "addiction")
    facts = JournalEntry.objects.get(verb=Verb.SEAT_OFFERED).facts
    assert facts["service"] == _service(ADDICTION).pk


def test_whoever_waits_beside_another_service_is_passed_over_and_the_journal_says_why(
    cast: Cast,
) -> None:
    start = timezone.now() + timedelta(days=5)
    session = slot(cast.ours, PSY, ADDICTION, starts_at=start, capacity=2)
    seats = [_book(session), _book(session)]
    factories.referral(cast.hamel, cast.ours, service=_service(ADDICTION))
    entry = actions.join_waiting_list(
        by=None, now=timezone.now(), participant=cast.hamel, session=session
    )
    actions.release_seat(by=None, now=timezone.now(), seat=seats[0])
    entry.refresh_from_db()
    assert (entry.state, entry.passed_for) == ("waiting", "OtherPurpose")
    actions.release_seat(by=None, now=timezone.now(), seat=seats[1])
    entry.refresh_from_db()
    assert (entry.state, _for(session)) == ("offered", "addiction")


def test_a_booking_costs_more_only_where_the_slot_turns_into_something_else(cast: Cast) -> None:
    """Three statements: the service before the lock and under it, and the session that follows."""
    plain, same, other = (
        slot(cast.ours, PSY, starts_at=timezone.now() + timedelta(days=day))
        if day == 1
        else slot(cast.ours, PSY, ADDICTION, starts_at=timezone.now() + timedelta(days=day))
        for day in (1, 2, 3)
    )
    _book(slot(cast.ours, PSY, starts_at=timezone.now() + timedelta(days=9)))
    counted = []
    for session, family in ((plain, PSY), (same, PSY), (other, ADDICTION)):
        person, service = factories.participant(), _service(family)
        with CaptureQueriesContext(connection) as queries:
            _book(session, person, service=service)
        counted.append(len(queries))
    assert [count - counted[0] for count in counted] == [0, 0, 3]
