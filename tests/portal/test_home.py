from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_the_helplines_are_there_emergencies_first(client: Client) -> None:
    body = client.get(reverse("home")).content.decode()
    assert re.findall(r'href="((?:tel|sms):[^"]+)"', body)[:4] == [
        "tel:17",
        "sms:114",
        "tel:3919",
        "tel:+33801901911",
    ]


def test_partners_stand_in_their_department(client: Client) -> None:
    paris = factories.partner(name="Les Deux Rives", department="75", phone="01 99 00 00 75")
    factories.venue(paris, city="Paris")
    factories.venue(factories.partner(name="Cap Essonne", department="91"), city="Évry")
    body = client.get(reverse("home")).content.decode()
    found = re.findall(r"partner-name\">([^<]+)<|department-number\">(\d+)<", body)
    assert [name or number for name, number in found] == [
        "75",
        "Les Deux Rives",
        "91",
        "Cap Essonne",
    ]
    assert 'href="tel:+33199000075">01 99 00 00 75</a>' in body


def test_neither_fill_nor_staff_nor_people_are_public(client: Client, cast: Cast) -> None:
    factories.session(cast.ours, practitioners=[cast.practitioner], label="Groupe B")
    body = client.get(reverse("home")).content.decode()
    assert cast.ours.name in body
    leaks = [text for text in ("Dr Morel", "Groupe B", "0/8", "Hamel") if text in body]
    assert leaks == []


def test_english_is_one_press_away_and_stays(client: Client) -> None:
    browser = Client()
    assert "Près de chez vous" in browser.get("/").content.decode()
    response = browser.post(reverse("set_language"), {"language": "en", "next": "/"})
    assert (response.status_code, response["Location"]) == (302, "/")
    body = browser.get("/").content.decode()
    assert ('<html lang="en">' in body, "Near you" in body) == (True, True)


@pytest.mark.parametrize("partners", [1, 3])
def test_as_many_queries_for_one_partner_as_for_three(
    client: Client, partners: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _n in range(partners):
        factories.venue(factories.partner())
    with django_assert_num_queries(3):
        client.get(reverse("home"))
