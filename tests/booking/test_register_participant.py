from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from booking import actions
from booking.actions.merge import merge
from booking.actions.tell_apart import tell_apart
from booking.errors import Invalid, KnownInNetwork, LooksKnown, NotAllowed
from booking.models import HiddenFrom, JournalEntry, Participant
from booking.models.person import PhoneState
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def register(**changed: Any) -> Participant:
    values: dict[str, Any] = {
        "by": None,
        "now": NOW,
        "last_name": "D'Almeida",
        "first_name": "Ismaël",
        "birth_date": date(1979, 9, 29),
        **changed,
    }
    return actions.register_participant(**values)


def verbs() -> list[tuple[str, list[str]]]:
    entries = JournalEntry.objects.order_by("pk")
    return [(entry.verb, entry.facts["changed"]) for entry in entries]


def test_a_person_is_registered_once_however_the_name_is_written() -> None:
    first = register(phone="06 39 98 01 82")
    again = register(last_name="D’ALMEIDA", first_name="ISMAEL", phone="+33 (0)639980182")
    assert (again.pk, Participant.objects.count()) == (first.pk, 1)
    assert (again.last_name, again.phone) == ("D'Almeida", "+33639980182")
    assert verbs() == [("participant_registered", ["phone", "phone_state"])]


def test_what_was_missing_is_filled_in_and_nothing_taken_away() -> None:
    register(phone="06 39 98", not_before=date(2026, 6, 1))
    person = register(phone="0639980182", texts_refused=True, not_before=date(2026, 5, 1))
    assert (person.phone, person.phone_as_typed) == ("+33639980182", "")
    assert (person.phone_state, person.texts_refused) == (PhoneState.UNCONFIRMED, True)
    assert person.not_before == date(2026, 6, 1)
    assert verbs()[1] == (
        "participant_changed",
        ["phone", "phone_as_typed", "phone_state", "texts_refused"],
    )
    assert register().texts_refused


def test_a_confirmed_number_is_not_replaced(cast: Cast) -> None:
    person = register(
        last_name=cast.hamel.last_name,
        first_name=cast.hamel.first_name,
        birth_date=cast.hamel.birth_date,
        phone="0639980182",
    )
    assert (person.pk, person.phone) == (cast.hamel.pk, "+33639980072")
    assert person.phone_state == PhoneState.CONFIRMED


def test_an_unusable_number_is_kept_as_it_was_written() -> None:
    person = register(phone=" 06 39 98 ")
    person.refresh_from_db()
    assert (person.phone, person.phone_as_typed) == ("", "06 39 98")
    assert person.phone_state == PhoneState.UNUSABLE


@pytest.mark.parametrize("name", ["", "  ", "--", "x" * 81])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        register(last_name=name)
    assert Participant.objects.count() == 0


def test_the_journal_holds_no_value_of_a_person() -> None:
    register(phone="06 39 98 01 82", not_before=date(2026, 6, 1))
    [entry] = JournalEntry.objects.all()
    assert entry.facts == {"changed": ["not_before", "phone", "phone_state"]}


def test_only_those_who_admit_people_may_register(cast: Cast) -> None:
    assert register(by=cast.admin).pk == register(by=cast.coordinator).pk
    for nobody in (cast.observer, cast.doctor):
        with pytest.raises(NotAllowed):
            register(by=nobody)


def test_somebody_who_looks_known_is_registered_only_by_one_who_insists(cast: Cast) -> None:
    register(phone="06 39 98 01 82")
    number = {"last_name": "Autre", "first_name": "Nom", "phone": "+33 6 39 98 01 82"}
    exchanged = {"last_name": "Ismael", "first_name": "d'Almeida"}
    for changed in (number, exchanged):
        with pytest.raises(LooksKnown):
            register(by=cast.coordinator, **changed)
    assert Participant.objects.count() == 2  # Hamel is of the cast.
    insisted = [register(by=cast.coordinator, anyway=True, **number), register(**exchanged)]
    assert len({one.pk for one in insisted}) == 2


def test_a_number_of_a_hidden_record_is_no_likeness(cast: Cast) -> None:
    hidden = register(phone="06 39 98 01 82")
    HiddenFrom.objects.create(participant=hidden, partner=cast.ours)
    other = {"last_name": "Autre", "first_name": "Nom", "phone": "+33 6 39 98 01 82"}
    with pytest.raises(LooksKnown):
        register(by=cast.stranger, **other)
    assert register(by=cast.admin, **other).phone == hidden.phone


def test_an_import_takes_the_refusal_of_a_number_over(cast: Cast) -> None:
    factories.participant(phone="+33639980182", texts_refused=True)
    assert register(phone="06 39 98 01 82").texts_refused
    entries = JournalEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(entries) == ["participant_registered", "texts_refused"]


def test_who_tries_numbers_is_seen_in_the_log(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    other = {"last_name": "Autre", "first_name": "Nom", "phone": cast.hamel.phone}
    with pytest.raises(LooksKnown):
        register(by=cast.admin, **other)
    said = f"account {cast.admin.pk} was warned about a number: register_participant"
    assert caplog.messages == [said]


def test_a_number_that_is_not_taken_over_is_no_likeness(cast: Cast) -> None:
    register(phone="06 39 98 01 82")
    known = {"last_name": "Hamel", "first_name": "Mickaël", "birth_date": cast.hamel.birth_date}
    person = register(by=cast.admin, phone="06 39 98 01 82", **known)
    assert (person.pk, person.phone) == (cast.hamel.pk, "+33639980072")


def test_two_people_told_apart_are_registered_again_without_a_word(cast: Cast) -> None:
    person = register(phone="06 39 98 01 82")
    other = {"last_name": "Autre", "first_name": "Nom", "phone": "06 39 98 01 82"}
    twin = register(by=cast.coordinator, anyway=True, **other)
    tell_apart(by=None, now=NOW, first=person, second=twin)
    assert register(by=cast.coordinator, **other).pk == twin.pk


def test_a_merged_record_leads_to_the_one_that_goes_on(cast: Cast) -> None:
    merged = register()
    for keep in (register(last_name="Dalmeda"), cast.hamel):
        merge(by=None, now=NOW, keep=keep, absorb=merged)
        merged = keep
    assert register(by=cast.admin, needs_interpreter=True) == cast.hamel
    assert Participant.objects.get(pk=cast.hamel.pk).needs_interpreter
    with pytest.raises(KnownInNetwork):
        register(by=cast.stranger)


@pytest.mark.parametrize(
    "wrong",
    [
        {"last_name": "Hamel\0"},
        {"first_name": "Ren\udce9"},
        {"phone": "06\0"},
        {"language": "klingon"},
        {"language": ""},
        {"birth_date": date(2026, 3, 3)},
        {"birth_date": date(1899, 12, 31)},
    ],
)
def test_what_cannot_be_of_a_person_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refusal:
        register(**wrong)
    assert not any(str(value) in str(refusal.value) for value in wrong.values() if value)
    assert Participant.objects.count() == 0


def test_somebody_born_today_in_paris_is_born() -> None:
    """Midnight has passed in Paris and not yet in UTC."""
    born = register(now=datetime(2026, 3, 2, 23, 30, tzinfo=UTC), birth_date=date(2026, 3, 3))
    assert born.birth_date == date(2026, 3, 3)
