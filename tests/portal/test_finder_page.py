from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from booking.models import HiddenFrom, Service, Session, User
from booking.models.partner import ServiceFamily
from booking.models.programme import ProgrammeKind
from tests import factories
from tests.booking.queries import rows
from tests.cast import Cast
from tests.factories import paris

pytestmark = pytest.mark.django_db
NOW = paris("2026-11-23 08:45")


def _page(user: User, **asked: Any) -> str:
    """In English: the words of the sources."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    with time_machine.travel(NOW, tick=False):
        response = client.get(reverse("finder"), asked)
    assert response.status_code == 200
    return re.sub(r"[ \n]+", " ", response.content.decode())


def _group(of: Any, start: str, **fields: Any) -> Session:
    return rows.bare(of, paris(start), service=factories.service(), **fields)


def _days(body: str) -> list[str]:
    return re.findall(r'<h3 class="date"> <time [^>]*>([^<]+)<', body)


def _times(body: str) -> list[str]:
    return re.findall(r'row-time"[^>]*>([^<]+)<', body)


def _errors(body: str) -> dict[str, str]:
    """The field's name in the address, and what is wrong with it."""
    found = re.findall(r'class="field-error" id="id_(\w+)_error"> <p>([^<]+)</p>', body)
    return dict(found)


def test_before_a_search_the_services_stand_open(cast: Cast) -> None:
    body = _page(cast.admin)
    assert body.count('<details class="facet" open>') == 1
    assert (_errors(body), _times(body), "First free day" in body) == ({}, [], False)


def test_places_are_grouped_by_day_the_time_first(cast: Cast) -> None:
    service = factories.service()
    _group(cast.ours, "2026-11-24 18:00")
    _group(cast.theirs, "2026-11-24 09:30")
    _group(cast.ours, "2026-11-26 14:00")
    body = _page(cast.admin, prestation=service.pk)
    assert _days(body) == ["Tuesday 24 November", "Thursday 26 November"]
    assert _times(body) == ["09:30", "18:00", "14:00"]
    assert body.count('aria-label="0 seats taken out of 8"') == 3


def test_ones_own_session_is_a_link_and_the_others_have_a_number_to_call(cast: Cast) -> None:
    ours = _group(cast.ours, "2026-11-24 18:00")
    theirs = _group(cast.theirs, "2026-11-24 18:00")
    body = _page(cast.admin, prestation=ours.service_id)
    links = re.findall(r'row-link" href="([^"]+)"', body)
    assert links == [reverse("session", args=[ours.pk])]
    number = cast.theirs.phone
    told = f'{cast.theirs.name} · <a class="whole" href="tel:+33{number[1:].replace(" ", "")}">{number}'
    assert told in body
    both = {reverse("session", args=[one.pk]) for one in (ours, theirs)}
    everything = _page(cast.coordinator, prestation=ours.service_id)
    assert set(re.findall(r'row-link" href="([^"]+)"', everything)) == both


def test_a_person_is_named_and_their_deadline_is_the_default(cast: Cast) -> None:
    cast.referral.deadline = date(2026, 12, 12)
    cast.referral.save()
    _group(cast.ours, "2026-12-11 18:00")
    _group(cast.ours, "2026-12-14 18:00")
    body = _page(cast.admin, personne=cast.hamel.reference.lower())
    assert "for Hamel Mickaël" in body
    assert "by 12 December, the deadline of the mandate" in body
    assert _days(body) == ["Friday 11 December"]
    assert f'value="{cast.hamel.reference}"' in body


def test_what_a_person_was_sent_for_is_searched_when_nothing_was_chosen(cast: Cast) -> None:
    _group(cast.ours, "2026-11-24 18:00")
    body = _page(cast.admin, personne=cast.hamel.reference)
    chosen = re.findall(r'name="prestation" value="(\d+)"[^>]* checked', body)
    assert chosen == [str(cast.referral.service_id)]


