from __future__ import annotations

import re
from datetime import time
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from booking.models import JournalEntry, User
from booking.models.journal import Verb
from portal.forms.text_rules import GROUPS
from sms.models import TextPolicy
from sms.policies import NAMES
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db
POOL = "MG" + "0" * 32


def _client(user: User) -> Client:
    """In English: the words of the sources."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def _page(user: User, **asked: str) -> str:
    return _text(_client(user).get(reverse("text_rules"), asked))


def _text(response: Any) -> str:
    return re.sub(r"[ \n]+", " ", response.content.decode())


def _post(user: User, query: str = "", **sent: str) -> HttpResponse:
    return _client(user).post(f"{reverse('text_rules')}{query}", sent)  # type: ignore[return-value]


def _rules(user: User, query: str = "", **sent: str) -> HttpResponse:
    return _post(user, query, quoi="regles", **sent)


def _now(page: str, name: str) -> tuple[str, str]:
    """What counts, and where that comes from."""
    row = page[page.index(f'for="id_{name}"') :]
    found = re.search(r"<strong>([^<]+)</strong> <span class=\"rule-source [^>]*>([^<]+)<", row)
    assert found is not None
    return found[1], found[2]


def _errors(page: str) -> dict[str, str]:
    return dict(re.findall(r'class="field-error" id="id_(\w+)_error"> <p>([^<]+)</p>', page))


def test_every_rule_has_its_field_once() -> None:
    assert sorted(name for _title, names in GROUPS for name in names) == sorted(NAMES)


def test_without_a_choice_the_network_s_rules_count(cast: Cast) -> None:
    page = _page(cast.admin)
    assert _now(page, "held_minutes") == ("5 minutes", "as the network")
    assert _now(page, "reminder_time") == ("9:00", "as the network")
    assert _now(page, "hours_before") == ("none", "as the network")
    assert "As the network: yes" in page
    assert page.count("From 3 to 14 days.") == 1


def test_a_choice_counts_for_all_services_and_one_of_a_service_before_it(cast: Cast) -> None:
    group = factories.service()
    assert _rules(cast.admin, held_minutes="10", week_before="no").status_code == 302
    assert _rules(cast.admin, f"?prestation={group.pk}", held_minutes="20").status_code == 302
    page, of_group = _page(cast.admin), _page(cast.admin, prestation=str(group.pk))
    assert _now(page, "held_minutes") == ("10 minutes", "chosen for all services")
    assert _now(page, "week_before") == ("no", "chosen for all services")
    assert _now(of_group, "held_minutes") == ("20 minutes", "chosen for this service")
    assert _now(of_group, "week_before") == ("no", "chosen for all services")
    assert "As for all services: no" in of_group
    assert page.count("has rules of its own") == 1


def test_what_is_emptied_is_inherited_again(cast: Cast) -> None:
    _rules(cast.admin, held_minutes="10", missed="yes", opens="9h")
    row = TextPolicy.objects.get()
    assert (row.held_minutes, row.missed, row.opens) == (10, True, time(9))
    _rules(cast.admin, held_minutes="", missed="", opens="")
    row.refresh_from_db()
    assert (row.held_minutes, row.missed, row.opens) == (None, None, None)


def test_what_is_out_of_bounds_is_said_beside_its_field(cast: Cast) -> None:
    sent = {"held_minutes": "4", "week_before_days": "x", "opens": "7:00", "closes": "21h"}
    response = _rules(cast.admin, **sent, reminder_time="demain")
    page = _text(response)
    assert (response.status_code, TextPolicy.objects.count()) == (422, 0)
    assert _errors(page) == {
        "opens": "Between 8:00 and 20:00.",
        "closes": "Between 8:00 and 20:00.",
        "reminder_time": "Write an hour like 18:00.",
        "week_before_days": "From 3 to 14 days.",
        "held_minutes": "From 5 to 60 minutes.",
    }
    # Nothing typed is lost, and the summary leads to each field.
    assert re.search(r'name="held_minutes" value="4"', page)
    assert page.count('<a href="#id_') == 5
    assert " autofocus " in page


def test_what_does_not_fit_together_is_said_above(cast: Cast) -> None:
    response = _rules(cast.admin, week_before_days="14", booked_ahead_days="4")
    page = _text(response)
    assert response.status_code == 422
    assert "booked longer ahead" in page.split('class="wrong"')[1].split("</ul>")[0]


def test_another_partner_s_rules_do_not_exist(cast: Cast) -> None:
    query = f"?partenaire={cast.ours.slug}"
    assert _rules(cast.stranger, query, held_minutes="30").status_code == 404
    assert TextPolicy.objects.count() == 0
    assert _rules(cast.coordinator, query, held_minutes="30").status_code == 302
    assert TextPolicy.objects.get().partner == cast.ours


def test_a_service_that_is_not_offered_here_does_not_exist(cast: Cast) -> None:
    other = factories.service(name="Ailleurs")
    assert _client(cast.admin).get(f"/textes/reglages/?prestation={other.pk}").status_code == 404
    assert _client(cast.admin).get("/textes/reglages/?prestation=x").status_code == 404


def test_the_sender_is_changed_and_shown_as_on_a_telephone(cast: Cast) -> None:
    assert _post(cast.admin, quoi="expediteur", sender="RDV 95").status_code == 302
    cast.ours.refresh_from_db()
    assert cast.ours.sms_sender == "RDV 95"
    assert JournalEntry.objects.filter(verb=Verb.SENDER_CHANGED).count() == 1
    page = _page(cast.admin)
    assert '<p class="telephone-sender">RDV 95</p>' in page
    assert "Rappel : RDV demain" in page


@pytest.mark.parametrize("sender", ["", "RDV!", "CPCA", "Le Relais", "X" * 12])
def test_a_sender_that_tells_is_refused_beside_its_field(cast: Cast, sender: str) -> None:
    response = _post(cast.admin, quoi="expediteur", sender=sender)
    assert response.status_code == 422
    assert list(_errors(_text(response))) == ["sender"]
    cast.ours.refresh_from_db()
    assert cast.ours.sms_sender == "INFO RDV"


def test_only_the_coordination_sets_the_messaging_service(cast: Cast) -> None:
    query = f"?partenaire={cast.ours.slug}"
    sent = {"quoi": "expediteur", "sender": "INFO RDV", "messaging_service": POOL}
    _post(cast.admin, **sent)
    cast.ours.refresh_from_db()
    assert cast.ours.messaging_service == ""
    assert 'name="messaging_service"' not in _page(cast.admin)
    assert _post(cast.coordinator, query, **sent).status_code == 302
    cast.ours.refresh_from_db()
    assert cast.ours.messaging_service == POOL


def test_a_form_that_is_sent_twice_is_done_once(cast: Cast) -> None:
    for _time in range(2):
        assert _rules(cast.admin, held_minutes="10", cle="a-key").status_code == 302
    assert JournalEntry.objects.filter(verb=Verb.TEXT_POLICY_CHANGED).count() == 1


@pytest.mark.parametrize("chosen", [0, 3])
def test_as_many_queries_whatever_was_chosen(
    cast: Cast, chosen: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for service in list(cast.ours.services.all())[:chosen]:
        TextPolicy.objects.create(partner=cast.ours, service=service, held_minutes=10)
    client = _client(cast.admin)
    # Session, account, memberships, partners; services, rules; the example's words and names.
    with django_assert_num_queries(13):
        client.get(reverse("text_rules"))
