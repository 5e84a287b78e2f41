from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from booking import actions
from booking.models import HiddenFrom, Participant, Session, User
from booking.models.partner import ServiceFamily
from booking.models.person import PhoneState
from booking.models.seat import SeatState
from booking.models.waiting import WaitingState
from calendars.models import Closure
from tests import factories
from tests.booking.queries import rows as listed
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db


def _page(user: User, query: str = "") -> str:
    client = Client()
    client.force_login(user)
    response = client.get(reverse("today") + query)
    assert response.status_code == 200
    return response.content.decode()


def _labels(body: str) -> list[str]:
    return re.findall(r'class="row-link"[^>]*>([^<]+)<', body)


def test_the_coming_week_is_grouped_by_day_in_french(cast: Cast) -> None:
    with time_machine.travel(paris("2026-04-14 08:45"), tick=False):
        factories.session(cast.ours, paris("2026-04-14 18:00"), label="Groupe B")
        factories.session(cast.ours, paris("2026-05-01 10:00"), label="Trop loin")
        factories.session(cast.ours, paris("2026-04-21 09:30"), label="Entretien")
        body = _page(cast.admin)
    assert "<h1>Mardi 14 avril</h1>" in body
    assert re.findall(r">([A-Z][a-z]+ \d+ avril)</time>", body) == ["Mardi 21 avril"]
    assert _labels(body) == ["Groupe B", "Entretien"]
    assert re.findall(r'row-time"[^>]*>([^<]+)<', body) == ["18:00", "09:30"]


def test_the_fill_counts_everybody(cast: Cast) -> None:
    session = factories.session(cast.ours, capacity=10)
    hidden = factories.participant()
    factories.referral(hidden, cast.theirs)
    for person in (cast.hamel, hidden):
        actions.book_seat(by=None, now=timezone.now(), session=session, participant=person)
    body = _page(cast.admin)
    assert 'aria-label="2 places prises sur 10"' in body
    assert '<span class="figure" aria-hidden="true">2/10</span>' in body


def test_each_sees_their_own_sessions(cast: Cast) -> None:
    factories.session(cast.ours, label="Led", practitioners=[cast.practitioner])
    factories.session(cast.ours, label="Ours")
    factories.session(cast.theirs, label="Theirs")
    seen = {who: _labels(_page(getattr(cast, who))) for who in ("coordinator", "admin", "doctor")}
    assert seen == {
        "coordinator": ["Led", "Ours", "Theirs"],
        "admin": ["Led", "Ours"],
        "doctor": ["Led"],
    }


def test_the_coordinator_may_keep_to_one_partner(cast: Cast) -> None:
    factories.session(cast.ours, label="Ours")
    factories.session(cast.theirs, label="Theirs")
    assert _labels(_page(cast.coordinator, "?partenaire=la-passerelle")) == ["Theirs"]


def test_another_partners_filter_is_not_there(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.admin)
    statuses = [
        client.get(f"{reverse('today')}?partenaire={slug}").status_code
        for slug in ("le-relais", "la-passerelle", "no-such-partner")
    ]
    assert statuses == [200, 404, 404]


def test_somebody_without_a_number_is_to_be_called(cast: Cast) -> None:
    person = factories.participant(last_name="Abel", phone="", phone_state=PhoneState.NONE)
    factories.referral(person, cast.ours)
    session = factories.session(cast.ours)
    for one in (person, cast.hamel):
        actions.book_seat(by=None, now=timezone.now(), session=session, participant=one)
    body = _page(cast.admin)
    assert re.findall(r'call-name">([^<]+)<', body) == ["Abel Mickaël"]
    assert '<span class="call-why">Pas de numéro</span>' in body
    assert "call-name" not in _page(cast.stranger)


def test_a_calm_day_says_what_comes_next(cast: Cast) -> None:
    with time_machine.travel(paris("2026-04-14 08:45"), tick=False):
        factories.session(cast.ours, paris("2026-04-14 18:00"))
        # Not split(): it would take the no-break space for a space.
        words = re.sub(r"[ \n]+", " ", _page(cast.admin))
        later = re.sub(r"[ \n]+", " ", _page(cast.stranger))
    assert "Rien n’attend. Prochaine séance à 18\u00a0h." in words
    assert "Rien n’attend. </p>" in later


def test_a_cancelled_session_stays_and_says_so(cast: Cast) -> None:
    session = factories.session(cast.ours)
    actions.cancel_session(by=cast.admin, now=timezone.now(), session=session)
    body = _page(cast.admin)
    assert (body.count("row-cancelled"), body.count('class="pips"')) == (1, 0)


def test_pages_with_people_are_not_kept_by_browsers(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.admin)
    assert "no-store" in client.get(reverse("today"))["Cache-Control"]


def _sent(cast: Cast, **fields: Any) -> Participant:
    person = factories.participant(**fields)
    factories.referral(person, cast.ours)
    return person