def test_unknown_and_forbidden_read_the_same_and_nothing_is_searched(cast: Cast) -> None:
    hidden = factories.participant(last_name="Kessler")
    factories.referral(hidden, cast.ours)
    HiddenFrom.objects.create(participant=hidden, partner=cast.ours)
    session = _group(cast.ours, "2026-11-24 18:00")
    said = {
        reference: _page(cast.admin, personne=reference, prestation=session.service_id)
        for reference in (hidden.reference, "ZZZZZZ")
    }
    assert len({_errors(body)["personne"] for body in said.values()}) == 1
    assert [_times(body) for body in said.values()] == [[], []]
    assert [f'value="{reference}"' in body for reference, body in said.items()] == [True, True]
    assert "Kessler" not in "".join(said.values())


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(cast: Cast) -> None:
    body = _page(
        cast.admin, personne=" ", jour=["2", "9"], de="25h", a="8", du="jeudi", au="0001-1-1"
    )
    assert _errors(body) == {
        "prestation": "Choose at least one service.",
        "jour": "Choose days of the week.",
        "de": "Write an hour like 18:00.",
        "du": "Write a date like 24/11/2026.",
        "au": "Check the year.",
    }
    shown = dict(re.findall(r'name="(de|a|du|au)" value="([^"]+)"', body))
    assert shown == {"de": "25h", "a": "08:00", "du": "jeudi", "au": "0001-1-1"}
    assert body.count('type="text" name="d') == 2
    assert re.findall(r'name="jour" value="(\d)"[^>]* checked', body) == ["2"]
    assert "<title> Error: Find a place" in body


def test_an_end_before_its_start_is_said_at_the_end(cast: Cast) -> None:
    service = factories.service().pk
    body = _page(
        cast.admin, prestation=service, de="18 h", a="9h30", du="24/11/2026", au="2026-11-23"
    )
    assert _errors(body) == {
        "a": "The end comes before the start.",
        "au": "The last day comes before the first.",
    }


def test_days_hours_and_places_narrow_it(cast: Cast) -> None:
    service = factories.service().pk
    _group(cast.ours, "2026-11-24 18:00")
    _group(cast.ours, "2026-11-26 18:00")
    _group(cast.ours, "2026-11-26 09:00")
    asked = {"prestation": service, "jour": 4, "de": "17h", "partenaire": "le-relais"}
    body = _page(cast.coordinator, **asked, departement="95")
    assert (_days(body), _times(body)) == (["Thursday 26 November"], ["18:00"])
    said = re.findall(r'facet-said">([^<]+)<', body)
    assert said[1:3] == ["95, Le Relais", "Thu · from 17:00 on"]


def test_a_programme_says_of_how_many_days_it_is(cast: Cast) -> None:
    days = [paris("2026-12-10 09:00"), paris("2026-12-11 09:00")]
    course = rows.course(cast.ours, *days, label="Groupe C")
    body = _page(cast.admin, prestation=course.service_id)
    assert (_times(body), _days(body)) == (["09:00"], ["Thursday 10 December"])
    assert "2 days: Thu\u00a010 and Fri\u00a011" in body


def test_a_long_group_says_until_when(cast: Cast) -> None:
    starts = [paris("2026-11-24 18:00") + timedelta(weeks=n) for n in range(6)]
    group = rows.series(cast.ours, *starts, kind=ProgrammeKind.CLOSED_GROUP)
    assert "6 sessions, until Tue" in _page(cast.admin, prestation=group.service_id)


def test_the_next_page_begins_where_this_one_ends(cast: Cast) -> None:
    for n in range(22):
        rows.bare(cast.ours, paris("2026-11-24 18:00") + timedelta(days=n))
    first = _page(cast.admin, prestation=factories.service().pk)
    assert len(_times(first)) == 20
    link = re.search(r'pages-next" href="\?([^"]+)"', first)
    assert link is not None
    asked = dict(pair.split("=", 1) for pair in link[1].split("&amp;"))
    second = _page(cast.admin, **asked)
    assert (len(_times(second)), "pages-next" in second) == (2, False)
    assert set(_days(first)) & set(_days(second)) == set()


