"""What becomes of single rows."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.imports import table
from booking.imports.referrals import import_referrals
from booking.imports.report import Outcome, Report, Status
from booking.models import JournalEntry, Participant, Referral, Referrer, Seat
from booking.models.language import Language
from booking.models.person import Mandate, PhoneState, ReferrerKind
from booking.models.seat import SeatState
from tests import factories
from tests.booking.imports.network import HEADINGS, catalogue, line, partner
from tests.factories import paris

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fil_d_or(db: None) -> None:
    partner()


def run(*lines: str, dry_run: bool = False) -> Report:
    rows = table.read(("\n".join([HEADINGS, *lines])).encode())
    return import_referrals(rows, by=None, now=NOW, dry_run=dry_run)


def one(**changed: str) -> Outcome:
    [outcome] = run(line(**changed)).outcomes
    return outcome


def found(outcome: Outcome) -> tuple[Status, str, str]:
    [finding] = outcome.findings
    return outcome.status, finding.column, finding.value


def test_a_row_becomes_a_person_a_referral_and_an_attended_seat() -> None:
    changed = {"Première séance": "09/01/2021 9h30", "Langue": "tamoul", "Nom": "KESSLER"}
    assert one(**changed).status == Status.IMPORTED
    referral = Referral.objects.select_related("participant", "referrer").get()
    person, seat = referral.participant, Seat.objects.get()
    assert (person.full_name, person.birth_date) == ("Kessler Gaël", date(1962, 8, 9))
    assert (person.phone, person.phone_state) == ("+33639980195", PhoneState.UNCONFIRMED)
    assert (person.language, referral.mandate) == (Language.TAMIL, Mandate.PROBATION)
    assert (referral.referred_on, referral.deadline) == (date(2020, 12, 13), date(2021, 3, 14))
    assert referral.referrer is not None
    assert referral.referrer.kind == ReferrerKind.PROBATION
    assert (seat.state, seat.starts_at) == (SeatState.PRESENT, paris("2021-01-09 09:30"))
    assert (seat.session.partner.name, seat.referral) == ("Le Fil d'Or", referral)


def test_names_of_partners_and_services_are_found_however_they_are_written() -> None:
    changed = {"Partenaire": "LE FIL D’OR", "Prestation": "groupe  de parole"}
    assert one(**changed).status == Status.IMPORTED


def test_one_person_in_two_shapes_is_one_person() -> None:
    other = {"Nom": "KESSLER", "Prénom": "GAEL", "Téléphone": "+33 (0)639980195"}
    report = run(line(), line(**other, Prestation="Hébergement"))
    assert (report.imported, report.people, Participant.objects.count()) == (2, 1, 1)


@pytest.mark.parametrize(
    ("heading", "value"),
    [
        ("Date d'orientation", "31/02/2021"),
        ("Date d'orientation", "01/01/2030"),
        ("Date d'orientation", ""),
        ("Né(e) le", "hier"),
        ("Né(e) le", "09/08/2022"),
        ("Nom", ""),
        ("Nom", "=1+1"),
        ("Nom", "x" * 81),
        ("Nom", "Kess\0ler"),
        ("Prénom", ""),
        ("Cadre", "parce que"),
        ("Échéance", "bientôt"),
        ("Échéance", "01/01/2020"),
        ("Partenaire", "Le Fil d'Argent"),
        ("Prestation", "Poney"),
    ],
)
def test_a_row_that_cannot_be_taken_says_where_and_stops_nothing(heading: str, value: str) -> None:
    report = run(line(**{heading: value}), line(Nom="Hamel"))
    bad, good = report.outcomes
    assert (bad.line, *found(bad)) == (2, Status.REFUSED, heading, value)
    assert good.status == Status.IMPORTED
    assert (Participant.objects.count(), Referral.objects.count()) == (1, 1)


def test_a_service_that_the_partner_does_not_offer_is_refused() -> None:
    lyre = factories.partner(name="La Lyre")
    lyre.services.set(catalogue()[:1])
    outcome = one(Partenaire="La Lyre", Prestation="Hébergement")
    assert found(outcome) == (Status.REFUSED, "Prestation", "Hébergement")


def test_a_slip_of_the_finger_is_told_the_nearest_name() -> None:
    [finding] = one(Partenaire="Le Fil d'Orr").findings
    assert "Le Fil d'Or" in finding.reason


def test_a_row_cut_short_is_refused_unless_it_lacks_nothing_needed() -> None:
    cut = line().split(";")
    report = run(";".join(cut[:6]), ";".join(cut[:12]))
    assert [outcome.status for outcome in report.outcomes] == [Status.REFUSED, Status.IMPORTED]
    assert found(report.outcomes[0]) == (Status.REFUSED, "Cadre", "")


def test_a_number_that_cannot_be_used_is_flagged_each_time() -> None:
    for _ in range(2):
        assert found(one(Téléphone="06 39 98")) == (Status.FLAGGED, "Téléphone", "06 39 98")
    assert Participant.objects.get().phone_as_typed == "06 39 98"
    assert one(Téléphone="06 39 98 01 95").status == Status.ALREADY_THERE
    assert Participant.objects.get().phone == "+33639980195"


def test_another_number_of_the_same_person_is_flagged_and_not_taken() -> None:
    report = run(line(), line(Téléphone="0639980196", Prestation="Hébergement"))
    assert found(report.outcomes[1]) == (Status.FLAGGED, "Téléphone", "0639980196")
    assert Participant.objects.get().phone == "+33639980195"


def test_a_language_that_texts_do_not_speak_is_flagged() -> None:
    assert found(one(Langue="klingon")) == (Status.FLAGGED, "Langue", "klingon")
    assert Participant.objects.get().language == Language.FRENCH


def test_a_first_session_to_come_is_flagged_and_not_recorded() -> None:
    outcome = one(**{"Première séance": "09/04/2026 18:00"})
    assert found(outcome) == (Status.FLAGGED, "Première séance", "09/04/2026 18:00")
    assert (Referral.objects.count(), Seat.objects.count()) == (1, 0)


def test_a_first_session_without_an_hour_is_recorded_and_told() -> None:
    outcome = one(**{"Première séance": "09/01/2021"})
    assert found(outcome) == (Status.IMPORTED, "Première séance", "09/01/2021")
    assert Seat.objects.get().starts_at == paris("2021-01-09 09:00")


def test_two_first_sessions_at_once_are_flagged() -> None:
    when = {"Première séance": "09/01/2021 09:00"}
    report = run(line(**when), line(**when, Prestation="Hébergement"))
    assert report.outcomes[1].status == Status.FLAGGED
    assert (Referral.objects.count(), Seat.objects.count()) == (2, 1)


def test_a_first_session_that_is_filled_in_later_is_recorded_then() -> None:
    run(line())
    assert one(**{"Première séance": "09/01/2021 09:00"}).status == Status.ALREADY_THERE
    assert (Referral.objects.count(), Seat.objects.count()) == (1, 1)


def test_a_department_that_disagrees_is_told_without_a_flag() -> None:
    assert found(one(**{"Dép.": "77"})) == (Status.IMPORTED, "Dép.", "77")


def test_a_remark_that_is_too_long_is_cut_and_flagged() -> None:
    assert one(Remarque="x" * 300).status == Status.FLAGGED
    assert Referral.objects.get().note == "x" * 200


def test_a_refused_row_leaves_no_referrer_behind() -> None:
    one(Cadre="parce que", Prescripteur="Mairie de Meaux")
    assert Referrer.objects.count() == 0


def test_a_dry_run_of_several_rows_of_one_person_is_the_import() -> None:
    rows = (line(), line(), line(Nom="KESSLER", Téléphone="06"), line(Nom="Hamel", Cadre=""))
    rehearsed = run(*rows, dry_run=True)
    assert (Participant.objects.count(), JournalEntry.objects.count()) == (0, 0)
    assert rehearsed == run(*rows)
    assert [outcome.status for outcome in rehearsed.outcomes] == [
        Status.IMPORTED,
        Status.ALREADY_THERE,
        Status.FLAGGED,
        Status.REFUSED,
    ]


def test_a_file_of_headings_imports_nothing() -> None:
    assert run().as_counts() == {
        "rows": 0,
        "imported": 0,
        "refused": 0,
        "people": 0,
        "flagged": 0,
    }


def test_each_further_row_costs_the_same_queries() -> None:
    when = {"Première séance": "09/01/2021 09:00"}

    def queries(first: int, last: int) -> int:
        rows = [
            line(**when, Nom=f"Hamel{n}", Prestation="Suivi psychologique")
            for n in range(first, last)
        ]
        with CaptureQueriesContext(connection) as captured:
            run(*rows)
        return len(captured)

    queries(0, 1)
    assert queries(10, 13) - queries(20, 22) == queries(30, 32) - queries(40, 41) <= 35
