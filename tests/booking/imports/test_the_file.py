"""The export that the network really has, on both engines."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from django.apps import apps

from booking.imports import table
from booking.imports.referrals import import_referrals
from booking.imports.report import Outcome, Report, Status
from booking.models import Participant, Referral, Seat
from sms.models import Text
from tests.booking.imports import network
from tests.factories import paris

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
COUNTS = {"rows": 230, "imported": 224, "refused": 6, "people": 198, "flagged": 1}


def do_import(*, dry_run: bool = False) -> Report:
    rows = table.read(network.FILE.read_bytes())
    return import_referrals(rows, by=None, now=NOW, dry_run=dry_run)


def everything() -> dict[str, str]:
    """Every table, the journal among them, as it stands."""
    return {
        model._meta.label: repr(list(model._default_manager.order_by("pk").values_list()))
        for model in apps.get_models()
    }


def seen(outcome: Outcome) -> tuple[int, str, str]:
    [finding] = outcome.findings
    return outcome.line, finding.column, finding.value


def test_the_file_counts_as_the_network_counts() -> None:
    network.thirteen()
    started = time.process_time()
    assert do_import().as_counts() == COUNTS
    assert time.process_time() - started < 10
    assert (Participant.objects.count(), Referral.objects.count()) == (198, 224)
    quarter = Seat.objects.attended().filter(
        starts_at__gte=paris("2021-01-01 00:00"), starts_at__lt=paris("2021-04-01 00:00")
    )
    assert quarter.values("participant").distinct().count() == 154
    people = Participant.objects.all()
    assert people.filter(texts_refused=True).count() == 24
    assert people.filter(needs_interpreter=True).count() == 14
    assert people.exclude(not_before=None).count() == 7
    assert set(Referral.objects.values_list("note", flat=True)) == {"", "rappeler le soir"}
    # History never sends a text.
    assert Text.objects.count() == 0


def test_each_line_that_is_not_taken_says_where_and_what() -> None:
    network.thirteen()
    outcomes = do_import(dry_run=True).outcomes
    assert [seen(one) for one in outcomes if one.status == Status.REFUSED] == [
        (25, "Date d'orientation", "31/02/2021"),
        (31, "Échéance", "bientôt"),
        (92, "Partenaire", "Association Inconnue"),
        (114, "Cadre", ""),
        (122, "Nom", ""),
        (184, "Prestation", "Poney"),
    ]
    assert [seen(one) for one in outcomes if one.status == Status.FLAGGED] == [
        (222, "Téléphone", "06 39 98")
    ]


def test_importing_again_changes_nothing() -> None:
    network.thirteen()
    first = do_import()
    before = everything()
    again = do_import()
    assert everything() == before
    assert again.as_counts() == first.as_counts() == COUNTS
    assert (first.new, again.new) == (224, 0)


def test_a_dry_run_writes_nothing_and_says_what_the_import_will() -> None:
    network.thirteen()
    before = everything()
    rehearsed = do_import(dry_run=True)
    assert everything() == before
    assert rehearsed == do_import()
