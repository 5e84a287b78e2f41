from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from portal.logs import MaskFeedTokens

TOKEN = "k5x7" * 8


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a handler of ours writes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(MaskFeedTokens())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


@pytest.mark.django_db
def test_a_404_is_logged_without_the_token(client: Client, log: io.StringIO) -> None:
    assert client.get(f"/feeds/{TOKEN}.ics").status_code == 404
    assert client.get(f"/feeds/ {TOKEN}/").status_code == 404
    assert log.getvalue().splitlines() == ["Not Found: /feeds/***.ics", "Not Found: /feeds/***"]


@pytest.mark.django_db
def test_a_refused_method_is_logged_without_the_token(client: Client, log: io.StringIO) -> None:
    client.options(f"/feeds/{TOKEN}.ics")
    assert log.getvalue() == "Method Not Allowed (OPTIONS): /feeds/***.ics\n"


@pytest.mark.django_db
def test_a_report_that_is_not_signed_is_logged_without_its_address(
    client: Client, log: io.StringIO, settings: Settings
) -> None:
    settings.SMS_TRANSPORT = "twilio"
    address = reverse("text_status", args=["412.icsA_k5x7-.ics"])
    answer = client.post(address, "a=b", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, log.getvalue()) == (403, "Forbidden: /sms/statut/***\n")


def test_a_request_line_an_address_and_a_traceback_are_masked(log: io.StringIO) -> None:
    logger = logging.getLogger("some.library")
    logger.warning('"%s" %s', f"GET /feeds/{TOKEN}.ics HTTP/1.1", 200)
    logger.warning("https://jalon.example/feeds/%(t)s.ics", {"t": TOKEN})
    lost = f"no path feeds/{TOKEN}.ics"
    try:
        raise LookupError(lost)
    except LookupError:
        logger.exception("lost %s", "it", stack_info=True)
    assert TOKEN not in log.getvalue()
    assert log.getvalue().count("***") == 3
    assert "lost it" in log.getvalue()


def test_other_lines_are_left_as_they_are(log: io.StringIO) -> None:
    logging.getLogger("some.library").warning("%s%%, %s", 7, "/seances/3/")
    assert log.getvalue() == "7%, /seances/3/\n"


def test_every_handler_masks() -> None:
    logging_config: dict[str, Any] = configured.LOGGING
    handlers = logging_config["handlers"].values()
    assert [handler["filters"] for handler in handlers] == [["feed_tokens"]] * len(handlers)
    assert logging_config["loggers"]["django.server"]["propagate"] is False
