from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from booking.models import Participant, Seat
from sms.models import Alert, Reply, Sending, Step, Text, TextState
from tests import factories
from tests.booking.queries import rows as listed
from tests.browser.test_first_face import _log_in, _overflow
from tests.cast import Cast
from tests.sms.queries.test_outbox import row

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _text(cast: Cast, person: Participant, state: TextState, start: datetime) -> Seat:
    now = timezone.now()
    seat = listed.seat(listed.bare(cast.ours, start), person)
    said = {"to": person.phone, "sent_at": now, "body": "Vous avez RDV " * 11}
    row(seat, state, Step.SUMMONS, problem="30005", due_at=now, **said)
    return seat


def _world(cast: Cast) -> Seat:
    """A text in each state, a reply in one long word, an alert. Returns a seat whose text failed."""
    start = timezone.now() + timedelta(days=2)
    seats = []
    for n, state in enumerate(TextState):
        person = factories.participant(last_name=f"Vandenbroucke-Kowalczyk{n}")
        factories.referral(person, cast.ours)
        seats.append(_text(cast, person, state, start + timedelta(hours=3 * n)))
    at = timezone.now()
    Reply.objects.create(
        provider_id="SM1",
        number="+33639980001",
        body="w" * 90,
        seat=seats[0],
        partner=cast.ours,
        received_at=at,
        handled_at=at,
    )
    Alert.objects.create(kind="refused", began_at=at, facts={"code": "20003"})
    return next(seat for seat in seats if seat.texts.filter(state=TextState.FAILED).exists())


def test_no_page_of_texts_is_wider_than_a_phone(live_server: LiveServer, phone: Page) -> None:
    cast = Cast()
    seat = _world(cast)
    _log_in(phone, live_server, cast.coordinator.email)
    addresses = (
        "/textes/",
        "/textes/?etat=x&jour=x&personne=K7MPQ2",
        f"/personnes/{seat.participant.reference}/textes/",
        f"/seances/{seat.session_id}/",
        "/aujourdhui/",
    )
    widths = {}
    for address in addresses:
        phone.goto(live_server.url + address)
        phone.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        widths[address] = _overflow(phone)
    assert widths == dict.fromkeys(addresses, 0)


def test_a_call_is_noted_with_the_keyboard_alone(live_server: LiveServer, phone: Page) -> None:
    cast = Cast()
    seat = _world(cast)
    _log_in(phone, live_server, cast.admin.email)
    phone.goto(f"{live_server.url}/textes/")
    form = phone.locator(f"form[action='/textes/places/{seat.pk}/']")
    form.locator("button[value=call]").focus()
    phone.keyboard.press("Enter")
    phone.wait_for_selector(".notice-done")
    assert form.count() == 0
    assert Text.objects.get(seat=seat, step=Step.SUMMONS).state == TextState.BY_HAND


def test_every_button_says_of_whom_it_speaks(live_server: LiveServer, phone: Page) -> None:
    cast = Cast()
    _world(cast)
    _log_in(phone, live_server, cast.admin.email)
    phone.goto(f"{live_server.url}/textes/")
    names = phone.locator(".reach button").all_text_contents()
    assert (len(names) > 2, len(set(names))) == (True, len(names))
    small = phone.evaluate(
        """[...document.querySelectorAll('.reach button')]
        .filter(one => one.getBoundingClientRect().height < 44).length"""
    )
    nameless = phone.evaluate(
        """[...document.querySelectorAll('main input:not([type=hidden]), main select')]
        .filter(one => !one.labels[0]?.textContent.trim()).map(one => one.name)"""
    )
    assert (small, nameless) == (0, [])


def test_all_texts_are_paused_only_after_reading_what_that_does(
    live_server: LiveServer, phone: Page
) -> None:
    cast = Cast()
    _log_in(phone, live_server, cast.coordinator.email)
    phone.goto(f"{live_server.url}/textes/")
    button = phone.locator("form[action='/textes/pause/'] button")
    assert not button.is_visible()
    phone.locator(".switch summary").click()
    button.click()
    phone.wait_for_selector(".notice-harm")
    assert Sending.objects.filter(paused_by=cast.coordinator).exists()
