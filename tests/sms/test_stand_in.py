"""The stand-in against the real client: what it is asked, what it answers, and what it reports."""

from __future__ import annotations

import http.client
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from pytest_django import Settings

from sms.transports.twilio import TwilioTransport, signed
from tests.sms.conftest import NOW
from tests.sms.stand_in import Mood, StandIn
from tests.sms.stand_in.lean_http import Answer, Request
from tests.sms.stand_in.reporting import Reporting

TO, OTHER = "+33639980072", "+33639980073"


@pytest.fixture
def messages(twilio: StandIn) -> Iterator[Any]:
    """The library's own list of messages, whose requests go to the stand-in."""
    transport = TwilioTransport()
    yield transport._client.messages
    transport.close()


def test_the_real_client_reads_what_it_created(messages: Any) -> None:
    made = messages.create(to=TO, from_="INFO RDV", body="Présence à 18h00")
    fetched = messages(made.sid).fetch()
    for one in (made, fetched):
        assert (one.sid, one.to, one.from_) == (f"SM{1:032d}", TO, "INFO RDV")
        assert (one.body, one.status, one.direction) == (
            *("Présence à 18h00", "queued", "outbound-api"),
        )
        assert (one.date_created, one.date_sent, one.error_code) == (NOW, None, None)


def test_a_service_s_message_has_no_sender_yet(messages: Any) -> None:
    made = messages.create(to=TO, messaging_service_sid="MG1", body="a")
    assert (made.status, made.from_, made.num_segments) == ("accepted", None, "0")


def test_what_became_of_it_is_parsed(messages: Any, twilio: StandIn) -> None:
    made = messages.create(to=TO, from_="INFO RDV", body="a")
    twilio.advance(made.sid, "undelivered", 30003)
    found = messages(made.sid).fetch()
    assert (found.status, found.error_code, found.date_sent) == ("undelivered", 30003, NOW)


def test_pages_are_followed_newest_first_while_more_come(messages: Any, twilio: StandIn) -> None:
    for n in range(5):
        messages.create(to=TO, from_="INFO RDV", body=str(n))
        messages.create(to=OTHER, from_="INFO RDV", body="not theirs")
    page = messages.page(to=TO, page_size=2)
    bodies = [one.body for one in page]
    messages.create(to=TO, from_="INFO RDV", body="meanwhile")
    while (page := page.next_page()) is not None:
        bodies += [one.body for one in page]
    assert bodies == ["4", "3", "2", "1", "0"]
    assert [one.body for one in messages.stream(to=TO, page_size=4)][:2] == ["meanwhile", "4"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": "0639980072", "from_": "INFO RDV", "body": "a"}, 21211),
        ({"to": TO, "body": "a"}, 21603),
        ({"to": TO, "from_": "INFO RDV", "body": ""}, 21602),
        ({"to": TO, "from_": "INFO RDV", "body": "a" * 1601}, 21617),
        ({"to": TO, "from_": "INFO RDV", "body": "a", "max_price": 1}, 20001),
    ],
)
def test_a_wrong_request_is_seen(
    messages: Any, twilio: StandIn, fields: dict[str, Any], code: int
) -> None:
    with pytest.raises(Exception, match="Unable to create") as caught:
        messages.create(**fields)
    assert (getattr(caught.value, "status", None), getattr(caught.value, "code", None)) == (
        *(400, code),
    )
    assert twilio.accepted == []


def test_an_unknown_message_and_a_wrong_token(messages: Any, twilio: StandIn) -> None:
    with pytest.raises(Exception, match="not right") as caught:
        messages(f"SM{9:032d}").fetch()
    assert getattr(caught.value, "status", None) == 404
    twilio.api.token = "another"
    with pytest.raises(Exception, match="not right") as caught:
        messages.create(to=TO, from_="INFO RDV", body="a")
    assert getattr(caught.value, "code", None) == 20003


def test_moods_come_in_turn_then_by_number(messages: Any, twilio: StandIn) -> None:
    twilio.next((429, 20429), "accept")
    twilio.moods.by_number[TO] = (400, 21610)
    codes = [_code(messages, to) for to in (TO, TO, TO, OTHER)]
    assert codes == [20429, None, 21610, None]


def _code(messages: Any, to: str) -> int | None:
    try:
        messages.create(to=to, from_="INFO RDV", body="a")
    except Exception as error:  # noqa: BLE001 - the library's own is not imported here
        return getattr(error, "code", 0)
    return None


def test_a_mood_that_it_does_not_know_is_a_mistake(twilio: StandIn) -> None:
    twilio.next("acept")
    with pytest.raises(ValueError, match="acept"):
        twilio.moods.of(TO)


