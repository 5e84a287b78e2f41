from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from booking.actions import add_partner
from booking.errors import Invalid
from booking.models import Partner, Service, Venue

pytestmark = pytest.mark.django_db

_PLACE = {"street": "9 rue du Moulin", "postcode": "93000", "city": "Bobigny"}


def _add(name: str, **words: str) -> None:
    call_command(
        "add_partner", name, department="93", phone="01 99 00 10 09", **{**_PLACE, **words}
    )


def test_the_first_partner_brings_the_usual_services() -> None:
    _add("Halte Garance")
    _add("Association Hêtraie")
    assert [partner.services.count() for partner in Partner.objects.all()] == [8, 8]
    assert (Service.objects.count(), Venue.objects.count()) == (8, 2)


@pytest.mark.parametrize("words", [{"name": "Halte Garance"}, {"postcode": "paris"}])
def test_nonsense_or_a_second_one_adds_nothing(words: dict[str, str]) -> None:
    _add("Halte Garance")
    with pytest.raises(CommandError):
        _add(words.get("name", "Autre"), **{k: v for k, v in words.items() if k != "name"})
    assert (Partner.objects.count(), Venue.objects.count()) == (1, 1)


@pytest.mark.parametrize("phone", ["", "accueil"])
def test_a_partner_whom_nobody_can_call_is_refused(phone: str) -> None:
    with pytest.raises(Invalid):
        add_partner(by=None, now=timezone.now(), name="X", slug="x", department="93", phone=phone)
    with pytest.raises(CommandError):
        call_command("add_partner", "X", department="93", phone=phone, **_PLACE)
    assert not Partner.objects.exists()
