from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from booking import actions
from booking.errors import BookingError, Invalid, NotAllowed, NotPossibleHere
from booking.models import HiddenFrom, JournalEntry, Participant, Referral, Referrer
from booking.models.partner import ServiceFamily
from booking.models.person import Mandate, ReferrerKind
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def record(cast: Cast, **changed: Any) -> Referral:
    values: dict[str, Any] = {
        "by": cast.admin,
        "now": NOW,
        "participant": cast.hamel,
        "partner": cast.ours,
        "service": factories.service(ServiceFamily.COURSE),
        "mandate": Mandate.PLEA,
        "referred_on": date(2026, 2, 27),
        **changed,
    }
    return actions.record_referral(**values)


def test_a_referral_is_recorded_once_and_journaled_once(cast: Cast) -> None:
    spip = actions.add_referrer(by=cast.admin, now=NOW, name="SPIP 77", kind=ReferrerKind.PROBATION)
    first = record(cast, referrer=spip, deadline=date(2026, 6, 1), note="rappeler le soir")
    again = record(cast, note="autre chose")
    again.refresh_from_db()
    assert (again.pk, again.note) == (first.pk, "rappeler le soir")
    [entry] = JournalEntry.objects.filter(verb="referral_recorded")
    assert (entry.partner, entry.participant) == (cast.ours, cast.hamel)
    assert entry.facts == {
        "referral": first.pk,
        "service": first.service_id,
        "referrer": spip.pk,
    }


def test_the_same_person_may_be_sent_again_later(cast: Cast) -> None:
    first = record(cast)
    assert record(cast, referred_on=date(2026, 3, 1)).pk != first.pk


@pytest.mark.parametrize(
    "wrong",
    [
        {"deadline": date(2026, 2, 26)},
        {"note": "x" * 201},
        {"note": "x\0"},
        {"mandate": "nothing"},
        {"mandate": "x" * 21},
    ],
)
def test_a_referral_that_makes_no_sense_is_refused(cast: Cast, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        record(cast, **wrong)


def test_a_partner_receives_for_its_own_services_only(cast: Cast) -> None:
    cast.ours.services.remove(factories.service(ServiceFamily.COURSE))
    with pytest.raises(Invalid):
        record(cast)


def test_another_partner_may_not_record_here(cast: Cast) -> None:
    for nobody in (cast.stranger, cast.observer, cast.doctor):
        with pytest.raises(NotAllowed):
            record(cast, by=nobody)
    assert record(cast, by=cast.coordinator).partner == cast.ours


def test_a_referrer_is_one_however_its_name_is_written(cast: Cast) -> None:
    names = ("Maître Dupré", "MAITRE DUPRE", " maître  dupré ")
    made = {
        actions.add_referrer(by=cast.admin, now=NOW, name=name, kind=ReferrerKind.LAWYER).pk
        for name in names
    }
    assert (len(made), Referrer.objects.get().name) == (1, "Maître Dupré")


@pytest.mark.parametrize("name", ["", " - ", "x" * 121])
def test_a_referrer_needs_a_name(cast: Cast, name: str) -> None:
    with pytest.raises(Invalid):
        actions.add_referrer(by=cast.admin, now=NOW, name=name, kind=ReferrerKind.OTHER)


def test_a_practitioner_may_not_add_a_referrer(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        actions.add_referrer(by=cast.doctor, now=NOW, name="SPIP", kind=ReferrerKind.PROBATION)


def test_nobody_is_made_visible_by_a_referral_of_somebody_unknown(cast: Cast) -> None:
    unknown, hidden = factories.participant(), cast.hamel
    factories.referral(unknown, cast.theirs)
    HiddenFrom.objects.create(participant=hidden, partner=cast.ours)
    said = []
    for person in (unknown, hidden):
        with pytest.raises(BookingError) as refusal:
            record(cast, participant=person)
        said.append((refusal.type, str(refusal.value)))
    assert said == [(NotAllowed, str(NotAllowed.message))] * 2
    assert not Participant.objects.visible_to(cast.admin).exists()


def test_the_coordination_sends_nobody_to_a_partner_that_must_not_see_them(cast: Cast) -> None:
    HiddenFrom.objects.create(participant=cast.hamel, partner=cast.ours)
    for by in (cast.coordinator, None):
        with pytest.raises(NotPossibleHere):
            record(cast, by=by)
    assert Referral.objects.count() == 1


def test_a_person_who_is_gone_is_said(cast: Cast) -> None:
    gone = Participant(pk=cast.hamel.pk + 1000)
    with pytest.raises(Invalid, match=r"longer|plus"):
        record(cast, by=cast.coordinator, participant=gone)
