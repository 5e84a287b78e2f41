"""What the name of a closure may say."""

from __future__ import annotations

from datetime import timedelta

import pytest

from booking.errors import Invalid
from calendars.closable import refuse_odd
from tests.factories import paris

NOW = paris("2026-02-02 09:00")


def _name(name: str) -> None:
    refuse_odd(name, NOW, NOW + timedelta(days=1), NOW)


@pytest.mark.parametrize(
    "name",
    [
        "Arrêté municipal",
        "Rue de la Santé",
        "rue de la sante, travaux",
        "Congés",
        "Journée inhospitalière",
    ],
)
def test_a_name_that_says_nothing_on_health_passes(name: str) -> None:
    _name(name)


@pytest.mark.parametrize(
    "name",
    [
        "Arrêt maladie",
        "En arrêt",
        "ARRETS DE TRAVAIL",
        "Arre\u0302t de travail",
        "Raisons de santé",
        "Santé",
        "Hospitalisée",
        "À l’hôpital",
        "burn-out",
        "Congé_maladie",
    ],
)
def test_a_name_that_says_something_on_health_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        _name(name)
