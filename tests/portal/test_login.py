from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

REFUSAL = "Cette adresse et ce mot de passe ne vont pas ensemble. Vérifiez les deux et réessayez."


def _log_in(email: str, password: str = PASSWORD) -> tuple[int, str, str]:
    client = Client()
    response = client.post(reverse("login"), {"username": email, "password": password})
    return response.status_code, response.headers.get("Location", ""), response.content.decode()


@pytest.mark.parametrize("email", ["admin@jalon.example", "Admin@Jalon.EXAMPLE"])
def test_the_address_may_be_written_in_any_case(cast: Cast, email: str) -> None:
    status, location, _body = _log_in(email)
    assert (status, location) == (302, reverse("today"))


def test_every_refusal_reads_the_same(cast: Cast) -> None:
    cast.admin.is_active = False
    cast.admin.save()
    refusals = [
        _log_in("admin@jalon.example"),
        _log_in("doctor@jalon.example", "wrong"),
        _log_in("nobody@jalon.example"),
    ]
    assert [status for status, _to, _body in refusals] == [200, 200, 200]
    assert [body.count(REFUSAL) for _status, _to, body in refusals] == [1, 1, 1]


def test_a_missing_field_says_so_beside_it(client: Client) -> None:
    body = Client().post(reverse("login"), {"username": "", "password": "x"}).content.decode()
    assert '<div class="field-error" id="id_username_error">' in body
    assert 'aria-describedby="id_username_error"' in body


def test_browsers_may_fill_the_form_in(client: Client) -> None:
    body = client.get(reverse("login")).content.decode()
    assert 'type="email" name="username" autocomplete="username"' in body
    assert 'autocomplete="current-password"' in body


def test_a_form_without_its_token_is_refused_in_our_own_look(client: Client) -> None:
    response = client.post(reverse("login"), {"username": "a", "password": "b"})
    assert response.status_code == 403
    assert "Cette page est restée ouverte trop longtemps" in response.content.decode()


def test_a_page_from_elsewhere_is_never_the_next_one(cast: Cast) -> None:
    data = {
        "username": cast.admin.email,
        "password": PASSWORD,
        "next": "https://elsewhere.example/",
    }
    assert Client().post(reverse("login"), data)["Location"] == reverse("today")


@pytest.mark.parametrize("nowhere", ["login", "logout", "set_language"])
def test_nobody_is_sent_where_there_is_nothing_to_see(cast: Cast, nowhere: str) -> None:
    client = Client()
    client.force_login(cast.admin)
    answer = client.get(reverse("login"), {"next": reverse(nowhere)})
    assert (answer.status_code, answer["Location"]) == (302, reverse("today"))
