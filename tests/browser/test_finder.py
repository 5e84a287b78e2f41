from __future__ import annotations

from datetime import date, time

import pytest
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from calendars.publish import publish
from calendars.recurrence import Recurrence, Weekday
from tests import factories
from tests.browser.test_first_face import _log_in, _overflow
from tests.calendars.test_rhythms import rhythm
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _field(name: str) -> str:
    return f".facets [name={name}]"


def test_a_place_is_found_with_the_keyboard_alone(live_server: LiveServer, phone: Page) -> None:
    cast = Cast()
    session = factories.session(cast.ours)
    _log_in(phone, live_server, cast.admin.email)
    phone.goto(f"{live_server.url}/places/")
    phone.locator(_field("personne")).focus()
    phone.keyboard.type(cast.hamel.reference.lower())
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/places/?personne=*")
    assert phone.locator(".places .row-time").count() == 1
    assert "Hamel Mickaël" in phone.locator(".whose").inner_text()
    phone.locator(".places .row-link").focus()
    phone.keyboard.press("Enter")
    phone.wait_for_url(f"**/seances/{session.pk}/")


def test_the_form_is_walked_through_in_its_order(live_server: LiveServer, phone: Page) -> None:
    cast = Cast()
    _log_in(phone, live_server, cast.admin.email)
    phone.goto(f"{live_server.url}/places/")
    phone.locator(_field("personne")).focus()
    walked = []
    for _step in range(20):
        phone.keyboard.press("Tab")
        walked.append(
            phone.evaluate("document.activeElement.name || document.activeElement.tagName")
        )
        if walked[-1] == "BUTTON":
            break
    services = len(set(cast.ours.services.all()))
    # What is folded away is not in the way.
    assert walked == ["SUMMARY", *["prestation"] * services, *["SUMMARY"] * 4, "BUTTON"]


def test_every_field_of_the_form_has_a_name(live_server: LiveServer, phone: Page) -> None:
    cast = Cast()
    _log_in(phone, live_server, cast.admin.email)
    phone.goto(f"{live_server.url}/places/?de=x&du=x&jour=9")
    nameless = phone.evaluate(
        """[...document.querySelectorAll('.facets input, .facets select')]
        .filter(one => !one.labels[0]?.textContent.trim())
        .map(one => one.name)"""
    )
    described = phone.locator(_field("de")).get_attribute("aria-describedby")
    assert (nameless, described) == ([], "id_de_error")


def test_no_page_of_these_is_wider_than_a_phone(live_server: LiveServer, phone: Page) -> None:
    cast = Cast()
    session = factories.session(cast.theirs, capacity=40, label="Réunion d’information collective")
    slots = {"start": time(8), "minutes": 600, "slot_minutes": 30, "capacity": 1}
    weekdays = Recurrence(tuple(Weekday)[:4], every=2, until=date(2099, 12, 31))
    made = rhythm(cast.ours, recurrence=weekdays, practitioners=[cast.practitioner], **slots)
    publish(rhythm=made, now=timezone.now())
    _log_in(phone, live_server, cast.coordinator.email)
    addresses = (
        "/places/",
        f"/places/?prestation={session.service_id}",
        "/places/?personne=inconnue&de=x&du=x&jour=9&departement=1&partenaire=1&langue=xx",
        f"/places/?prestation={session.service_id}&au=2000-01-01&jour=1&departement=95",
        "/rythmes/",
        f"/rythmes/{made.pk}/",
    )
    widths = {}
    for address in addresses:
        phone.goto(live_server.url + address)
        widths[address] = _overflow(phone)
    assert widths == dict.fromkeys(addresses, 0)
