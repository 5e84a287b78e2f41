from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone

from booking import actions, errors
from booking.models import JournalEntry, Participant
from portal.urls import urlpatterns as ours
from tests.cast import Cast
from tests.engines import ENGINES_IN_USE


@login_not_required
def refuse(request: HttpRequest, name: str) -> HttpResponse:
    raise getattr(errors, name)


@login_not_required
def door(request: HttpRequest) -> HttpResponse:
    raise errors.NotAllowed if "Forbidden" in request.headers else Http404


@login_not_required
def crash(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


@login_not_required
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    person = Participant.objects.get(pk=pk)
    actions.confirm_phone(by=None, now=timezone.now(), participant=person, shared=True)
    return HttpResponse("done")


urlpatterns = [
    *ours,
    path("refuse/<str:name>/", refuse),
    path("door/", door),
    path("crash/", crash),
    path("confirm/<int:pk>/", confirm),
]
pytestmark = pytest.mark.urls(__name__)

#: These are raised with the people or sessions of which they speak.
_OF_PEOPLE = {"CannotCarry", "TooMuchForOne"}

_SAID = sorted(
    name
    for name, one in vars(errors).items()
    if isinstance(one, type) and issubclass(one, errors.BookingError) and name not in _OF_PEOPLE
)


@pytest.mark.django_db
@pytest.mark.parametrize("name", _SAID)
def test_each_refusal_has_its_status(name: str) -> None:
    conflict = {"Busy", "Warned", "NotAdvised", "LooksKnown", "BelowSeated"}
    conflict |= {"NumberInUse", "NumberRefusesTexts", "NumberWasWrong"}
    expected = 404 if name == "NotAllowed" else 409 if name in conflict else 422
    assert Client().get(f"/refuse/{name}/").status_code == expected


@pytest.mark.django_db
def test_a_refusal_is_a_page_with_the_sentence_and_a_way_back() -> None:
    came_from = "http://testserver/seances/3/"
    response = Client().get("/refuse/SessionFull/", headers={"referer": came_from})
    body = response.content.decode()
    assert str(errors.SessionFull.message) in body
    assert f'<a href="{came_from}">' in body
    assert '<a class="wordmark" href="/">' in body


@pytest.mark.django_db
@pytest.mark.parametrize(
    "came_from", ["", "https://elsewhere.example/", "javascript:alert(1)", "//elsewhere.example"]
)
def test_no_way_back_leads_elsewhere(came_from: str) -> None:
    response = Client().get("/refuse/SessionFull/", headers={"referer": came_from})
    assert response.content.decode().count('<a href="/">') == 1


@pytest.mark.django_db
def test_a_fragment_is_only_the_sentence() -> None:
    response = Client().get("/refuse/VictimsOnly/", headers={"hx-request": "true"})
    sentence = f'<p class="notice notice-harm" role="alert">{errors.VictimsOnly.message}</p>'
    assert response.content.decode().strip() == sentence
    assert "HX-Request" in response["Vary"]
    assert response.status_code == 422


@pytest.mark.django_db
def test_the_sentence_is_in_the_language_of_the_reader() -> None:
    response = Client().get("/refuse/SessionFull/", headers={"accept-language": "en"})
    assert "Every seat of this session is taken." in response.content.decode()


@pytest.mark.django_db
def test_forbidden_looks_like_missing(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.stranger)
    pages = [client.get("/door/", headers=headers) for headers in ({}, {"forbidden": "yes"})]
    bodies = [_without_token(page.content.decode()) for page in pages]
    assert [page.status_code for page in pages] == [404, 404]
    assert bodies[0] == bodies[1]
    assert pages[0].headers == pages[1].headers


def _without_token(body: str) -> str:
    return "".join(line for line in body.splitlines() if "csrfmiddlewaretoken" not in line)


@pytest.mark.django_db
def test_a_crash_is_no_refusal() -> None:
    with pytest.raises(ZeroDivisionError):
        Client().get("/crash/")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fragment", [False, True])
def test_a_lock_that_somebody_holds_is_told_as_busy(cast: Cast, fragment: bool) -> None:
    headers = {"hx-request": "true"} if fragment else {}
    with _impatient(), _held(cast.hamel):
        response = Client().get(f"/confirm/{cast.hamel.pk}/", headers=headers)
    assert (response.status_code, response["Retry-After"]) == (409, "3")
    assert str(errors.Busy.message) in response.content.decode()
    cast.hamel.refresh_from_db()
    assert not cast.hamel.phone_shared
    assert not JournalEntry.objects.filter(verb="phone_confirmed").exists()
    assert Client().get(f"/confirm/{cast.hamel.pk}/").content == b"done"


@contextmanager
def _impatient() -> Iterator[None]:
    """Wait a fifth of a second instead of the settings' 3 s and 20 s."""
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 200" if sqlite else "SET lock_timeout = '200ms'")
        yield
        cursor.execute("PRAGMA busy_timeout = 20000" if sqlite else "RESET lock_timeout")


@contextmanager
def _held(person: Participant) -> Iterator[None]:
    """Somebody else, with a connection of their own, is changing this person."""
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        with closing(sqlite3.connect(name, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
    else:
        with psycopg.connect(ENGINES_IN_USE.url()) as other:
            other.execute("SELECT 1 FROM booking_participant WHERE id = %s FOR UPDATE", [person.pk])
            yield
