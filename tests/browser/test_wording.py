from __future__ import annotations

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from sms.models import OwnWording
from tests import factories
from tests.browser.test_first_face import _log_in, _overflow
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EDITOR = "/textes/modeles/day1/plain/fr/"


def _complaints(page: Page) -> list[str]:
    """What the browser says against a page: a breach of the policy, an error of a script."""
    said: list[str] = []

    def keep(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            said.append(message.text)

    page.on("console", keep)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def test_words_are_written_and_previewed_with_the_keyboard_alone(
    live_server: LiveServer, phone: Page
) -> None:
    cast = Cast()
    complaints = _complaints(phone)
    _log_in(phone, live_server, cast.admin.email)
    phone.goto(live_server.url + EDITOR)
    phone.locator("#id_body").focus()
    phone.keyboard.press("Control+End")
    phone.keyboard.type(" Merci.")
    text = phone.locator("#preview .telephone-text")
    expect(text).to_contain_text("Merci.")
    # To the next but one variable: "Save" and "Preview" stand before them.
    for _step in range(3):
        phone.keyboard.press("Tab")
    name = phone.evaluate("document.activeElement.textContent")
    phone.keyboard.press("Enter")
    assert phone.evaluate("document.activeElement.id") == "id_body"
    assert phone.locator("#id_body").input_value().endswith(f" Merci.{name}")
    for _letter in name:
        phone.keyboard.press("Backspace")
    phone.keyboard.press("Tab")
    phone.keyboard.press("Enter")
    phone.wait_for_selector(".notice-done")
    assert OwnWording.objects.get().body.endswith(" Merci.")
    assert complaints == []


def test_what_is_refused_takes_the_focus_and_keeps_the_words(
    live_server: LiveServer, phone: Page
) -> None:
    cast = Cast()
    _log_in(phone, live_server, cast.admin.email)
    phone.goto(live_server.url + EDITOR)
    phone.locator("#id_body").fill("Tribunal, {quand}, {adresse}")
    expect(phone.locator("#preview .faults li")).to_have_count(2)
    phone.locator(".editor-do .main-action").click()
    assert phone.evaluate("document.activeElement.className") == "wrong"
    phone.keyboard.press("Tab")
    phone.keyboard.press("Enter")
    assert phone.evaluate("document.activeElement.id") == "id_body"
    assert phone.locator("#id_body").input_value() == "Tribunal, {quand}, {adresse}"
    assert OwnWording.objects.count() == 0


def test_the_preview_needs_no_script(live_server: LiveServer, phone: Page) -> None:
    cast = Cast()
    browser = phone.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    _log_in(page, live_server, cast.admin.email)
    page.goto(live_server.url + EDITOR)
    assert page.locator(".slot-insert").count() == 0
    page.locator("#id_body").fill("Sans script {quand}, {adresse} {tel}")
    page.locator(".editor-do button").nth(1).click()
    assert "Sans script" in page.locator("#preview .telephone-text").inner_text()
    assert page.locator("#id_body").input_value().startswith("Sans script")
    context.close()


def test_no_page_about_words_is_wider_than_a_phone(live_server: LiveServer, phone: Page) -> None:
    cast = Cast()
    factories.venue(cast.ours, street="1 rue du Tribunal-de-la-Justice")
    _log_in(phone, live_server, cast.coordinator.email)
    addresses = (
        "/textes/modeles/",
        "/textes/modeles/?langue=ar",
        EDITOR,
        "/textes/modeles/summons_many/discreet/ar/",
        "/textes/lettres/",
        "/textes/reglages/",
    )
    widths = {}
    for address in addresses:
        phone.goto(live_server.url + address)
        widths[address] = _overflow(phone)
    assert widths == dict.fromkeys(addresses, 0)
