from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from booking import actions
from tests import factories
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _log_in(page: Page, server: LiveServer, email: str) -> None:
    page.goto(f"{server.url}/connexion/")
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_label("Mot de passe").fill(factories.PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/aujourdhui/")


def _overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def test_a_partner_admin_logs_in_and_reads_the_fill(live_server: LiveServer, phone: Page) -> None:
    cast = Cast()
    session = factories.session(cast.ours, capacity=10, label="Groupe B")
    for _n in range(7):
        person = factories.participant()
        actions.book_seat(by=None, now=timezone.now(), session=session, participant=person)
    _log_in(phone, live_server, cast.admin.email)
    assert phone.locator(".row .figure").all_inner_texts() == ["7/10"]
    phone.get_by_role("link", name="Groupe B").last.click()
    assert phone.locator(".facts .figure").inner_text() == "7/10"
    assert phone.get_by_role("img", name="7 places prises sur 10").count() == 1
    assert phone.locator(".plan tbody tr").count() == 7


def test_no_page_is_wider_than_a_phone(live_server: LiveServer, phone: Page) -> None:
    cast = Cast()
    session = factories.session(cast.ours, capacity=40, label="Réunion d’information collective")
    _log_in(phone, live_server, cast.coordinator.email)
    addresses = ("/", "/aujourdhui/", f"/seances/{session.pk}/", "/chiffres/", "/nulle-part")
    widths = {}
    for address in addresses:
        phone.goto(live_server.url + address)
        widths[address] = _overflow(phone)
    assert widths == dict.fromkeys(addresses, 0)


def test_a_reader_changes_the_language_without_a_script(
    live_server: LiveServer, phone: Page
) -> None:
    phone.goto(live_server.url)
    phone.get_by_role("button", name="English").click()
    assert phone.locator("html").get_attribute("lang") == "en"
