from __future__ import annotations

import pytest
from django.test import Client, RequestFactory
from django.views import defaults


@pytest.mark.django_db
def test_a_page_that_is_not_there_is_said_in_french(client: Client) -> None:
    response = client.get("/nulle-part")
    assert response.status_code == 404
    assert "<h1>Cette page n’existe pas ici</h1>" in response.content.decode()


def test_the_page_of_a_crash_needs_no_database(rf: RequestFactory) -> None:
    response = defaults.server_error(rf.get("/"))
    body = response.content.decode()
    assert response.status_code == 500
    assert "<h1>Un problème est survenu de notre côté</h1>" in body
    assert '<html lang="fr">' in body


def test_a_bad_request_needs_no_database(rf: RequestFactory) -> None:
    response = defaults.bad_request(rf.get("/"), Exception())
    assert response.status_code == 400
    assert "<h1>Cette demande ne peut pas être comprise</h1>" in response.content.decode()


def test_a_refusal_needs_no_account(rf: RequestFactory) -> None:
    response = defaults.permission_denied(rf.get("/"), Exception())
    assert response.status_code == 403
    assert "<h1>Ce n’est pas possible</h1>" in response.content.decode()
