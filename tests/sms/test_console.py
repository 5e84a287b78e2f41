from __future__ import annotations

import logging
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from sms.models import TextState
from sms.transports import Found, Message, NotSent, Receipt, get_transport
from tests.sms.conftest import NOW

MESSAGE = Message(7, "INFO RDV", "+33639980072", "Présence à 18h00", 1)


def test_a_text_is_one_file_that_a_repeat_writes_again(outbox: Path) -> None:
    transport = get_transport()
    assert transport.send(MESSAGE) == Receipt("text-000007.txt")
    transport.send(MESSAGE)
    [file] = outbox.iterdir()
    assert file.read_text() == "To: +33639980072\nFrom: INFO RDV\n\nPrésence à 18h00\n"
    assert file.name == "text-000007.txt"


def test_only_its_owner_reads_the_outbox(outbox: Path) -> None:
    outbox.mkdir(mode=0o755)
    get_transport().send(MESSAGE)
    [file] = outbox.iterdir()
    assert (outbox.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)


def test_the_log_says_neither_number_nor_words(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    get_transport().send(MESSAGE)
    assert [record.getMessage() for record in caplog.records] == ["text 7 written, 1 segment(s)"]


def test_a_folder_that_cannot_be_written_is_not_sent(settings: Settings, tmp_path: Path) -> None:
    settings.OUTBOX = tmp_path / "file"
    settings.OUTBOX.touch()
    with pytest.raises(NotSent):
        get_transport().send(MESSAGE)


def test_what_was_written_is_found(outbox: Path) -> None:
    transport = get_transport()
    assert transport.look_up(MESSAGE.to, MESSAGE.body, NOW) == []
    transport.send(MESSAGE)
    transport.send(replace(MESSAGE, text_id=8, body="other words"))
    transport.send(replace(MESSAGE, text_id=9, to="+33639980073"))
    # Files have the machine's own time, whatever the test's.
    os.utime(outbox / "text-000007.txt", (NOW.timestamp(), NOW.timestamp()))
    assert transport.look_up(MESSAGE.to, MESSAGE.body, NOW) == [
        Found("text-000007.txt", TextState.SENT, "", NOW)
    ]
    assert transport.look_up(MESSAGE.to, MESSAGE.body, NOW + timedelta(seconds=1)) == []


def test_a_folder_that_cannot_be_read_is_not_empty(outbox: Path) -> None:
    outbox.mkdir()
    (outbox / "text-000007.txt").mkdir()
    with pytest.raises(NotSent):
        get_transport().look_up(MESSAGE.to, MESSAGE.body, NOW)
