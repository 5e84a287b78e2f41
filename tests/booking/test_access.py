"""Who sees whom."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from booking import access, actions
from booking.errors import KnownInNetwork, NotAllowed
from booking.models import HiddenFrom, Membership, Participant, Referral, Seat, Session, User
from booking.models.person import Mandate
from booking.models.staff import Role
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _people(user: User) -> list[str]:
    fresh = User.objects.get(pk=user.pk)
    return list(Participant.objects.visible_to(fresh).values_list("last_name", flat=True))


def test_a_referral_makes_somebody_visible_to_that_partner_only(cast: Cast) -> None:
    assert _people(cast.admin) == ["Hamel"]
    assert _people(cast.coordinator) == ["Hamel"]
    assert _people(cast.stranger) == []
    assert _people(cast.observer) == []
    assert _people(cast.doctor) == []


def test_a_seat_makes_somebody_visible_to_that_partner(cast: Cast) -> None:
    session = factories.session(cast.theirs)
    actions.book_seat(by=None, now=timezone.now(), session=session, participant=cast.hamel)
    assert _people(cast.stranger) == ["Hamel"]


def test_a_practitioner_sees_those_who_sit_with_them(cast: Cast) -> None:
    session = factories.session(cast.ours, practitioners=[cast.practitioner])
    actions.book_seat(by=None, now=timezone.now(), session=session, participant=cast.hamel)
    assert _people(cast.doctor) == ["Hamel"]
    assert list(Session.objects.visible_to(cast.doctor)) == [session]
    assert Seat.objects.visible_to(cast.doctor).count() == 1


def test_somebody_hidden_from_a_partner_is_not_seen_there(cast: Cast) -> None:
    HiddenFrom.objects.create(participant=cast.hamel, partner=cast.ours)
    assert _people(cast.admin) == []
    assert list(Referral.objects.visible_to(User.objects.get(pk=cast.admin.pk))) == []


def test_two_years_after_the_last_contact_nobody_at_the_partner_sees(cast: Cast) -> None:
    long_ago = timezone.localdate() - access.VISIBLE_AFTER_CONTACT - timedelta(days=1)
    Referral.objects.update(referred_on=long_ago)
    assert _people(cast.admin) == []
    assert _people(cast.coordinator) == ["Hamel"]


def test_a_suspended_account_or_a_lost_membership_sees_nothing(cast: Cast) -> None:
    session = factories.session(cast.ours, practitioners=[cast.practitioner])
    Membership.objects.filter(user=cast.doctor).delete()
    assert list(Session.objects.visible_to(User.objects.get(pk=cast.doctor.pk))) == []
    cast.admin.is_active = False
    cast.admin.save()
    assert _people(cast.admin) == []
    assert session.pk is not None


def test_two_leaders_do_not_make_a_session_appear_twice(cast: Cast) -> None:
    twin = factories.practitioner(cast.ours, cast.doctor)
    factories.session(cast.ours, practitioners=[cast.practitioner, twin])
    assert Session.objects.visible_to(cast.doctor).count() == 1


def test_a_partner_admin_cannot_make_a_coordinator(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        actions.add_member(
            by=cast.admin,
            now=timezone.now(),
            email="x@jalon.example",
            name="X",
            role=Role.COORDINATOR,
        )
    assert not User.objects.filter(email="x@jalon.example").exists()


def _newcomer(by: User, phone: str = "") -> Participant:
    return actions.register_participant(
        by=by,
        now=timezone.now(),
        last_name="Neuf",
        first_name="Paul",
        birth_date=date(1990, 1, 1),
        phone=phone,
    )


def test_whoever_registers_somebody_can_take_them_all_the_way_to_a_seat(cast: Cast) -> None:
    now, person = timezone.now(), _newcomer(cast.admin, phone="0639980182")
    assert _newcomer(cast.admin) == person
    assert actions.confirm_phone(by=cast.admin, now=now, participant=person) == person
    referral = actions.record_referral(
        by=cast.admin,
        now=now,
        participant=person,
        partner=cast.ours,
        service=factories.service(),
        mandate=Mandate.PROBATION,
        referred_on=timezone.localdate(),
    )
    session = factories.session(cast.ours)
    seat = actions.book_seat(
        by=cast.admin, now=now, session=session, participant=person, referral=referral
    )
    assert (seat.state, _people(cast.admin)) == ("booked", ["Hamel", "Neuf"])


def test_somebody_registered_is_seen_by_nobody_else(cast: Cast) -> None:
    person = _newcomer(cast.admin)
    colleague = factories.user(Role.ADMIN, cast.ours)
    assert (_people(cast.admin), _people(colleague)) == (["Hamel", "Neuf"], ["Hamel"])
    assert (_people(cast.stranger), _people(cast.doctor)) == ([], [])
    with pytest.raises(KnownInNetwork):
        _newcomer(cast.stranger)
    with pytest.raises(NotAllowed):
        actions.confirm_phone(by=cast.stranger, now=timezone.now(), participant=person)


def test_once_sent_to_anybody_a_person_is_no_longer_the_registrants(cast: Cast) -> None:
    factories.referral(_newcomer(cast.admin), cast.theirs)
    assert (_people(cast.admin), _people(cast.stranger)) == (["Hamel"], ["Neuf"])


def test_the_registrant_does_not_see_what_is_hidden_from_their_partner(cast: Cast) -> None:
    HiddenFrom.objects.create(participant=_newcomer(cast.admin), partner=cast.ours)
    assert _people(cast.admin) == ["Hamel"]


def test_the_registrant_who_left_sees_nothing(cast: Cast) -> None:
    _newcomer(cast.admin)
    Membership.objects.filter(user=cast.admin).update(role=Role.PRACTITIONER)
    assert _people(cast.admin) == []


def test_knowing_many_people_is_asked_at_once(cast: Cast) -> None:
    people = [cast.hamel, _newcomer(cast.admin)]
    access.scope(cast.admin)
    for known in (people[:1], people, people * 2):
        with CaptureQueriesContext(connection) as queries:
            access.must_know(cast.admin, *known)
        assert len(queries) == 1
    with pytest.raises(NotAllowed):
        access.must_know(cast.admin, *people, factories.participant())