def test_a_cursor_that_is_not_ours_is_a_sentence(cast: Cast) -> None:
    body = _page(cast.admin, prestation=factories.service().pk, suite="0-0~x")
    assert "This page no longer exists. Search again from the beginning." in body


def test_each_partner_s_first_day_narrows_the_search(cast: Cast) -> None:
    session = _group(cast.theirs, "2026-11-26 18:00")
    body = _page(cast.admin, prestation=session.service_id)
    firsts = body[body.index('class="firsts"') :]
    assert re.findall(r'href="\?([^"]+)">([^<]+)<', firsts) == [
        (f"prestation={session.service_id}&amp;partenaire=la-passerelle", "La Passerelle")
    ]
    assert re.findall(r"<time [^>]*>([^<]+)<", firsts) == ["Thu\u00a026\u00a0Nov."]
    assert '<p class="first-none">No place: Le Relais</p>' in firsts


def test_nothing_found_says_what_can_be_done_and_what_is_nearest(cast: Cast) -> None:
    cast.referral.deadline = date(2026, 12, 12)
    cast.referral.save()
    _group(cast.ours, "2026-12-15 18:00")
    body = _page(cast.admin, personne=cast.hamel.reference, jour=2, departement="95", langue="fr")
    nothing = body[body.index('class="nothing"') :]
    links = re.findall(r'href="\?[^"]+">([^<]+)</a>', nothing[: nothing.index("</ul>")])
    assert links == [
        "Search on any day, at any hour",
        "Search in the whole network",
        "Search without that language, and call an interpreter",
        "Search beyond that date",
    ]
    assert _days(nothing) == ["Tuesday 15 December"]
    assert "Ends after the deadline" in nothing


def test_an_interview_that_must_come_first_is_proposed(cast: Cast) -> None:
    interview = factories.service(ServiceFamily.INTERVIEW)
    course = rows.course(cast.ours, paris("2026-12-10 09:00"))
    Service.objects.filter(pk=course.service_id).update(interview_first=True)
    body = _page(cast.admin, personne=cast.hamel.reference, prestation=course.service_id)
    assert f'&amp;prestation={interview.pk}">Search a welcome interview</a>' in body
    assert "Search a welcome interview" not in _page(cast.admin, prestation=course.service_id)
    rows.seat(rows.bare(cast.ours, paris("2026-12-11 09:00"), service=interview), cast.hamel)
    booked = _page(cast.admin, personne=cast.hamel.reference, prestation=course.service_id)
    assert ("No free place like this." in booked, "welcome interview</a>" in booked) == (
        True,
        False,
    )


def test_a_merged_record_is_refused_beside_the_reference(cast: Cast) -> None:
    double = factories.participant(merged_into=cast.hamel)
    body = _page(cast.coordinator, personne=double.reference, prestation=factories.service().pk)
    assert list(_errors(body)) == ["personne"]


def test_another_partner_s_practitioners_are_not_named(cast: Cast) -> None:
    theirs = factories.practitioner(cast.theirs, name="Dr Lenoir")
    session = factories.session(cast.theirs, practitioners=[theirs])
    Session.objects.update(starts_at=paris("2026-11-24 18:00"), ends_at=paris("2026-11-24 20:00"))
    asked = {"prestation": session.service_id}
    assert "Dr Lenoir" not in _page(cast.admin, **asked)
    assert "Dr Lenoir" in _page(cast.stranger, **asked)


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_queries_for_one_row_as_for_three(
    cast: Cast, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(count):
        of = factories.partner()
        rows.bare(of, paris("2026-11-24 18:00") + timedelta(days=n))
        rows.bare(cast.ours, paris("2026-11-24 14:00") + timedelta(days=n))
        factories.service(ServiceFamily.WORK, name=f"Atelier {n}")
    client = Client()
    client.force_login(cast.admin)
    asked: dict[str, str | int] = {
        "personne": cast.hamel.reference,
        "prestation": factories.service().pk,
    }
    # Session, account, memberships, services, partners, the person; the finder's three; the first
    # days' two; the reader's partners.
    with time_machine.travel(NOW, tick=False), django_assert_num_queries(11):
        client.get(reverse("finder"), asked)
