from __future__ import annotations

import pytest

from booking.models.partner import Department
from booking.queries.partners_by_department import PublicPartner, partners_by_department
from tests import factories

pytestmark = pytest.mark.django_db


def test_departments_come_by_number_and_partners_by_name() -> None:
    for name, department in (("Zèbre", "95"), ("Canal", "75"), ("Abeille", "95")):
        factories.partner(name=name, department=department, phone="01 99 00 00 01")
    assert partners_by_department() == [
        (Department.PARIS, [PublicPartner("Canal", (), "01 99 00 00 01")]),
        (
            Department.VAL_D_OISE,
            [
                PublicPartner("Abeille", (), "01 99 00 00 01"),
                PublicPartner("Zèbre", (), "01 99 00 00 01"),
            ],
        ),
    ]


def test_the_town_of_a_venue_kept_for_victims_is_not_public() -> None:
    partner = factories.partner()
    factories.venue(partner, city="Pontoise")
    factories.venue(partner, city="Pontoise")
    factories.venue(partner, city="Cergy", victims_only=True)
    [(_department, [public])] = partners_by_department()
    assert public.towns == ("Pontoise",)
