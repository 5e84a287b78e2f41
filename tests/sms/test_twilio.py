from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from pytest_django import Settings

from sms.models import TextState
from sms.transports import (
    Found,
    Halted,
    Message,
    NotSent,
    Receipt,
    Refused,
    Transport,
    TransportError,
    Unknown,
    get_transport,
)
from sms.transports.callbacks import reachable
from sms.transports.twilio import signed
from tests.sms.conftest import NOW
from tests.sms.stand_in import Mood, StandIn
from tests.sms.stand_in.reports import sign

MESSAGE = Message(7, "INFO RDV", "+33639980072", "Présence à 18h00 : 12 € & co + 1", 1)


@pytest.fixture
def transport(twilio: StandIn) -> Iterator[Transport]:
    made = get_transport()
    yield made
    made.close()


def test_what_the_real_client_sends(transport: Transport, twilio: StandIn) -> None:
    assert transport.send(MESSAGE) == Receipt(provider_id=f"SM{1:032d}")
    assert twilio.accepted == [
        {
            "To": "+33639980072",
            "From": "INFO RDV",
            "Body": "Présence à 18h00 : 12 € & co + 1",
            "path": "/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages.json",
            "user": "AC00000000000000000000000000000000",
            "token": "a token that no log shows",
        }
    ]


@pytest.mark.parametrize(
    ("mood", "error", "code"),
    [
        ((429, 20429), NotSent, "429"),
        ((401, 20003), Halted, "20003"),
        ((400, 21211), Refused, "21211"),
        ((400, 21610), Refused, "21610"),
        ((500, 20500), Unknown, "500"),
        ((503, 20503), Unknown, "503"),
        ("slow", Unknown, "timeout"),
        ("drop", Unknown, "connection_broke"),
        ("drop_before", Unknown, "connection_broke"),
        ("garbage", Unknown, "unreadable_answer"),
        ("list", Unknown, "unreadable_answer"),
        ("empty", Unknown, "unreadable_answer"),
        ((400, 21614), Refused, "21614"),
        ((403, 21408), Refused, "21408"),
        ((400, 21611), NotSent, "21611"),
        ((400, 21730), NotSent, "21730"),
        ((403, 20005), Halted, "20005"),
        ((403, 20403), Halted, "20403"),
        ((404, 20404), Halted, "20404"),
        ((429, 63038), Halted, "63038"),
        ((400, 30002), Halted, "30002"),
        ((402, 0), Halted, "402"),
        ((408, 20408), Unknown, "408"),
        ((409, 20409), Unknown, "409"),
        ((302, 0), Unknown, "302"),
    ],
)
def test_what_each_answer_means(
    transport: Transport,
    twilio: StandIn,
    mood: Mood,
    error: type[TransportError],
    code: str,
) -> None:
    twilio.mood = mood
    with pytest.raises(error) as caught:
        transport.send(MESSAGE)
    assert (type(caught.value), caught.value.code) == (error, code)


def test_a_service_stands_for_the_sender(transport: Transport, twilio: StandIn) -> None:
    transport.send(replace(MESSAGE, messaging_service="MG1"))
    [sent] = twilio.accepted
    assert (sent["MessagingServiceSid"], sent.get("From")) == ("MG1", None)


@pytest.mark.parametrize(
    ("callback", "told"),
    [
        ("https://jalon.example.org/textes/rapports/7/abc", True),
        ("http://127.0.0.1:8000/textes/rapports/7/abc", True),
        ("http://localhost:8000/textes/rapports/7/abc", True),
        ("http://jalon.example.org/textes/rapports/7/abc", False),
        ("https://jalon_test.example.org/a", False),
        ("https://intranet/a", False),
        ("", False),
    ],
)
def test_only_an_address_that_can_be_reached_is_given(
    transport: Transport, twilio: StandIn, callback: str, told: bool
) -> None:
    transport.send(replace(MESSAGE, callback=callback))
    assert twilio.accepted[0].get("StatusCallback") == (callback if told else None)


