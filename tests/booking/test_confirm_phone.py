from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from booking import actions
from booking.errors import Invalid, NumberInUse
from booking.models import Participant, User
from booking.models.person import PhoneState
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def confirm(person: Participant, by: User | None, **more: Any) -> str:
    actions.confirm_phone(by=by, now=timezone.now(), participant=person, **more)
    return Participant.objects.get(pk=person.pk).phone_state


def test_two_people_on_one_number_are_a_warning(cast: Cast) -> None:
    factories.participant(phone=cast.hamel.phone)
    Participant.objects.filter(pk=cast.hamel.pk).update(phone_state=PhoneState.UNCONFIRMED)
    with pytest.raises(NumberInUse) as warned:
        confirm(cast.hamel, cast.admin)
    assert cast.hamel.phone not in str(warned.value)
    assert confirm(cast.hamel, cast.admin, anyway=True) == PhoneState.CONFIRMED


def test_the_system_is_not_warned(cast: Cast) -> None:
    factories.participant(phone=cast.hamel.phone)
    assert confirm(cast.hamel, None) == PhoneState.CONFIRMED


def test_a_record_without_a_number_is_refused(cast: Cast) -> None:
    person = factories.participant(phone="", phone_state=PhoneState.NONE)
    with pytest.raises(Invalid):
        confirm(person, None)
