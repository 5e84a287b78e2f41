from __future__ import annotations

import logging
from pathlib import Path

import pytest
from pytest_django import Settings

from sms.transports import Message, NotSent, Receipt, get_transport

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