def test_this_machine_is_out_of_twilio_s_reach() -> None:
    assert not reachable("https://127.0.0.1/a", base="")
    assert not reachable("https://[::1]/a", base="https://api.dublin.ie1.twilio.com")
    assert reachable("https://[::1]/a", base="http://127.0.0.1:9")


def test_an_answer_may_say_at_once_that_it_failed(transport: Transport, twilio: StandIn) -> None:
    twilio.mood = "failed"
    assert transport.send(MESSAGE) == Receipt(f"SM{1:032d}", TextState.FAILED, "30005")


@pytest.mark.parametrize("base", ["http://127.0.0.1:1", "nowhere", "ftp://a", "http://"])
def test_nobody_listening_is_not_sent(twilio: StandIn, settings: Settings, base: str) -> None:
    settings.TWILIO_BASE_URL = base
    transport = get_transport()
    with pytest.raises(NotSent):
        transport.send(MESSAGE)
    with pytest.raises(NotSent):
        transport.look_up(MESSAGE.to, MESSAGE.body, NOW)
    transport.close()


def found(transport: Transport, since: datetime = NOW) -> list[tuple[str, str, str]]:
    return [
        (one.provider_id[-2:], one.state, one.code)
        for one in transport.look_up(MESSAGE.to, MESSAGE.body, since)
    ]


def test_it_finds_what_was_taken_and_not_answered(transport: Transport, twilio: StandIn) -> None:
    assert found(transport) == []
    twilio.next("drop")
    with pytest.raises(Unknown):
        transport.send(MESSAGE)
    transport.send(replace(MESSAGE, body="other words"))
    transport.send(replace(MESSAGE, to="+33639980073"))
    [one] = transport.look_up(MESSAGE.to, MESSAGE.body, NOW)
    assert one == Found(f"SM{1:032d}", TextState.SENT, "", NOW)
    twilio.messages.by_sid[one.provider_id].advance("undelivered", 30003)
    assert found(transport) == [("01", "failed", "30003")]


def test_what_is_older_or_came_in_is_another_one(transport: Transport, twilio: StandIn) -> None:
    transport.send(MESSAGE)
    transport.send(MESSAGE)
    twilio.messages.all[1].direction = "inbound"
    assert found(transport, NOW + timedelta(seconds=1)) == []
    assert found(transport, NOW + timedelta(milliseconds=900)) == [("01", "sent", "")]


def test_it_reads_every_page(transport: Transport, twilio: StandIn) -> None:
    transport.send(MESSAGE)
    for _ in range(250):
        transport.send(replace(MESSAGE, body="other words"))
    assert found(transport) == [("01", "sent", "")]


def test_what_was_not_read_to_the_end_is_not_known(transport: Transport, twilio: StandIn) -> None:
    for _ in range(301):
        transport.send(replace(MESSAGE, body="other words"))
    with pytest.raises(Unknown, match="too_many_to_look_up"):
        found(transport)
    for one in twilio.messages.all:
        one.created -= timedelta(days=2)
    assert found(transport) == []


@pytest.mark.parametrize(
    ("theirs", "same"),
    [
        ("Présence à 18h00 : 12 € & co + 1", True),
        ("Présence à  18h00 : 12 € & co + 1\n", True),
        ("Sent from your Twilio trial account - Présence à 18h00 : 12 € & co + 1", True),
        ("", True),
        ("Présence à 18h30 : 12 € & co + 1", False),
    ],
)
def test_the_same_words(transport: Transport, twilio: StandIn, theirs: str, same: bool) -> None:
    """An erased body may be ours: whoever takes it for another one tells somebody twice."""
    transport.send(MESSAGE)
    twilio.messages.all[0].fields["Body"] = theirs
    assert bool(found(transport)) == same


