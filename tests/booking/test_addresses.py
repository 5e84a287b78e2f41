from __future__ import annotations

import pytest

from booking.addresses import same_address
from booking.models import Venue


def _at(street: str, postcode: str = "95300") -> Venue:
    return Venue(street=street, postcode=postcode)


@pytest.mark.parametrize(
    "street",
    ["3 rue de l’Église", "3 RUE DE L'EGLISE", " 3  rue de l'E\u0301glise ", "3, rue de l’Eglise"],
)
def test_an_address_is_one_however_it_is_written(street: str) -> None:
    assert same_address(_at("3, rue de l'Eglise"), _at(street, " 95300"))


@pytest.mark.parametrize(
    ("street", "postcode"),
    [
        ("5 rue de l'Église", "95300"),
        ("3 rue de l'Église", "95310"),
        ("3 bis rue de l'Église", "95300"),
    ],
)
def test_another_address_is_another(street: str, postcode: str) -> None:
    assert not same_address(_at("3 rue de l'Église"), _at(street, postcode))


def test_two_numbers_are_not_one_long_number() -> None:
    assert not same_address(_at("3-5 rue des Lilas"), _at("35 rue des Lilas"))
    assert same_address(_at("3-5 rue des Lilas"), _at("3 – 5, rue des Lilas"))
