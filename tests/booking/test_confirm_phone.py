from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from booking import actions
from booking.errors import Invalid, NumberInUse, NumberRefusesTexts, NumberWasWrong
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


@pytest.mark.parametrize("read_out", ["06 39 98 00 72", "+33 (0)6.39.98.00.72", ""])
def test_the_number_that_was_read_out_is_confirmed(cast: Cast, read_out: str) -> None:
    assert confirm(cast.hamel, cast.admin, number=read_out) == PhoneState.CONFIRMED


@pytest.mark.parametrize("read_out", ["06 39 98 00 73", "the same", "+32 470 12 34 56"])
def test_another_number_by_now_is_not_confirmed_with_it(cast: Cast, read_out: str) -> None:
    Participant.objects.filter(pk=cast.hamel.pk).update(phone_state=PhoneState.UNCONFIRMED)
    with pytest.raises(Invalid) as refused:
        confirm(cast.hamel, cast.admin, number=read_out)
    assert cast.hamel.phone not in str(refused.value)
    cast.hamel.refresh_from_db()
    assert cast.hamel.phone_state == PhoneState.UNCONFIRMED


def test_a_number_whose_holder_refused_texts_or_that_was_wrong_is_a_warning(cast: Cast) -> None:
    other = factories.participant(phone=cast.hamel.phone, phone_state=PhoneState.WRONG)
    with pytest.raises(NumberWasWrong):
        confirm(cast.hamel, cast.admin)
    Participant.objects.filter(pk=other.pk).update(texts_refused=True)
    with pytest.raises(NumberRefusesTexts):
        confirm(cast.hamel, cast.admin)
    assert confirm(cast.hamel, cast.admin, anyway=True) == PhoneState.CONFIRMED


def test_the_system_takes_the_refusal_of_a_number_over(cast: Cast) -> None:
    factories.participant(phone=cast.hamel.phone, texts_refused=True)
    confirm(cast.hamel, None)
    cast.hamel.refresh_from_db()
    assert cast.hamel.texts_refused