def _everything_else(cast: Cast, session: Session) -> None:
    """One more of everything that may be to do."""
    now = timezone.now()
    hidden = _sent(cast, last_name="Caché")
    listed.seat(session, hidden)
    HiddenFrom.objects.create(participant=hidden, partner=cast.ours)
    held = listed.seat(session, _sent(cast, last_name="Offert"), SeatState.HELD)
    until = now + timedelta(hours=5)
    offer = {"seat": held, "held_until": until}
    listed.waits(session, held.participant, WaitingState.OFFERED, **offer)
    listed.waits(session, _sent(cast, last_name="Muet"), WaitingState.LAPSED)
    gone = listed.bare(cast.ours, now + timedelta(days=9), state="cancelled")
    listed.seat(gone, _sent(cast, last_name="Annulé"), SeatState.CANCELLED)
    late = factories.participant(last_name="Tardif")
    psychology = factories.service(ServiceFamily.PSYCHOLOGY)
    factories.referral(late, cast.ours, service=psychology, deadline=date(2099, 12, 12))


def _to_do(body: str) -> list[str]:
    return re.findall(r'call-name">([^ <]+)', body)


def test_what_is_to_do_stands_by_how_much_it_hurts(cast: Cast) -> None:
    _everything_else(cast, factories.session(cast.ours))
    assert _to_do(_page(cast.coordinator)) == ["Caché", "Offert", "Muet", "Annulé", "Tardif"]
    assert _to_do(_page(cast.admin)) == ["Offert", "Muet", "Annulé", "Tardif"]
    assert _to_do(_page(cast.stranger)) == []
    assert _to_do(_page(cast.coordinator, "?partenaire=la-passerelle")) == []


def test_a_place_is_searched_from_where_one_is_missing(cast: Cast) -> None:
    _everything_else(cast, factories.session(cast.ours))
    searches = re.findall(r'class="call-act" href="([^"]+)"', _page(cast.admin))
    sought = [address.split("&amp;")[1:] for address in searches]
    group = factories.service().pk
    psychology = factories.service(ServiceFamily.PSYCHOLOGY).pk
    late = [f"prestation={psychology}", "au=2099-12-12"]
    assert sought == [[f"prestation={group}"], late]
    assert all(_finds(cast.admin, address) for address in searches)


def _finds(user: User, address: str) -> bool:
    client = Client()
    client.force_login(user)
    response = client.get(address.replace("&amp;", "&"))
    return response.status_code == 200 and b"field-error" not in response.content


def _closed(cast: Cast) -> None:
    now = timezone.now()
    until = now + timedelta(days=30)
    Closure.objects.create(partner=cast.ours, name="dégât des eaux", starts_at=now, ends_at=until)


def test_what_is_booked_while_closed_is_to_settle(cast: Cast) -> None:
    session = factories.session(cast.ours, label="Groupe D")
    factories.session(cast.ours, label="Groupe vide")
    listed.seat(session, cast.hamel)
    _closed(cast)
    body = _page(cast.admin)
    assert _to_do(body) == ["Groupe"]
    assert f'class="call-when" href="{reverse("session", args=[session.pk])}"' in body
    assert "Dégât des eaux" in body
    assert _to_do(_page(cast.stranger)) == []


def test_an_offer_of_a_whole_course_names_the_course(cast: Cast) -> None:
    now = timezone.now()
    course = listed.course(cast.ours, now + timedelta(days=3), label="Stage de mai")
    enrolment = listed.enrolled(course, cast.hamel, SeatState.HELD)
    offer = {"enrolment": enrolment, "held_until": now + timedelta(hours=5)}
    listed.waits(course, cast.hamel, WaitingState.OFFERED, **offer)
    assert '<span class="call-when">Stage de mai</span>' in _page(cast.admin)


@pytest.mark.parametrize("rows", [1, 3])
def test_as_many_queries_for_one_row_as_for_three(
    cast: Cast, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    start = timezone.now() + timedelta(hours=30)
    for n in range(rows):
        session = factories.session(cast.ours, start + timedelta(hours=3 * n))
        person = factories.participant(phone="", phone_state=PhoneState.NONE)
        factories.referral(person, cast.ours, deadline=date(2099, 12, 12))
        actions.book_seat(by=None, now=timezone.now(), session=session, participant=person)
        _everything_else(cast, session)
    _closed(cast)
    client = Client()
    client.force_login(cast.coordinator)
    # Session, account, memberships, partners, sessions, their practitioners; texts that did not
    # arrive, replies, who was told to come by a human and to whom it was cancelled since, who is to
    # be called; what leaves tomorrow, whether anything leaves, alerts; offers, offers that lapsed, who is to be rebooked; what is
    # booked while closed, who leads it, closures; conflicts and pairs; deadlines: referrals,
    # partners, services, what enrols as a whole, sessions, who is hidden, pairs, where those sit,
    # seats, waiting lists.
    with django_assert_num_queries(32):
        client.get(reverse("today"))
