from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from booking import actions
from booking.models import HiddenFrom, Seat, Session, User
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _page(user: User, session: Session) -> str:
    client = Client()
    client.force_login(user)
    response = client.get(reverse("session", args=[session.pk]))
    assert response.status_code == 200
    return response.content.decode()


def _seat(session: Session, *people: object) -> None:
    for person in people:
        actions.book_seat(by=None, now=timezone.now(), session=session, participant=person)  # type: ignore[arg-type]


def _names(body: str) -> list[str]:
    return re.findall(r'<th scope="row">([^<]+)</th>', body)


def test_people_stand_in_seat_order(cast: Cast) -> None:
    session = factories.session(cast.ours)
    other = factories.participant(last_name="Abel")
    _seat(session, cast.hamel, other)
    body = _page(cast.admin, session)
    assert _names(body) == ["Hamel Mickaël", "Abel Mickaël"]
    assert 'href="tel:+33639980072">06 39 98 00 72</a>' in body
    assert "vérifié de vive voix" in body


def test_somebody_hidden_counts_and_has_no_name(cast: Cast) -> None:
    session = factories.session(cast.ours)
    hidden = factories.participant(last_name="Kessler")
    _seat(session, cast.hamel, hidden)
    HiddenFrom.objects.create(participant=hidden, partner=cast.ours)
    body = _page(cast.admin, session)
    assert (_names(body), "Kessler" in body) == (["Hamel Mickaël"], False)
    assert "1 autre place est prise" in body
    assert 'aria-label="2 places prises sur 8"' in body
    assert "Kessler Mickaël" in _page(cast.coordinator, session)


def test_a_released_seat_leaves_the_table_and_stays_in_the_journal(cast: Cast) -> None:
    session = factories.session(cast.ours)
    _seat(session, cast.hamel)
    seat = Seat.objects.get()
    actions.release_seat(by=cast.admin, now=timezone.now(), seat=seat)
    body = _page(cast.admin, session)
    assert _names(body) == []
    lines = re.findall(r"<span>([^<]+)</span>\s*</li>", body)
    assert lines == [
        f"{cast.admin} a libéré une place\u202f: Hamel Mickaël",
        "Jalon a réservé une place\u202f: Hamel Mickaël",
        "Jalon a ouvert la séance",
    ]


def test_a_cancelled_session_awaits_nobody(cast: Cast) -> None:
    session = factories.session(cast.ours)
    actions.cancel_session(by=cast.admin, now=timezone.now(), session=session)
    body = _page(cast.admin, session)
    assert "Cette séance est annulée. Personne n’est attendu." in body


def test_missing_and_forbidden_read_the_same(cast: Cast) -> None:
    theirs = factories.session(cast.theirs)
    client = Client()
    client.force_login(cast.admin)
    client.cookies["csrftoken"] = "a" * 32
    bodies = {
        re.sub(r'value="[^"]+"', "", client.get(f"/seances/{pk}/").content.decode())
        for pk in (theirs.pk, 999999)
    }
    assert len(bodies) == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_as_many_queries_for_one_seat_as_for_three(
    cast: Cast, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    session = factories.session(cast.ours, practitioners=[cast.practitioner])
    _seat(session, *(factories.participant() for _n in range(rows)))
    client = Client()
    client.force_login(cast.admin)
    # Session, account, memberships, the session, its practitioners, seats, their number, journal.
    with django_assert_num_queries(8):
        client.get(reverse("session", args=[session.pk]))