@pytest.mark.parametrize(("mood", "kept"), [("drop", 1), ("drop_before", 0)])
def test_a_dropped_connection(messages: Any, twilio: StandIn, mood: Mood, kept: int) -> None:
    twilio.mood = mood
    with pytest.raises(requests.ConnectionError):
        messages.create(to=TO, from_="INFO RDV", body="a")
    assert len(twilio.accepted) == kept
    twilio.mood = "accept"
    messages.create(to=TO, from_="INFO RDV", body="a")
    assert len(twilio.accepted) == kept + 1


def test_chance_keeps_its_shares(twilio: StandIn) -> None:
    twilio.moods.faults.drop, twilio.moods.faults.fail = 0.02, 0.05
    drawn = [twilio.moods.of(TO) for _ in range(10_000)]
    assert 150 < drawn.count("drop") < 250
    assert 400 < drawn.count((500, 20500)) + drawn.count((429, 20429)) < 600
    assert abs(drawn.count((500, 20500)) - drawn.count((429, 20429))) < 100


def test_its_reports_are_signed_as_twilio_s(
    messages: Any, twilio: StandIn, settings: Settings
) -> None:
    address = "http://127.0.0.1:8000/textes/7?key=a&b=%C3%A9"
    made = messages.create(to=TO, from_="INFO RDV", body="a", status_callback=address)
    report = twilio.report(made.sid, "undelivered", 30005)
    assert report.url == address
    assert report.fields["MessageStatus"] == "undelivered"
    assert report.fields["ErrorCode"] == "30005"
    assert signed(address, report.fields, report.signature)
    assert not signed(address, {**report.fields, "MessageStatus": "sent"}, report.signature)


def test_reports_come_twice_and_in_any_order(messages: Any, twilio: StandIn) -> None:
    with StandIn() as listener:  # Any loopback server will do to be posted to.
        heard: list[dict[str, str]] = []

        def hear(request: Request) -> Answer:
            heard.append(request.fields)
            return Answer(204)

        listener.api.handle = hear  # type: ignore[method-assign]
        twilio.reporting = Reporting(seconds=0.05, twice=1.0)
        for _ in range(5):
            messages.create(to=TO, from_="INFO RDV", body="a", status_callback=listener.url)
        _wait(lambda: len(heard) == 20)
    words = [(one["MessageSid"], one["MessageStatus"]) for one in heard]
    assert {word: words.count(word) for word in words} == {
        (f"SM{n:032d}", status): 2 for n in range(1, 6) for status in ("sent", "delivered")
    }
    assert words != sorted(words)


def _wait(there: Callable[[], bool]) -> None:
    for _ in range(500):
        if there():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it never came")


def test_in_a_process_of_its_own_it_is_asked_and_told() -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.sms.stand_in", "--drop", "1"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None
        url = child.stdout.readline().strip()
        session = requests.Session()
        account = f"{url}/2010-04-01/Accounts/AC1/Messages.json"
        told: dict[str, Any] = {"auth": ("AC1", "t"), "data": {"To": TO, "From": "A", "Body": "a"}}
        with pytest.raises(requests.ConnectionError):
            session.post(account, **told, timeout=5)
        session.post(f"{url}/_stand_in/faults", json={"drop": 0}, timeout=5)
        assert session.post(account, **told, timeout=5).status_code == 201
        assert session.get(f"{url}/_stand_in/counts", timeout=5).json() == {
            "requests": 2,
            "accepted": 2,
            "numbers": 1,
            "twice": 1,
        }
        assert session.get(f"{url}/_stand_in/numbers", timeout=5).json() == {TO: 2}
        of_another = f"{url}/_stand_in/numbers?account=AC2"
        assert session.get(of_another, timeout=5).json() == {}
        session.post(f"{url}/_stand_in/forget", timeout=5)
        assert session.get(f"{url}/_stand_in/numbers", timeout=5).json() == {}
        session.close()
    finally:
        child.terminate()
        out, _ = child.communicate(timeout=10)
    assert (child.returncode, out) == (0, "")


def test_it_does_not_outlive_whoever_started_it() -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.sms.stand_in", "--leash"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdin is not None
    assert child.stdout.readline().startswith("http://127.0.0.1:")
    child.stdin.close()
    try:
        assert child.wait(timeout=60) == 0
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def test_a_request_in_pieces_and_two_at_once(twilio: StandIn) -> None:
    where = urlsplit(twilio.url)
    connection = http.client.HTTPConnection(str(where.hostname), where.port)
    connection.connect()
    first = b"GET /_stand_in/counts HTTP/1.1\r\nHost: a\r\n\r\n"
    for piece in (first[:9], first[9:] + first):
        connection.sock.sendall(piece)
    heard = b""
    while heard.count(b"HTTP/1.1 200 OK") < 2 or not heard.endswith(b"}"):
        heard += connection.sock.recv(4096)
    connection.close()
