"""Who sees whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from booking import access, actions
from booking.models import HiddenFrom, Membership, Participant, Referral, Seat, Session, User
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
    from booking.errors import NotAllowed

    with pytest.raises(NotAllowed):
        actions.add_member(
            by=cast.admin,
            now=timezone.now(),
            email="x@jalon.example",
            name="X",
            role=Role.COORDINATOR,
        )
    assert not User.objects.filter(email="x@jalon.example").exists()
