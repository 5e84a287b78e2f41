from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from booking import access, actions, numbers
from booking.errors import (
    Invalid,
    Merged,
    NotAllowed,
    NumberInUse,
    NumberRefusesTexts,
    NumberWasWrong,
    Warned,
)
from booking.models import HiddenFrom, JournalEntry, Membership, Participant, User
from booking.models.person import PhoneState
from booking.models.staff import Role
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def change(person: Participant, phone: str, by: User | None = None, **more: Any) -> Participant:
    changed = actions.change_phone(
        by=by, now=timezone.now(), participant=person, phone=phone, **more
    )
    person.refresh_from_db()
    assert changed == person
    return person


def journal() -> list[tuple[str, dict[str, object]]]:
    return [(entry.verb, entry.facts) for entry in JournalEntry.objects.order_by("pk")]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("06.39.98.01.82", "+33639980182"),
        ("+33 (0)6 39 98 01 82", "+33639980182"),
        ("01 99 00 00 12", "+33199000012"),
        ("+262 692 12 34 56", "+262692123456"),
        ("0032 470 12 34 56", "+32470123456"),
    ],
)
def test_a_number_in_any_shape_is_to_be_confirmed(cast: Cast, typed: str, number: str) -> None:
    person = change(cast.hamel, typed, cast.admin)
    assert (person.phone, person.phone_state) == (number, PhoneState.UNCONFIRMED)
    assert journal() == [("phone_changed", {"number": True})]


@pytest.mark.parametrize("typed", ["06 39 98", "néant", "06 39 98 MERE", "0" * 500])
def test_what_is_no_number_is_refused_and_nothing_changes(cast: Cast, typed: str) -> None:
    with pytest.raises(Invalid):
        change(cast.hamel, typed)
    cast.hamel.refresh_from_db()
    assert cast.hamel.phone == "+33639980072"


def test_a_number_that_is_taken_away_leaves_none(cast: Cast) -> None:
    person = change(cast.hamel, " ")
    assert (person.phone, person.phone_state) == ("", PhoneState.NONE)
    assert journal() == [("phone_changed", {"number": False})]


def test_what_was_written_beside_an_unusable_number_goes_with_it() -> None:
    person = factories.participant(
        phone="", phone_as_typed="06 39 98", phone_state=PhoneState.UNUSABLE
    )
    assert change(person, "0639980182").phone_as_typed == ""


def test_the_number_on_record_stays_confirmed(cast: Cast) -> None:
    assert change(cast.hamel, "06 39 98 00 72").phone_state == PhoneState.CONFIRMED
    assert journal() == []


def test_a_wrong_number_that_is_written_down_again_is_to_be_confirmed() -> None:
    person = factories.participant(phone="+33639980182", phone_state=PhoneState.WRONG)
    assert change(person, "06 39 98 01 82").phone_state == PhoneState.UNCONFIRMED


def test_a_number_of_another_record_is_a_warning(cast: Cast) -> None:
    other = factories.participant()
    with pytest.raises(NumberInUse):
        change(cast.hamel, other.phone, cast.admin)
    assert change(cast.hamel, other.phone, cast.admin, anyway=True).phone == other.phone


def test_a_number_of_a_record_that_was_merged_away_is_no_warning(cast: Cast) -> None:
    merged = factories.participant(merged_into=factories.participant())
    assert change(cast.hamel, merged.phone, cast.admin).phone == merged.phone


def test_a_number_that_is_wrong_elsewhere_is_a_warning_of_its_own(cast: Cast) -> None:
    wrong = factories.participant(phone_state=PhoneState.WRONG)
    with pytest.raises(NumberWasWrong):
        change(cast.hamel, wrong.phone, cast.admin)
    assert change(cast.hamel, wrong.phone, cast.admin, anyway=True).phone == wrong.phone


def test_a_number_whose_holder_refused_texts_is_the_gravest_warning(cast: Cast) -> None:
    factories.participant(phone="+33639980182", phone_state=PhoneState.WRONG)
    factories.participant(phone="+33639980182")
    factories.participant(phone="+33639980182", texts_refused=True)
    with pytest.raises(NumberRefusesTexts):
        change(cast.hamel, "06 39 98 01 82", cast.admin)
    assert not change(cast.hamel, "06 39 98 01 82", cast.admin, anyway=True).texts_refused


def test_the_system_takes_the_refusal_of_a_number_over(cast: Cast) -> None:
    factories.participant(phone="+33639980182", texts_refused=True)
    assert change(cast.hamel, "06 39 98 01 82").texts_refused
    assert journal() == [("phone_changed", {"number": True}), ("texts_refused", {})]


@pytest.mark.parametrize("fields", [{}, {"texts_refused": True}, {"phone_state": "wrong"}])
def test_of_a_record_that_is_hidden_nothing_is_said(cast: Cast, fields: dict[str, Any]) -> None:
    """Somebody at this partner is a relative, say."""
    hidden = factories.participant(phone="+33639980182", **fields)
    HiddenFrom.objects.create(participant=hidden, partner=cast.ours)
    for by in (cast.stranger, cast.coordinator):
        with pytest.raises(Warned):
            numbers.warn_of_others(
                by=by, person=cast.hamel, e164=hidden.phone, doing="", anyway=False
            )
    assert change(cast.hamel, hidden.phone, cast.admin).phone == hidden.phone


def test_hidden_from_one_partner_and_seen_by_the_other_is_a_warning(cast: Cast) -> None:
    """Whoever is admin of both may open the record anyway."""
    hidden = factories.participant()
    HiddenFrom.objects.create(participant=hidden, partner=cast.ours)
    factories.referral(hidden, cast.theirs)
    Membership.objects.create(user=cast.admin, role=Role.ADMIN, partner=cast.theirs)
    with pytest.raises(NumberInUse):
        change(cast.hamel, hidden.phone, User.objects.get(pk=cast.admin.pk))


def test_who_tries_numbers_is_seen_in_the_log(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    other = factories.participant()
    with pytest.raises(NumberInUse):
        change(cast.hamel, other.phone, cast.admin)
    said = f"account {cast.admin.pk} was warned about a number: change_phone"
    assert caplog.messages == [said]


def test_the_same_queries_for_one_record_with_that_number_and_for_three(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    access.scope(cast.admin)  # Read once a request.
    for _ in range(3):
        factories.participant(phone="+33639980182")
        with django_assert_num_queries(1), pytest.raises(NumberInUse):
            numbers.warn_of_others(
                by=cast.admin, person=cast.hamel, e164="+33639980182", doing="", anyway=False
            )


def test_who_may_open_the_record_may_change_its_number(cast: Cast) -> None:
    for by in (cast.stranger, cast.observer, cast.doctor):
        with pytest.raises(NotAllowed):
            change(cast.hamel, "06 39 98 01 82", by)
    session = factories.session(cast.ours, practitioners=[cast.practitioner])
    actions.book_seat(by=None, now=timezone.now(), session=session, participant=cast.hamel)
    assert change(cast.hamel, "06 39 98 01 82", cast.doctor).phone == "+33639980182"


def test_a_merged_record_is_refused(cast: Cast) -> None:
    double = factories.participant()
    actions.merge(by=None, now=timezone.now(), keep=cast.hamel, absorb=double)
    with pytest.raises(Merged):
        change(double, "06 39 98 01 82")