@pytest.mark.parametrize(
    ("mood", "error", "code"),
    [
        ((429, 20429), NotSent, "429"),
        ((401, 20003), Halted, "20003"),
        ((400, 20001), Unknown, "20001"),
        ((500, 20500), Unknown, "500"),
        ("slow", Unknown, "timeout"),
        ("drop", Unknown, "connection_broke"),
        ("garbage", Unknown, "unreadable_answer"),
        ("list", Unknown, "unreadable_answer"),
    ],
)
def test_whoever_could_not_ask_knows_nothing(
    transport: Transport, twilio: StandIn, mood: Mood, error: type[TransportError], code: str
) -> None:
    transport.send(MESSAGE)
    twilio.mood = mood
    with pytest.raises(error) as caught:
        found(transport)
    assert (type(caught.value), caught.value.code) == (error, code)


def test_a_signature_is_over_address_and_fields(settings: Settings) -> None:
    """The example of Twilio's own documentation."""
    settings.TWILIO_AUTH_TOKEN = "12345"
    url = "https://example.com/myapp.php?foo=1&bar=2"
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    right = sign("12345", url, fields)
    assert right == "L/OH5YylLD5NRKLltdqwSvS0BnU="
    assert signed(url, fields, right)
    query = QueryDict(urlencode(fields))
    assert signed(url, query, right)
    assert not signed(url + "3", fields, right)
    assert not signed(url, {**fields, "Digits": "1235"}, right)


@pytest.mark.parametrize("signature", [None, "", "a", "é" * 28, "A" * 28])
def test_a_wrong_signature_is_only_wrong(settings: Settings, signature: str | None) -> None:
    settings.TWILIO_AUTH_TOKEN = "12345"
    assert not signed("https://example.com/a", {"a": "b"}, signature)
    assert not signed("https://example.com:port/a", {"a": "b"}, signature)


def test_without_a_token_nobody_is_right(settings: Settings) -> None:
    settings.TWILIO_AUTH_TOKEN = ""
    assert not signed("https://example.com/a", {}, sign("", "https://example.com/a", {}))


def test_no_secret_number_or_body_is_logged_or_raised(
    transport: Transport, twilio: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    message = replace(MESSAGE, callback="https://jalon.example.org/textes/rapports/7/secret")
    transport.send(message)
    transport.look_up(message.to, message.body, NOW)
    said = [caplog.text, repr(message), repr(transport)]
    for mood in ((400, 21211), (401, 20003), (500, 20500), "drop", "garbage", "list"):
        twilio.mood = mood
        for call in (
            lambda: transport.send(message),
            lambda: transport.look_up(message.to, message.body, NOW),
        ):
            with pytest.raises(TransportError) as caught:
                call()
            error = caught.value
            said += ["".join(traceback.format_exception(error)), repr(error), repr(error.__cause__)]
            assert error.__suppress_context__ or error.__context__ is None
    signed("https://example.com:port/a", {"To": message.to}, "a")
    for secret in (
        "a token that no log shows",
        "3639980072",
        "Présence",
        "rapports/7/secret",
        "AC0",
    ):
        assert secret not in "".join([*said, caplog.text])


def test_the_library_s_own_address_is_twilio_s(settings: Settings) -> None:
    """What is exchanged for TWILIO_BASE_URL must still be there to be exchanged."""
    import requests

    from sms.transports.twilio import TwilioTransport

    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = "AC1", "token"
    settings.TWILIO_BASE_URL = ""
    sent: list[requests.PreparedRequest] = []

    class Session(requests.Session):
        def send(self, request: requests.PreparedRequest, **kwargs: object) -> requests.Response:
            sent.append(request)
            assert kwargs["timeout"] == (5.0, settings.TWILIO_TIMEOUT)
            raise requests.ConnectTimeout

    transport = TwilioTransport()
    transport._http.session = Session()
    with pytest.raises(NotSent):
        transport.send(MESSAGE)
    assert [request.url for request in sent] == [
        "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"
    ]
