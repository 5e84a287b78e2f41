from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from sms.transports import (
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
from tests.sms.stand_in import StandIn

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
    ],
)
def test_what_each_answer_means(
    transport: Transport,
    twilio: StandIn,
    mood: str | tuple[int, int],
    error: type[TransportError],
    code: str,
) -> None:
    twilio.mood = mood
    with pytest.raises(error) as caught:
        transport.send(MESSAGE)
    assert caught.value.code == code


def test_nobody_listening_is_not_sent(twilio: StandIn, settings: Settings) -> None:
    settings.TWILIO_BASE_URL = "http://127.0.0.1:1"
    transport = get_transport()
    with pytest.raises(NotSent):
        transport.send(MESSAGE)
    transport.close()


def test_no_secret_number_or_body_is_logged_or_raised(
    transport: Transport, twilio: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    transport.send(MESSAGE)
    twilio.mood = (400, 21211)
    with pytest.raises(Refused) as caught:
        transport.send(MESSAGE)
    said = caplog.text + repr(caught.value) + repr(MESSAGE) + repr(caught.value.__cause__)
    for secret in ("a token that no log shows", "+33639980072", "3639980072", "Présence"):
        assert secret not in said
    assert caught.value.__suppress_context__


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
