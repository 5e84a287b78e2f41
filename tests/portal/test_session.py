from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from booking import actions
from booking.models import HiddenFrom, Seat, Session, User
from booking.models.seat import SeatState
from booking.models.waiting import WaitingState
from tests import factories
from tests.booking.queries import rows as listed
from tests.cast import Cast
from tests.factories import paris

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
    return re.findall(r'<th scope="row">\s*([^<]+?)\s*<', body)


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


def test_a_session_that_was_taken_back_has_no_page(cast: Cast, client: Client) -> None:
    session = factories.session(cast.ours)
    actions.discard_sessions(by=cast.admin, now=timezone.now(), sessions=[session])
    client.force_login(cast.coordinator)
    assert client.get(reverse("session", args=[session.pk])).status_code == 404


def test_who_waits_stands_in_order_with_why(cast: Cast) -> None:
    session = factories.session(cast.ours)
    abel = factories.participant(last_name="Abel")
    factories.referral(abel, cast.ours)
    listed.waits(session, cast.hamel, passed_for="Overlaps")
    listed.waits(session, abel, lift=1, lift_reason="dialyse le mardi")
    listed.waits(session, factories.participant(last_name="Kessler"))
    body = _page(cast.admin, session)
    waiting = body[body.index('class="waiting"') :]
    assert _names(waiting) == ["Abel Mickaël", "Hamel Mickaël"]
    assert re.findall(r'class="num">(\d)', waiting) == ["1", "2"]
    assert [text.endswith("dialyse le mardi") for text in _reasons(waiting)] == [True, False]
    assert ("Kessler" in body, 'class="calm"' in waiting) == (False, True)


def _reasons(body: str) -> list[str]:
    return re.findall(r'class="reason">\s*([^<]+?)\s*</span>', body)


def test_nobody_waits_where_nobody_waits(cast: Cast) -> None:
    assert 'class="waiting"' not in _page(cast.admin, factories.session(cast.ours))


def test_an_offered_seat_says_until_when(cast: Cast) -> None:
    with time_machine.travel(paris("2026-11-23 08:45"), tick=False):
        session = factories.session(cast.ours)
        seat = listed.seat(session, cast.hamel, SeatState.HELD)
        until = timezone.now() + timedelta(hours=29)
        listed.waits(session, cast.hamel, WaitingState.OFFERED, seat=seat, held_until=until)
        body = _page(cast.admin, session)
    state = re.search(r'class="reason-need">([^<]+)<', body)
    assert state is not None
    assert state[1].strip().endswith("mardi 24 novembre à 13\u00a0h\u00a045")


def test_a_session_over_its_seats_says_so_and_why(cast: Cast) -> None:
    session = factories.session(cast.ours, capacity=1)
    Session.objects.update(allowance=1, allowance_reason="salle voisine ouverte")
    listed.seat(session, cast.hamel)
    other = factories.participant()
    listed.seat(session, other, over_reason="fin de peine demain")
    factories.referral(other, cast.ours)
    body = _page(cast.admin, session)
    assert '<span class="figure" aria-hidden="true">2/1</span>' in body
    assert (body.count('class="over"'), body.count("fill-over")) == (1, 1)
    assert _reasons(body) == ["fin de peine demain", "salle voisine ouverte"]


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
    for person in (factories.participant() for _n in range(rows)):
        factories.referral(person, cast.ours)
        listed.waits(session, person)
    # Session, account, memberships, the session, its practitioners, seats, their number, journal,
    # who waits and who of them may be seen; the texts of the seats.
    with django_assert_num_queries(12):
        client.get(reverse("session", args=[session.pk]))
