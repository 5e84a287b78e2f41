from __future__ import annotations

import re
from datetime import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from booking import actions
from booking.models import User
from tests import factories
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db


def _came(cast: Cast, when: datetime, people: int = 1) -> None:
    for _n in range(people):
        referral = factories.referral(factories.participant(), cast.ours)
        actions.record_history(
            by=None, now=timezone.now(), referral=referral, starts_at=when, label="Séance"
        )


def _page(user: User, query: str = "") -> str:
    client = Client()
    client.force_login(user)
    with time_machine.travel(paris("2021-08-15 10:00"), tick=False):
        response = client.get(reverse("figures") + query)
    assert response.status_code == 200
    return response.content.decode()


def _headline(body: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", body, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", "", found[1]).split())


def _cells(body: str) -> list[str]:
    return [
        cell.replace("&nbsp;", " ") for cell in re.findall(r"<a href=\"\?[^>]+>([^<]+)</a>", body)
    ]


def test_the_headline_is_the_latest_quarter_with_a_figure(cast: Cast) -> None:
    _came(cast, paris("2021-02-01 18:00"), people=6)
    body = _page(cast.observer)
    assert _headline(body) == "6 personnes prises en charge au 1er trimestre 2021"


def test_an_observer_sees_no_small_number(cast: Cast) -> None:
    _came(cast, paris("2021-02-01 18:00"), people=6)
    _came(cast, paris("2021-05-01 18:00"), people=4)
    assert _cells(_page(cast.observer)) == ["6", "&lt; 5", "&lt; 5"]
    assert _cells(_page(cast.coordinator)) == ["6", "4", "0"]


def test_a_small_headline_is_masked_too(cast: Cast) -> None:
    _came(cast, paris("2021-02-01 18:00"))
    body = _page(cast.observer, "?trimestre=2021-1")
    assert _headline(body) == "Moins de 5 personnes prises en charge au 1er trimestre 2021"
    body = _page(cast.coordinator, "?trimestre=2021-1")
    assert _headline(body) == "1 personne prise en charge au 1er trimestre 2021"


@pytest.mark.parametrize("quarter", ["2021-4", "2019-1", "x", "2021-5"])
def test_a_quarter_that_is_not_in_the_table_is_not_there(cast: Cast, quarter: str) -> None:
    client = Client()
    client.force_login(cast.observer)
    with time_machine.travel(paris("2021-08-15 10:00"), tick=False):
        response = client.get(reverse("figures"), {"trimestre": quarter})
    assert response.status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_as_many_queries_for_one_quarter_as_for_three(
    cast: Cast, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(rows):
        _came(cast, paris(f"202{n}-02-01 18:00"))
    client = Client()
    client.force_login(cast.observer)
    # Session, account, memberships, quarters.
    with django_assert_num_queries(4):
        client.get(reverse("figures"))
